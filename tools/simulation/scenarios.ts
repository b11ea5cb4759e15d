import { headName } from '../contract/names.ts';
import { IDENTITY } from '../publish/testing/publisher.ts';
import { attack } from './attacker.ts';
import { VARIANTS } from './company.ts';
import { beginPublishing, type Request } from './publisher.ts';
import type { World } from './cluster.ts';

/** A course of events: what comes before, and then the work at each call of which everything goes wrong once. */
export interface Scenario {
  name: string;
  before: (world: World) => Promise<void>;
  work: (world: World) => Promise<void>;
}

/** Publishes, of a new commit with a state if one is given, and lets it end. */
export async function publish(
  world: World,
  state?: number,
  request: Request = { do: 'publish' },
): Promise<void> {
  if (state !== undefined) world.ledger.commits.add(VARIANTS[state]!);
  beginPublishing(world, 'publisher', request);
  await world.stage.finish();
}

async function poll(world: World, times = 2): Promise<void> {
  for (; times > 0; times -= 1) {
    for (const follower of world.followers) follower.begin('poll');
    await world.stage.finish();
  }
}

async function renew(world: World): Promise<void> {
  world.at += 151_000;
  for (const follower of world.followers) follower.begin('renew');
  await world.stage.finish();
}

/** Entries 1, 2 and so on, each followed. */
const entries =
  (...states: number[]) =>
  async (world: World) => {
    for (const state of states) {
      await publish(world, state);
      await poll(world);
    }
  };

const restarted = async (world: World) => {
  for (const follower of world.followers) follower.start();
  await world.stage.finish();
  await poll(world);
};

const headsTo = (world: World, text: string | undefined) => world.past.set(headName(IDENTITY), text);
const headGone = (world: World) => headsTo(world, undefined);

/** A rollback whose parts are collected just as its entry is appended, by somebody who then ends. */
async function rollbackInTime(world: World): Promise<void> {
  world.interrupted += 1;
  beginPublishing(world, 'publisher', { do: 'rollback', back: 2 });
  const appended = () => world.stage.trace.some((line) => line.includes('rollback: create log'));
  await world.stage.go();
  while (world.stage.waiting > 0) {
    await world.stage.go();
    if (!appended() || world.collected > 0) continue;
    const { entry } = world.ledger.entries.get(1)!;
    for (const name of world.past.values.keys())
      if (name.includes(entry.index.part)) world.past.set(name, undefined);
  }
  await world.stage.finish();
}

/** A rollback from its beginning to its end, just when a collector is about to remove the parts that it names. */
async function rollbackBetween(world: World): Promise<void> {
  beginPublishing(world, 'collector', { do: 'collect', keep: 1 });
  await world.stage.goAlone('collector', (step) => step.includes('remove'));
  beginPublishing(world, 'publisher', { do: 'rollback', back: 2 });
  await world.stage.goAlone('publisher');
  await world.stage.finish();
}

/** Two publishers, one of which has read the log before something is forged in it, further up. */
async function forgedBetween(world: World): Promise<void> {
  world.ledger.commits.add(VARIANTS[1]!);
  beginPublishing(world, 'first', { do: 'publish' });
  await world.stage.goAlone('first', (step) => step.includes('create'));
  await attack(world, 'far garbage', 2);
  world.ledger.commits.add(VARIANTS[2]!);
  beginPublishing(world, 'second', { do: 'publish' });
  await world.stage.goAlone('second', (step) => step.includes('create log'));
  await world.stage.finish();
}

/** A job of before a change that was rolled back is run again; then comes a commit that still contains the change. */
async function oldJob(world: World): Promise<void> {
  await publish(world, undefined, { do: 'publish', old: 1 });
  await publish(world, 3);
}

/** Followers that report at every step, while they take an entry. */
async function pollReporting(world: World): Promise<void> {
  for (const follower of world.followers) follower.begin('poll');
  await new Promise((resolve) => setImmediate(resolve));
  while (world.stage.waiting > 0) {
    await world.stage.go();
    for (const follower of world.followers) if (follower.process?.alive) follower.begin('report');
  }
  await world.stage.finish();
}

