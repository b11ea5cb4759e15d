import type { LogScope } from '../../contract/names.ts';
import { listAcks, type StoredAck } from '../acks.ts';
import { memoryStore } from './memory-store.ts';

/**
 * Acks as a store has them that was written to when each ack says.
 * @param texts name to value @param now milliseconds
 */
export function storedAcks(
  log: LogScope,
  texts: Iterable<readonly [string, string]>,
  now: number,
): Promise<StoredAck[]> {
  const store = memoryStore();
  for (const [name, text] of texts) store.values.set(name, text);
  return listAcks(store, log, now);
}
