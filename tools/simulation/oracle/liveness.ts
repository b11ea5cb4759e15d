import type { LogIdentity, LogPosition } from '../../contract/log/entry.ts';
import { ackName, entryName, logRoot } from '../../contract/names.ts';
import { positionsOf } from '../../contract/log/hold.ts';
import type { Ack, Convergence } from '../../contract/shapes.ts';
import { jsonIn } from '../../contract/text.ts';
import { convergence } from '../../report/convergence.ts';
import { observe } from '../../report/observe.ts';
import { readLog } from '../../store/log.ts';
import { fetchIndex } from '../../store/part.ts';
import type { ParameterStore } from '../../store/store.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { SimulatedFollower } from '../cluster/follower.ts';
import { invariant } from './invariant.ts';

/** An instance of an environment as small as this one is gone after so long a silence, in milliseconds; said once more. */
export const GONE = 15 * 60_000;

/** How long a publisher may be at work after it has read the acks, in milliseconds. */
const AT_WORK = 120_000;

/** Whether every publisher that is at work must have seen that an instance lives. */
export function isLive({ past, identity, at }: Cluster, { id, instance }: SimulatedFollower): boolean {
  const name = ackName(identity, id, instance);
  const text = past.values.get(name);
  const ack = text === undefined ? undefined : (jsonIn(text) as Ack);
  const seen = (past.since(name) ?? Infinity) <= at - past.window - AT_WORK;
  return ack !== undefined && seen && ack.state !== 'stopped' && at - (past.modified.get(name) ?? 0) <= GONE;
}

/** What a store has of acks of the log, by name. */
function acksIn({ past, identity }: Cluster): [string, Ack][] {
  return [...past.values]
    .filter(([name]) => name.startsWith(`${logRoot(identity)}/ack/`))
    .map(([name, text]) => [name, jsonIn(text) as Ack]);
}

/**
 * Judges what a collector is about to remove, by what it must have seen: what was written a while before it began, and still
 * counts now. @returns what to call with the names
 */
export function collectionJudge(cluster: Cluster): (names: readonly string[]) => void {
  const began = cluster.at;
  const atBegin = new Set(pinnedByNewest(cluster));
  const { past, oracle, identity } = cluster;
  const seen = (name: string): boolean => (past.modified.get(name) ?? Infinity) <= began - past.window;
  return (names) => {
    const live = acksIn(cluster).filter(
      ([name, { state }]) =>
        seen(name) && state !== 'stopped' && cluster.at - (past.modified.get(name) ?? 0) <= GONE,
    );
    const pins = live.flatMap(([, { enforced, refused, waiting }]) =>
      [enforced, refused, waiting?.position].flatMap((position) =>
        position && oracle.at(position)?.digest === position.entry ? position.sequence : [],
      ),
    );
    const needed = [...pins, ...pinnedByNewest(cluster).filter((one) => atBegin.has(one))];
    for (const [name] of live) invariant(!names.includes(name), `${name} is removed, whose instance is live`);
    for (const sequence of needed) {
      const place = entryName(identity, sequence);
      const part = oracle.at({ ...identity, sequence })?.entry.index.part;
      const folder = `${logRoot(identity)}/part/index/${part}/`;
      const gone = names.find((name) => name === place || name.startsWith(folder));
      invariant(!gone || !past.values.has(place) || !seen(place), `${gone} is removed, which is needed`);
    }
  };
}

/** The newest entry of the log, what its holds name, and what all had before it. */
function pinnedByNewest({ oracle, identity: { epoch } }: Cluster): number[] {
  const newest = oracle.newestOf(epoch)?.entry;
  if (!newest) return [];
  const held = newest.holds.flatMap((hold) => Object.values<LogPosition>({ ...positionsOf(hold, epoch) }));
  const own = held.filter((one) => one.epoch === epoch && oracle.at(one)).map(({ sequence }) => sequence);
  return [newest.sequence, ...own, ...(newest.base === undefined ? [] : [newest.base])];
}

/**
 * Once nothing goes wrong any more: every instance that runs is live, the one that it replaced is not, and an
 * environment is converged as soon as those that run enforce the newest entry.
 */
export async function verifyLiveness(cluster: Cluster): Promise<void> {
  cluster.at += GONE + 1000;
  const behind = await cluster.settle(1);
  invariant(behind === undefined, `it is behind after a silence: ${behind}`);
  const store = readerOf(cluster);
  const { newest } = await readLog(store, cluster.identity, cluster.trusted);
  const index = newest && (await fetchIndex(store, newest.entry));
  if (!newest || !index?.ok) return;
  const found = await convergenceIn(cluster, store, cluster.identity);
  for (const { component, instances } of found.components)
    for (const { instance, state } of instances) {
      const runs = cluster.followers.some((one) => one.id === component && one.instance === instance);
      invariant(
        runs === !['gone', 'stopped'].includes(state),
        `${component} ${instance} is said to be ${state}`,
      );
    }
  invariant(
    found.converged === cluster.followers.every((one) => one.agrees),
    `it is ${found.converged ? '' : 'not '}converged: ${JSON.stringify(found.components)}`,
  );
}

/** How far everybody has come, as a reader of a store sees it. */
export async function convergenceIn(
  { trusted, at }: Cluster,
  store: ParameterStore,
  identity: LogIdentity,
): Promise<Convergence> {
  return convergence(await observe(store, { ...identity, id: identity.environment }, trusted, at), at);
}

/** The store as it is now, for reading. */
function readerOf({ past }: Cluster): ParameterStore {
  const current = (name: string): string | undefined => past.values.get(name);
  const never = () => Promise.reject(new Error('it is for reading'));
  return {
    get: async (names) => past.parameters(names, current),
    async *list(path) {
      yield* past.parameters(past.names(path), current).values();
    },
    create: never,
    put: never,
    remove: never,
    date: past.now,
  };
}
