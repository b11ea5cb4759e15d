import { entryName } from '../contract/names.ts';
import type { Ack } from '../contract/shapes.ts';
import { jsonIn } from '../contract/text.ts';
import { IDENTITY } from '../publish/testing/publisher.ts';
import { convergence } from '../report/convergence.ts';
import { readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';
import type { Cluster } from './cluster.ts';
import { invariant } from './invariant.ts';

/** An instance of an environment as small as this one is gone after so long a silence, in milliseconds; said once more. */
export const GONE = 15 * 60_000;

/** What a store has of acks, by name. */
function acksIn({ past }: Cluster): [string, Ack][] {
  return [...past.values]
    .filter(([name]) => name.includes('/ack/'))
    .map(([name, text]) => [name, jsonIn(text) as Ack]);
}

/**
 * Judges what a collector is about to remove, by what it must have seen: what was written a while before it began, and still
 * counts now. @returns what to call with the names
 */
export function collectionJudge(cluster: Cluster): (names: readonly string[]) => void {
  const began = cluster.at;
  const atBegin = new Set(pinnedByNewest(cluster));
  const { past, oracle } = cluster;
  const seen = (name: string): boolean => (past.modified.get(name) ?? Infinity) <= began - past.window;
  return (names) => {
    const live = acksIn(cluster).filter(
      ([name, { at, state }]) => seen(name) && state !== 'stopped' && cluster.at - Date.parse(at) <= GONE,
    );
    const pins = live.flatMap(([, { enforced, refused, waiting }]) =>
      [enforced, refused, waiting?.position].flatMap((position) =>
        position && oracle.entries.get(position.sequence)?.digest === position.entry ? position.sequence : [],
      ),
    );
    const needed = [...pins, ...pinnedByNewest(cluster).filter((one) => atBegin.has(one))];
    for (const [name] of live) invariant(!names.includes(name), `${name} is removed, whose instance is live`);
    for (const sequence of needed) {
      const place = entryName(IDENTITY, sequence);
      const { part } = oracle.entries.get(sequence)!.entry.index;
      const gone = names.find((name) => name === place || name.includes(`/part/index/${part}/`));
      invariant(!gone || !past.values.has(place) || !seen(place), `${gone} is removed, which is needed`);
    }
  };
}

/** The newest entry, and what its holds name. */
function pinnedByNewest({ oracle }: Cluster): number[] {
  const { newest } = oracle;
  const held = newest?.entry.holds.flatMap(({ undone, kept }) => [undone, kept]) ?? [];
  return newest ? [newest.entry.sequence, ...held].filter((sequence) => oracle.entries.has(sequence)) : [];
}

/**
 * Once nothing goes wrong any more: every instance that runs is live, whoever it replaced is not, and an
 * environment is converged as soon as those that run enforce the newest entry.
 */
export async function verifyLiveness(cluster: Cluster): Promise<void> {
  cluster.at += GONE + 1000;
  const behind = await cluster.settle(1);
  invariant(behind === undefined, `it is behind after a silence: ${behind}`);
  const store = readerOf(cluster);
  const { newest, invalid } = await readLog(store, IDENTITY, cluster.trusted);
  const index = newest && (await fetchIndex(store, newest.entry));
  if (!newest || !index?.ok) return;
  const acks = new Map([...cluster.past.values].filter(([name]) => name.includes('/ack/')));
  const found = convergence({ log: IDENTITY, newest, invalid, contents: index.value, acks }, cluster.at);
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
