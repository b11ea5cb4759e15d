import { headName } from '../contract/names.ts';
import { attack } from './cluster/attacker.ts';
import { VARIANTS } from './cluster/company.ts';
import { beginPublishing, type PublisherTask } from './cluster/publisher.ts';
import type { Cluster } from './cluster/cluster.ts';

/** A course of events: what comes before, and then the work at each call of which everything goes wrong once. */
export interface Scenario {
  name: string;
  before: (cluster: Cluster) => Promise<void>;
  work: (cluster: Cluster) => Promise<void>;
}

/** Publishes, of a new commit with a state if one is given, and lets it end. */
export async function publish(
  cluster: Cluster,
  state?: number,
  request: PublisherTask = { do: 'publish' },
): Promise<void> {
  if (state !== undefined) cluster.oracle.commits.add(VARIANTS[state]!);
  beginPublishing(cluster, 'publisher', request);
  await cluster.scheduler.finish();
}

export async function poll(cluster: Cluster, times = 2): Promise<void> {
  for (; times > 0; times -= 1) {
    for (const follower of cluster.followers) follower.begin('poll');
    await cluster.scheduler.finish();
  }
}

export async function renew(cluster: Cluster): Promise<void> {
  cluster.at += 151_000;
  for (const follower of cluster.followers) follower.begin('renew');
  await cluster.scheduler.finish();
}

/** Entries 1, 2 and so on, each followed. */
export const entries =
  (...states: number[]) =>
  async (cluster: Cluster) => {
    for (const state of states) {
      await publish(cluster, state);
      await poll(cluster);
    }
  };

const restarted = async (cluster: Cluster) => {
  for (const follower of cluster.followers) follower.start();
  await cluster.scheduler.finish();
  await poll(cluster);
};

const headsTo = (cluster: Cluster, text: string | undefined) =>
  cluster.past.set(headName(cluster.identity), text);
const headGone = (cluster: Cluster) => headsTo(cluster, undefined);

/** A rollback whose parts are collected just as its entry is appended, by a collector that then ends. */
export async function rollbackInTime(cluster: Cluster): Promise<void> {
  cluster.interrupted += 1;
  beginPublishing(cluster, 'publisher', { do: 'rollback', back: 2 });
  const appended = () => cluster.scheduler.trace.some((line) => line.includes('rollback: create log'));
  await cluster.scheduler.go();
  while (cluster.scheduler.waiting > 0) {
    await cluster.scheduler.go();
    if (!appended() || cluster.collected > 0) continue;
    const { entry } = cluster.oracle.at({ epoch: 1, sequence: 1 })!;
    for (const name of cluster.past.values.keys())
      if (name.includes(entry.index.part)) cluster.past.set(name, undefined);
  }
  await cluster.scheduler.finish();
}

/** A rollback from its beginning to its end, just when a collector is about to remove the parts that it names. */
async function rollbackBetween(cluster: Cluster): Promise<void> {
  beginPublishing(cluster, 'collector', { do: 'collect', keep: 1 });
  await cluster.scheduler.goAlone('collector', (step) => step.includes('remove'));
  beginPublishing(cluster, 'publisher', { do: 'rollback', back: 2 });
  await cluster.scheduler.goAlone('publisher');
  await cluster.scheduler.finish();
}

/** Two publishers, one of which has read the log before something is forged in it, further up. */
async function forgedBetween(cluster: Cluster): Promise<void> {
  cluster.oracle.commits.add(VARIANTS[1]!);
  beginPublishing(cluster, 'first', { do: 'publish' });
  await cluster.scheduler.goAlone('first', (step) => step.includes('create'));
  await attack(cluster, 'far garbage', 2);
  cluster.oracle.commits.add(VARIANTS[2]!);
  beginPublishing(cluster, 'second', { do: 'publish' });
  await cluster.scheduler.goAlone('second', (step) => step.includes('create log'));
  await cluster.scheduler.finish();
}

/** A job of before a change that was rolled back is run again; then comes a commit that still contains the change. */
async function oldJob(cluster: Cluster): Promise<void> {
  await publish(cluster, undefined, { do: 'publish', old: 1 });
  await publish(cluster, 3);
}

/** Followers that report at every step, while they take an entry. */
async function pollReporting(cluster: Cluster): Promise<void> {
  for (const follower of cluster.followers) follower.begin('poll');
  await new Promise((resolve) => setImmediate(resolve));
  while (cluster.scheduler.waiting > 0) {
    await cluster.scheduler.go();
    for (const follower of cluster.followers) if (follower.process?.alive) follower.begin('report');
  }
  await cluster.scheduler.finish();
}

