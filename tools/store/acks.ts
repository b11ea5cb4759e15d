import { instanceIn, readAck } from '../contract/ack.ts';
import { LONGEST_SILENCE, presenceOf, type Presence } from '../contract/liveness.ts';
import { ackFolder, type LogScope } from '../contract/names.ts';
import type { Ack } from '../contract/shapes.ts';
import type { ParameterStore } from './store.ts';

/** What one instance last wrote. */
export interface StoredAck {
  /** Its name in the store, and the text there. */
  name: string;
  value: string;
  /** `connector/apps/i-1` */
  instance: string;
  presence: Presence;
  /** Absent where it cannot be read; then `problem` says why. */
  ack?: Ack;
  problem?: string;
}

/**
 * Everything that instances have written, and which of them are live. One whose ack cannot be read is gone when the
 * store has seen no write of it for the longest silence that there is. @param now milliseconds
 */
export async function listAcks(store: ParameterStore, log: LogScope, now: number): Promise<StoredAck[]> {
  const found: StoredAck[] = [];
  for await (const { name, value, modified } of store.list(ackFolder(log))) {
    const reading = readAck(log, name, value);
    const one = { name, value, instance: instanceIn(log, name) };
    const silent = now - modified.getTime() > LONGEST_SILENCE;
    found.push(
      reading.ok
        ? { ...one, ack: reading.ack, presence: presenceOf(reading.ack, now) }
        : { ...one, problem: reading.problem, presence: silent ? 'gone' : 'live' },
    );
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
