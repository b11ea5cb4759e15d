import { instanceIn, readAck } from '../contract/log/ack.ts';
import { isSilent, LONGEST_SILENCE, presenceOf, type Presence } from '../contract/log/liveness.ts';
import { ackFolder, type LogScope } from '../contract/names.ts';
import type { Ack } from '../contract/shapes.ts';
import type { Parameter, ParameterStore } from './store.ts';

/** What one instance last wrote. */
export interface StoredAck {
  /** Its name in the store, and the text there. */
  name: string;
  value: string;
  /** `connector/apps/i-1` */
  instance: string;
  presence: Presence;
  /** Whether it has been silent for as long as makes an instance gone, also where it has stopped. */
  silent: boolean;
  /** Absent where it cannot be read; then `problem` says why. */
  ack?: Ack;
  problem?: string;
}

/**
 * Everything that instances have written, and which of them are live. One whose ack cannot be read is gone when the
 * store has seen no write of it for the longest silence that there is. @param now
 * milliseconds, used where the store does not say what time it is
 */
export async function listAcks(store: ParameterStore, log: LogScope, now: number): Promise<StoredAck[]> {
  const parameters: Parameter[] = [];
  for await (const parameter of store.list(ackFolder(log))) parameters.push(parameter);
  // A clock of ours that is wrong must not make anybody gone: the store's own goes before it.
  const at = store.date() ?? now;
  return parameters.map((one) => storedAck(log, one, at)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function storedAck(log: LogScope, { name, value, modified }: Parameter, at: number): StoredAck {
  const reading = readAck(log, name, value);
  const one = { name, value, instance: instanceIn(log, name) };
  const silent = at - modified.getTime() > LONGEST_SILENCE;
  return reading.ok
    ? { ...one, ack: reading.ack, presence: presenceOf(reading.ack, at), silent: isSilent(reading.ack, at) }
    : { ...one, problem: reading.problem, presence: silent ? 'gone' : 'live', silent };
}
