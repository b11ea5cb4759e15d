import type { PublicKey } from '../contract/log/dsse.ts';
import { identityOf } from '../contract/log/entry.ts';
import { ackFolder } from '../contract/names.ts';
import type { Convergence, Environment } from '../contract/shapes.ts';
import { readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';
import { convergence, type LogObservation } from './convergence.ts';

/**
 * Reads an environment's log and acks, and says how far its components have come.
 * @param now milliseconds, used where the store does not say what time it is
 * @param flags what commands to type need to find this store
 */
export async function convergenceOf(
  store: ParameterStore,
  environment: Environment,
  trusted: readonly PublicKey[],
  now: number,
  flags = '',
): Promise<Convergence> {
  return convergence(await observe(store, environment, trusted), now, flags);
}

/** Reads an environment's log and acks. */
export async function observe(
  store: ParameterStore,
  environment: Pick<Environment, 'id' | 'account' | 'region' | 'epoch'>,
  trusted: readonly PublicKey[],
): Promise<LogObservation> {
  const log = identityOf(environment);
  // The acks first: what they name was in the log before they were read.
  const acks = new Map<string, string>();
  for await (const { name, value } of store.list(ackFolder(log))) acks.set(name, value);
  const { newest, invalid } = await readLog(store, log, trusted);
  const contents = newest && (await fetchIndex(store, newest.entry));
  const date = store.date();
  return {
    ...{ log, invalid, acks, ...(newest && { newest }), ...(date !== undefined && { date }) },
    ...(contents?.ok && { contents: contents.value }),
  };
}
