import type { PublicKey } from '../contract/log/dsse.ts';
import { identityOf } from '../contract/log/entry.ts';
import type { Convergence, Environment } from '../contract/shapes.ts';
import { listAcks } from '../store/acks.ts';
import { readLog } from '../store/log.ts';
import { fetchIndex, type PartMemory } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';
import { convergence, type LogObservation } from './convergence.ts';

/** What of an environment says whose log it is. */
type LogPlace = Pick<Environment, 'id' | 'account' | 'region' | 'epoch'>;

/**
 * Reads an environment's log and acks, and says how far its components have come.
 * @param now milliseconds, used where the store does not say what time it is
 * @param flags what commands to type need to find this store
 */
export async function convergenceOf(
  store: ParameterStore,
  environment: LogPlace,
  trusted: readonly PublicKey[],
  now: number,
  flags = '',
): Promise<Convergence> {
  return convergence(await observe(store, environment, trusted, now), now, flags);
}

/** What a reader who looks again and again knows from before, and for whom it looks. */
export interface LookOptions {
  /** Indexes that were read already. */
  known?: PartMemory;
  /** Only the acks of these components; of all when absent. */
  components?: readonly string[] | undefined;
}

/** Reads an environment's log and acks. @param now as of `convergenceOf` */
export async function observe(
  store: ParameterStore,
  environment: LogPlace,
  trusted: readonly PublicKey[],
  now: number,
  { known, components }: LookOptions = {},
): Promise<LogObservation> {
  const log = identityOf(environment);
  // The acks first: what they name was in the log before they were read.
  const acks = await listAcks(store, log, now, components);
  const { newest, invalid } = await readLog(store, log, trusted);
  const contents = newest && (await fetchIndex(store, newest.entry, known));
  const date = store.date();
  return {
    ...{ log, trusted, invalid, acks, ...(newest && { newest }), ...(date !== undefined && { date }) },
    ...(contents?.ok && { contents: contents.value }),
  };
}
