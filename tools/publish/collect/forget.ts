import { Fault } from '../../contract/fault.ts';
import type { LogScope } from '../../contract/names.ts';
import { listAcks, type StoredAck } from '../../store/acks.ts';
import type { ParameterStore } from '../../store/store.ts';

/** Which instance is to be forgotten, and where. */
export interface ForgetOptions {
  store: ParameterStore;
  log: LogScope;
  /** `connector/apps/i-1` */
  instance: string;
  /** The wall clock, in milliseconds. */
  now(): number;
  /** Without it, the ack is only looked for. */
  execute: boolean;
}

/**
 * Says that an instance is gone, at once instead of after three missed renewals: removes its ack. One that still runs
 * reports again at its next renewal, and counts again.
 * @returns what it last said @throws Fault where no such instance has reported
 */
export async function forget({ store, log, instance, now, execute }: ForgetOptions): Promise<StoredAck> {
  const acks = await listAcks(store, log, now());
  const found = acks.find((one) => one.instance === instance);
  if (!found) throw new Fault(`no ${instance} has reported in ${log.environment}`, known(acks, instance));
  if (execute) await store.remove([found.name]);
  return found;
}

/** The instances of the same component, or of all. */
function known(acks: readonly StoredAck[], wanted: string): string {
  const component = wanted.slice(0, wanted.lastIndexOf('/') + 1);
  const near = acks.filter(({ instance }) => component !== '' && instance.startsWith(component));
  const names = (near.length > 0 ? near : acks).map(({ instance }) => instance);
  if (names.length === 0) return 'nobody has: npx ztna status';
  return `these have: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and more: npx ztna status' : ''}`;
}
