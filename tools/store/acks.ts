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
  /** When it was written, by the store's clock, in milliseconds. */
  heard: number;
  /** Whether it has been silent for as long as makes an instance gone, also where it has stopped. */
  silent: boolean;
  /** Absent where it cannot be read; then `problem` says why. */
  ack?: Ack;
  problem?: string;
}

/** What a command knows of acks: publishing and looking share it, so that neither lists what the other has listed. */
export interface AckMemory {
  /** Absent before the first listing; `at` is when it was made, in milliseconds. */
  listed?: { acks: readonly StoredAck[]; at: number };
}

/** Puts what a look at some components found in the place of what was known of them. @param components all when absent */
export function rememberAcks(
  memory: AckMemory,
  found: readonly StoredAck[],
  at: number,
  components?: readonly string[],
): readonly StoredAck[] {
  const looked = new Set(components);
  const isOther = ({ instance }: StoredAck): boolean =>
    !looked.has(instance.slice(0, instance.lastIndexOf('/')));
  const others = components ? (memory.listed?.acks ?? []).filter(isOther) : [];
  const acks = [...others, ...found].sort((a, b) => (a.name < b.name ? -1 : 1));
  // What is known of the others is as old as it was.
  memory.listed = { acks, at: components ? (memory.listed?.at ?? at) : at };
  return acks;
}

/**
 * Everything that instances have written, and which of them are live: by when the store was written to, as an instance's
 * own clock may be wrong. One whose ack cannot be read is gone after the longest silence that there is.
 * @param now milliseconds, used where the store does not say what time it is
 * @param components those whose instances are looked for; all when absent
 */
export async function listAcks(
  store: ParameterStore,
  log: LogScope,
  now: number,
  components?: readonly string[],
): Promise<StoredAck[]> {
  const parameters: Parameter[] = [];
  const folders = components?.map((one) => `${ackFolder(log)}/${one}`) ?? [ackFolder(log)];
  for (const folder of folders) for await (const parameter of store.list(folder)) parameters.push(parameter);
  // A clock of ours that is wrong must not make anybody gone: the store's own goes before it.
  const at = store.date() ?? now;
  return parameters.map((one) => storedAck(log, one, at)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function storedAck(log: LogScope, { name, value, modified }: Parameter, at: number): StoredAck {
  const reading = readAck(log, name, value);
  const heard = modified.getTime();
  const one = { name, value, instance: instanceIn(log, name), heard };
  if (!reading.ok) {
    const silent = at - heard > LONGEST_SILENCE;
    return { ...one, problem: reading.problem, presence: silent ? 'gone' : 'live', silent };
  }
  const { ack } = reading;
  return { ...one, ack, presence: presenceOf(ack, heard, at), silent: isSilent(ack, heard, at) };
}