/** Every kind of publish and of follow. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'first publish', before: async () => {}, work: (world) => publish(world, 1) },
  { name: 'change', before: entries(0), work: (world) => publish(world, 2) },
  { name: 'revert', before: entries(0, 1), work: (world) => publish(world, 0) },
  { name: 'unchanged', before: entries(0), work: (world) => publish(world, 0) },
  {
    name: 'publish without a head',
    before: async (world) => (await entries(0)(world), headGone(world)),
    work: (world) => publish(world, 1),
  },
  ...[true, false].flatMap((head): Scenario[] => {
    const prepare =
      (...states: number[]) =>
      async (world: World) => {
        await entries(...states)(world);
        if (!head) headGone(world);
      };
    const how = head ? '' : ' without a head';
    const work = (request: Request) => (world: World) => publish(world, undefined, request);
    return [
      { name: `heartbeat${how}`, before: prepare(0), work: work({ do: 'heartbeat' }) },
      { name: `rollback${how}`, before: prepare(0, 1), work: work({ do: 'rollback', back: 1 }) },
      {
        name: `release of a hold${how}`,
        before: async (world) => {
          await prepare(0, 1)(world);
          await publish(world, undefined, { do: 'rollback', back: 1 });
          if (!head) headGone(world);
        },
        work: work({ do: 'release' }),
      },
    ];
  }),
  {
    name: 'publish of what is on hold',
    before: async (world) => {
      await entries(0, 1)(world);
      await publish(world, undefined, { do: 'rollback', back: 1 });
    },
    work: (world) => publish(world, 3),
  },
  {
    name: 'collection',
    before: async (world) => {
      await entries(0, 1, 2)(world);
      world.at += 25 * 3_600_000;
    },
    work: (world) => publish(world, undefined, { do: 'collect', keep: 1 }),
  },
  { name: 'first follow', before: (world) => publish(world, 1), work: poll },
  {
    name: 'first follow without a head',
    before: async (world) => (await publish(world, 1), headGone(world)),
    work: poll,
  },
  {
    name: 'follow with a head that leads nowhere',
    before: async (world) => (await entries(0)(world), await publish(world, 1), headsTo(world, '999')),
    work: poll,
  },
  { name: 'next entry', before: async (world) => (await entries(0)(world), publish(world, 2)), work: poll },
  {
    name: 'entry that components refuse',
    before: async (world) => (await entries(0)(world), await publish(world, 4), publish(world, 5)),
    work: poll,
  },
  {
    name: 'reports while an entry is taken',
    before: async (world) => (await entries(0)(world), publish(world, 2)),
    work: pollReporting,
  },
  { name: 'rollback while collecting', before: entries(0, 1, 2), work: rollbackInTime },
  {
    name: 'collecting while rolling back',
    before: async (world) => {
      await entries(0, 1, 2)(world);
      world.at += 25 * 3_600_000;
    },
    work: rollbackBetween,
  },
  { name: 'two publishers and something forged', before: entries(0), work: forgedBetween },
  {
    name: 'a job that is run again',
    before: async (world) => {
      await entries(0, 1)(world);
      await publish(world, undefined, { do: 'rollback', back: 1 });
    },
    work: oldJob,
  },
  { name: 'first entry is refused', before: (world) => publish(world, 4), work: poll },
  {
    name: 'entry that names no connector',
    before: async (world) => (await entries(0)(world), publish(world, 6)),
    work: poll,
  },
  {
    name: 'heartbeat followed',
    before: async (world) => (await entries(0)(world), publish(world, undefined, { do: 'heartbeat' })),
    work: poll,
  },
  { name: 'restart', before: entries(0, 1), work: restarted },
  { name: 'restart with a refused entry', before: entries(0, 4), work: restarted },
  { name: 'renewal', before: entries(0), work: renew },
];
