import { join } from 'node:path';
import { Fault } from '../../../tools/contract/fault.ts';
import type { Environment } from '../../../tools/contract/shapes.ts';
import { findStore } from '../../../tools/store/embedded/folder-lock.ts';
import { openTarget, type StoreKind, type StoreTarget } from '../../../tools/store/open.ts';
import type { ParameterStore } from '../../../tools/store/store.ts';

/** The stores of environments, opened when they are first asked for. */
export interface Stores {
  /** @throws Fault where it cannot be reached */
  of(environment: Environment): Promise<ParameterStore>;
  /** Forgets how a store was reached, after a failure: the next call looks again. */
  forget(environment: Environment): Promise<void>;
  close(): Promise<void>;
}

/** A viewer asks again soon anyway, so that one who waits is told at once. */
const PATIENCE = { busy: 3, broken: 1 };

/**
 * Stores of a kind. The embedded one is only found, never started: its folder belongs to whoever publishes.
 * @param state the state folder
 * @param endpoint where the embedded store answers, in place of the one that serves the folder
 */
export function storesOf(
  kind: StoreKind,
  state: string,
  signal: AbortSignal,
  endpoint?: string | undefined,
): Stores {
  const open = new Map<string, Promise<StoreTarget>>();
  const key = ({ region }: Environment): string => (kind === 'aws' ? region : '');
  const opened = async ({ region }: Environment): Promise<StoreTarget> => {
    const options = { store: kind, region, state, signal, patience: PATIENCE };
    if (kind === 'aws') return openTarget(options);
    if (endpoint !== undefined) return openTarget({ ...options, endpoint });
    const running = await findStore(join(state, 'store'));
    if (!running) throw new Fault('nothing serves the embedded store', 'start it: npm start');
    return openTarget({ ...options, endpoint: running.endpoint });
  };
  const forget = async (environment: Environment): Promise<void> => {
    const target = open.get(key(environment));
    open.delete(key(environment));
    await target?.then((one) => one.close()).catch(() => {});
  };
  return {
    async of(environment) {
      const known = open.get(key(environment)) ?? opened(environment);
      open.set(key(environment), known);
      return (await known.catch((error: unknown) => (open.delete(key(environment)), Promise.reject(error))))
        .store;
    },
    forget,
    async close() {
      for (const target of open.values()) await target.then((one) => one.close()).catch(() => {});
      open.clear();
    },
  };
}