/** Every kind of publish and of follow. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'first publish', before: async () => {}, work: (cluster) => publish(cluster, 1) },
  { name: 'change', before: entries(0), work: (cluster) => publish(cluster, 2) },
  { name: 'revert', before: entries(0, 1), work: (cluster) => publish(cluster, 0) },
  { name: 'unchanged', before: entries(0), work: (cluster) => publish(cluster, 0) },
  {
    name: 'publish without a head',
    before: async (cluster) => (await entries(0)(cluster), headGone(cluster)),
    work: (cluster) => publish(cluster, 1),
  },
  ...[true, false].flatMap((head): Scenario[] => {
    const prepare =
      (...states: number[]) =>
      async (cluster: Cluster) => {
        await entries(...states)(cluster);
        if (!head) headGone(cluster);
      };
    const how = head ? '' : ' without a head';
    const work = (request: PublisherTask) => (cluster: Cluster) => publish(cluster, undefined, request);
    return [
      { name: `heartbeat${how}`, before: prepare(0), work: work({ do: 'heartbeat' }) },
      { name: `rollback${how}`, before: prepare(0, 1), work: work({ do: 'rollback', back: 1 }) },
      {
        name: `release of a hold${how}`,
        before: async (cluster) => {
          await prepare(0, 1)(cluster);
          await publish(cluster, undefined, { do: 'rollback', back: 1 });
          if (!head) headGone(cluster);
        },
        work: work({ do: 'release' }),
      },
    ];
  }),
  {
    name: 'publish of what is on hold',
    before: async (cluster) => {
      await entries(0, 1)(cluster);
      await publish(cluster, undefined, { do: 'rollback', back: 1 });
    },
    work: (cluster) => publish(cluster, 3),
  },
  {
    name: 'collection',
    before: async (cluster) => {
      await entries(0, 1, 2)(cluster);
      cluster.at += 25 * 3_600_000;
    },
    work: (cluster) => publish(cluster, undefined, { do: 'collect', keep: 1 }),
  },
  {
    name: 'collection while an instance is left behind',
    before: async (cluster) => {
      await entries(0, 4)(cluster);
      await publish(cluster, undefined, { do: 'heartbeat' });
      await poll(cluster);
      cluster.at += 25 * 3_600_000;
      await renew(cluster);
      await poll(cluster);
      cluster.at += 60_000;
    },
    work: (cluster) => publish(cluster, undefined, { do: 'collect', keep: 1 }),
  },
  {
    name: 'collection while something is on hold',
    before: async (cluster) => {
      await entries(0, 1)(cluster);
      await publish(cluster, undefined, { do: 'rollback', back: 1 });
      await poll(cluster);
      cluster.at += 25 * 3_600_000;
    },
    work: (cluster) => publish(cluster, undefined, { do: 'collect', keep: 1 }),
  },
  {
    name: 'forgetting',
    before: entries(0),
    work: (cluster) => publish(cluster, undefined, { do: 'forget', instance: 'connector/apps/c' }),
  },
  {
    name: 'last word',
    before: entries(0),
    work: async (cluster) => {
      for (const follower of cluster.followers) follower.stop();
      await cluster.scheduler.finish();
    },
  },
  { name: 'first follow', before: (cluster) => publish(cluster, 1), work: poll },
  {
    name: 'first follow without a head',
    before: async (cluster) => (await publish(cluster, 1), headGone(cluster)),
    work: poll,
  },
  {
    name: 'follow with a head that leads nowhere',
    before: async (cluster) => (
      await entries(0)(cluster),
      await publish(cluster, 1),
      headsTo(cluster, '999')
    ),
    work: poll,
  },
  {
    name: 'next entry',
    before: async (cluster) => (await entries(0)(cluster), publish(cluster, 2)),
    work: poll,
  },
  {
    name: 'entry that components refuse',
    before: async (cluster) => (await entries(0)(cluster), await publish(cluster, 4), publish(cluster, 5)),
    work: poll,
  },
  {
    name: 'reports while an entry is taken',
    before: async (cluster) => (await entries(0)(cluster), publish(cluster, 2)),
    work: pollReporting,
  },
  { name: 'rollback while collecting', before: entries(0, 1, 2), work: rollbackInTime },
  {
    name: 'collecting while rolling back',
    before: async (cluster) => {
      await entries(0, 1, 2)(cluster);
      cluster.at += 25 * 3_600_000;
    },
    work: rollbackBetween,
  },
  { name: 'two publishers and something forged', before: entries(0), work: forgedBetween },
  {
    name: 'a job that is run again',
    before: async (cluster) => {
      await entries(0, 1)(cluster);
      await publish(cluster, undefined, { do: 'rollback', back: 1 });
    },
    work: oldJob,
  },
  { name: 'first entry is refused', before: (cluster) => publish(cluster, 4), work: poll },
  {
    name: 'entry that names no connector',
    before: async (cluster) => (await entries(0)(cluster), publish(cluster, 6)),
    work: poll,
  },
  {
    name: 'heartbeat followed',
    before: async (cluster) => (await entries(0)(cluster), publish(cluster, undefined, { do: 'heartbeat' })),
    work: poll,
  },
  { name: 'restart', before: entries(0, 1), work: restarted },
  { name: 'restart with a refused entry', before: entries(0, 4), work: restarted },
  { name: 'renewal', before: entries(0), work: renew },
];
