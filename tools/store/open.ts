import { basename, join } from 'node:path';
import { findStore } from './embedded/folder-lock.ts';
import { type EmbeddedStore, startStore } from './embedded/server.ts';
import { FolderInUse } from './embedded/errors.ts';
import type { CallerOptions } from './caller.ts';
import { StoreFault } from './fault.ts';
import { EMBEDDED_CREDENTIALS, type SsmStore, ssmStore } from './ssm.ts';
import type { Parameter, ParameterStore } from './store.ts';

/** Which store: the embedded one of a state folder, or AWS SSM Parameter Store. */
export type StoreKind = 'embedded' | 'aws';

/** Which store is worked on, and how. */
export interface TargetOptions extends Pick<CallerOptions, 'observe' | 'patience' | 'rates'> {
  store: StoreKind;
  /** The environment's AWS region. */
  region: string;
  /** The state folder; the embedded store keeps its data in `store/` below it. */
  state: string;
  signal: AbortSignal;
  /** An address to use instead of what would be found: a running store's. */
  endpoint?: string;
  /** Told, in a sentence, of what a person should know. */
  warn?: (sentence: string) => void;
  /** The clock of an embedded store that is started here, in milliseconds; default: the machine's. */
  now?: () => number;
}

/** A store that is ready for use, until closed. */
export interface StoreTarget {
  store: ParameterStore;
  /** What it is, for a person. */
  describe: string;
  close(): Promise<void>;
}

/**
 * Opens a store. `aws` is Parameter Store in the region, at an account's default rates.
 * `embedded` is the running store of the state folder, or else one started here until it is closed.
 * @throws Fault when the embedded store cannot be started; those of calls are StoreFaults
 */
export async function openTarget(options: TargetOptions): Promise<StoreTarget> {
  const { store: kind, region, endpoint } = options;
  if (kind === 'embedded' && endpoint === undefined) return await openEmbedded(options);
  const store = ssmStore({
    ...calls(options),
    ...(kind === 'embedded' && embedded),
    region,
    ...(endpoint && { endpoint }),
  });
  const name = kind === 'aws' ? `AWS SSM Parameter Store in ${region}` : 'the embedded store';
  return { store, describe: endpoint ? `${name} at ${endpoint}` : name, close: async () => store.close() };
}

/** Works on a store, and closes it whatever happens. */
export async function withStore<T>(
  options: TargetOptions,
  work: (target: StoreTarget) => Promise<T>,
): Promise<T> {
  const target = await openTarget(options);
  try {
    return await work(target);
  } finally {
    await target.close();
  }
}

/** Works on several stores at once, in the order of the options, and closes them all. */
export function withStores<T>(
  [first, ...more]: readonly TargetOptions[],
  work: (stores: readonly ParameterStore[]) => Promise<T>,
): Promise<T> {
  if (!first) return work([]);
  return withStore(first, ({ store }) => withStores(more, (others) => work([store, ...others])));
}

/** The embedded store checks no credentials and has no rates of its own. */
const embedded = { credentials: EMBEDDED_CREDENTIALS, rates: 'none' } as const;

function calls({ observe, patience, rates, signal }: TargetOptions): CallerOptions {
  return { signal, ...(observe && { observe }), ...(patience && { patience }), ...(rates && { rates }) };
}

/** The embedded store as found or started just now. */
interface EmbeddedAccess {
  client: SsmStore;
  endpoint: string;
  /** Where it runs in this process. */
  server?: EmbeddedStore;
}

async function openEmbedded(options: TargetOptions): Promise<StoreTarget> {
  const folder = join(options.state, 'store');
  let now = await attach(folder, options);
  let again: Promise<void> | undefined;
  const past: SsmStore[] = [];
  // The process that served the folder may end while this one still works: then another is found, or started here.
  const reopen = (failed: EmbeddedAccess) => {
    if (failed !== now) return again ?? Promise.resolve();
    return (again ??= (async () => {
      // Its other calls may still be answered: its connections are closed at the end.
      past.push(failed.client);
      await failed.server?.close();
      now = await attach(folder, options);
    })().finally(() => (again = undefined)));
  };
  const store = following(() => now, reopen);
  return {
    store,
    describe: `the embedded store in ${basename(options.state)}/store${now.server ? '' : ` at ${now.endpoint}`}`,
    async close() {
      await again?.catch(() => {});
      for (const client of [...past, now.client]) client.close();
      await now.server?.close();
    },
  };
}

/** How often a folder's store is looked for while others begin and end. */
const LOOKS = 5;

async function attach(folder: string, options: TargetOptions): Promise<EmbeddedAccess> {
  const client = (endpoint: string) =>
    ssmStore({
      ...embedded,
      patience: { busy: 13, broken: 2 },
      ...calls(options),
      region: options.region,
      endpoint,
    });
  for (let look = 1; ; look += 1) {
    const running = await findStore(folder);
    if (running) return { client: client(running.endpoint), endpoint: running.endpoint };
    try {
      const server = await startStore({
        folder,
        ...(options.warn && { warn: options.warn }),
        ...(options.now && { now: options.now }),
      });
      return { client: client(server.endpoint), endpoint: server.endpoint, server };
    } catch (error) {
      // Another process was quicker: use its store.
      if (error instanceof FolderInUse && look < LOOKS) continue;
      throw error;
    }
  }
}

/** A store that repeats a call elsewhere when the place where it was is gone. */
function following(
  current: () => EmbeddedAccess,
  reopen: (failed: EmbeddedAccess) => Promise<void>,
): ParameterStore {
  /** After a failure of `used`: resolves where trying again may help, throws the error where it cannot. */
  const elsewhere = async (used: EmbeddedAccess, error: unknown, moves: number) => {
    if (!gone(error) || moves >= LOOKS) throw error;
    await reopen(used);
  };
  const attempt = async <T>(call: (store: ParameterStore) => Promise<T>): Promise<T> => {
    for (let moves = 0; ; moves += 1) {
      const used = current();
      try {
        return await call(used.client);
      } catch (error) {
        await elsewhere(used, error, moves);
      }
    }
  };
  return {
    get: (names) => attempt((store) => store.get(names)),
    create: (name, value) => attempt((store) => store.create(name, value)),
    put: (name, value) => attempt((store) => store.put(name, value)),
    remove: (names) => attempt((store) => store.remove(names)),
    date: () => current().client.date(),
    async *list(path) {
      const told = new Set<string>();
      for (let moves = 0; ; moves += 1) {
        const used = current();
        try {
          return yield* fresh(used.client.list(path), told);
        } catch (error) {
          await elsewhere(used, error, moves);
        }
      }
    },
  };
}

function gone(error: unknown): boolean {
  return error instanceof StoreFault && error.kind === 'unreachable' && error.code !== 'TimeoutError';
}

/** What was not told yet. */
async function* fresh(parameters: AsyncIterable<Parameter>, told: Set<string>): AsyncGenerator<Parameter> {
  for await (const parameter of parameters) {
    if (told.has(parameter.name)) continue;
    told.add(parameter.name);
    yield parameter;
  }
}
