import { entryName } from '../contract/names.ts';
import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import { seal } from '../contract/log/dsse.ts';
import { chunkNames } from '../store/part.ts';
import { prepare } from '../publish/prepare.ts';
import { attack, ATTACKS, spoil } from './cluster/attacker.ts';
import type { Cluster } from './cluster/cluster.ts';
import { bundleFor, VARIANTS } from './cluster/company.ts';
import { invariant } from './oracle/invariant.ts';
import { verifyLiveness } from './oracle/liveness.ts';
import { beginPublishing, type PublisherTask } from './cluster/publisher.ts';
import { entries, poll, publish, renew, rollbackInTime, type Scenario } from './scenarios.ts';

const DAY = 24 * 3_600_000;

/** Begins something, and lets followers poll and renew while it goes on. */
async function meanwhile(cluster: Cluster, request: PublisherTask, state?: number): Promise<void> {
  if (state !== undefined) cluster.oracle.commits.add(VARIANTS[state]!);
  beginPublishing(cluster, 'publisher', request);
  await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; cluster.scheduler.waiting > 0; turn += 1) {
    await cluster.scheduler.go();
    if (turn % 12 === 0) for (const follower of cluster.followers) follower.begin('poll');
  }
  await cluster.scheduler.finish();
}

const deliver = (cluster: Cluster, state?: number) => meanwhile(cluster, { do: 'deliver' }, state);
const rollback = (cluster: Cluster, back: number) => publish(cluster, undefined, { do: 'rollback', back });
const heartbeat = (cluster: Cluster) => publish(cluster, undefined, { do: 'heartbeat' });
const collect = (cluster: Cluster) => publish(cluster, undefined, { do: 'collect', keep: 1 });

/** A delivery of a state that ends, as a job that is cancelled, once the canary has it and before the others do. */
async function cancelled(cluster: Cluster, state: number): Promise<void> {
  cluster.oracle.commits.add(VARIANTS[state]!);
  const before = cluster.oracle.newest!.entry.sequence;
  const process = beginPublishing(cluster, 'publisher', { do: 'deliver' });
  await new Promise((resolve) => setImmediate(resolve));
  while (cluster.scheduler.waiting > 0 && cluster.oracle.newest!.entry.sequence === before)
    await cluster.scheduler.go();
  process.end();
  await cluster.scheduler.finish();
  await poll(cluster);
}

/** Nothing was appended. */
async function nothing(cluster: Cluster, work: () => Promise<void>): Promise<void> {
  const before = cluster.oracle.newest;
  await work();
  invariant(cluster.oracle.newest === before, `entry ${cluster.oracle.newest?.entry.sequence} is appended`);
}

function newest(cluster: Cluster) {
  return cluster.oracle.newest!.entry;
}

/** Somebody with a key signed another entry for the place of the newest, and it got there. */
async function another(cluster: Cluster): Promise<void> {
  const entry = newest(cluster);
  const name = entryName(entry, entry.sequence);
  const other = await seal(canonicalBytes({ ...entry, reason: 'another' }), cluster.signer);
  const own = cluster.past.values.get(name)!;
  cluster.past.values.set(name, other);
  for (const { disk } of cluster.followers)
    for (const slot of ['a', 'b']) disk.texts.set(`slots/slot-${slot}.json`, '{}');
  for (const follower of cluster.followers) follower.start();
  await cluster.scheduler.finish();
  await poll(cluster);
  cluster.past.values.set(name, own);
  for (const follower of cluster.followers) follower.start();
  await cluster.scheduler.finish();
}

/** Somebody wrote other bytes into what a follower has on its disk. */
async function damaged(cluster: Cluster, change: (slot: Record<string, unknown>) => void): Promise<void> {
  for (const follower of cluster.followers) {
    for (const slot of ['a', 'b']) {
      const path = `slots/slot-${slot}.json`;
      const text = follower.disk.texts.get(path);
      if (text === undefined) continue;
      const value = JSON.parse(text) as Record<string, unknown>;
      change(value);
      follower.disk.texts.set(path, JSON.stringify(value));
    }
    follower.component.restart();
    follower.start();
  }
  await cluster.scheduler.finish();
  await poll(cluster);
}

/** A publisher that is about to write its chunks, when somebody else has written other bytes there. */
async function spoiledBetween(cluster: Cluster, late = false): Promise<void> {
  cluster.oracle.commits.add(VARIANTS[3]!);
  beginPublishing(cluster, 'publisher', { do: 'publish' });
  await cluster.scheduler.goAlone('publisher', (step) => step.includes('create'));
  const { index, parts } = await prepare(bundleFor(VARIANTS[3]!), cluster.identity);
  for (const { name, value } of [index, ...parts].flatMap(({ chunks }) => chunks))
    await spoil(cluster, name, value);
  let reads = 0;
  cluster.scheduler.decide = ({ kind }) => (late && kind === 'read' && reads++ === 0 ? 'stale' : undefined);
  await cluster.scheduler.finish();
}

/** What an entry names that is collected just as it is appended is there again, when its publisher is done. */
async function collectedInTime(cluster: Cluster): Promise<void> {
  await rollbackInTime(cluster);
  const { entry } = cluster.oracle.newest!;
  const names = chunkNames(entry, entry.index);
  invariant(
    names.every((name) => cluster.past.values.has(name)),
    'what was collected meanwhile stays away',
  );
}

/** Chunks of the newest entry are changed, or are not there for a while. */
async function withoutChunks(cluster: Cluster, change: (name: string) => Promise<void>): Promise<void> {
  for (const name of [...cluster.past.values.keys()]) if (name.includes('/part/')) await change(name);
  await poll(cluster, 3);
  cluster.at += 60_000;
  for (const follower of cluster.followers) follower.begin('report');
  await cluster.scheduler.finish();
  cluster.repair();
}

const rotated = async (cluster: Cluster, deployed: boolean) => {
  cluster.trustNext();
  if (deployed) {
    cluster.deploy();
    await cluster.scheduler.finish();
    await poll(cluster);
  }
  cluster.at += 200_000;
  await renew(cluster);
  cluster.at += 200_000;
  await renew(cluster);
  cluster.changeKey();
};

const raised = async (cluster: Cluster) => {
  cluster.raiseEpoch();
  await publish(cluster, 1);
  cluster.deploy();
  await cluster.scheduler.finish();
  await poll(cluster);
};

const begun = entries(0);

/** Everybody has reported for so long that every publisher knows of them. */
const known = async (cluster: Cluster) => {
  await begun(cluster);
  cluster.at += 200_000;
  await renew(cluster);
};
const situation = (
  name: string,
  before: (cluster: Cluster) => Promise<void>,
  work: (cluster: Cluster) => Promise<void>,
): Scenario => ({ name, before, work });

/** Situations that are played once, with nothing going wrong beside: each is long, or is all that goes wrong. */
export const SITUATIONS: readonly Scenario[] = [
  ...ATTACKS.flatMap((how) =>
    [0, 1].map((number) =>
      situation(`${how} ${number}`, begun, async (cluster) => {
        await attack(cluster, how, number);
        await poll(cluster);
        await publish(cluster, 2);
        await poll(cluster);
      }),
    ),
  ),
  situation('other bytes where chunks are to be', begun, (cluster) => spoiledBetween(cluster)),
  situation('other bytes where chunks are to be, seen late', begun, (cluster) =>
    spoiledBetween(cluster, true),
  ),
  situation('what is collected just as an entry names it', entries(0, 1, 2), collectedInTime),
  situation(
    'other bytes in the place of chunks',
    async (cluster) => (await begun(cluster), publish(cluster, 3)),
    (cluster) => withoutChunks(cluster, (name) => spoil(cluster, name)),
  ),
  situation(
    'chunks that are not there yet',
    async (cluster) => (await begun(cluster), publish(cluster, 3)),
    (cluster) =>
      withoutChunks(cluster, async (name) => {
        cluster.spoiled.set(name, cluster.past.values.get(name));
        cluster.past.values.delete(name);
      }),
  ),
  situation(
    'other bytes in the place of one part',
    async (cluster) => (await begun(cluster), publish(cluster, 1)),
    (cluster) =>
      withoutChunks(cluster, async (name) => {
        if (name.includes('/part/intermediate/')) await spoil(cluster, name);
      }),
  ),
  situation('an old entry in the next place', entries(0, 2), async (cluster) => {
    const { entry } = cluster.oracle.at({ epoch: 1, sequence: 1 })!;
    cluster.past.create(entryName(entry, 3), await seal(canonicalBytes(entry), cluster.signer));
    await poll(cluster);
    await publish(cluster, 3);
    await poll(cluster);
  }),
  situation('another entry in the place of the floor', begun, another),
  situation('a slot with another part', begun, (cluster) =>
    damaged(cluster, (slot) => (slot['part'] = String(slot['part']).replace('alice', 'mallory'))),
  ),
  situation('a slot with another index', begun, (cluster) =>
    damaged(cluster, (slot) => {
      const part = String(slot['part']);
      const other = part.replaceAll('alice', 'mallory');
      slot['index'] = String(slot['index']).replace(digestOf(part), digestOf(other));
      slot['part'] = other;
    }),
  ),
  situation('heartbeat and rollback while something is on hold', entries(0, 1, 3), async (cluster) => {
    await rollback(cluster, 1);
    await heartbeat(cluster);
    await rollback(cluster, 3);
    await heartbeat(cluster);
    invariant(newest(cluster).holds.length === 2, 'two rollbacks leave two holds');
    await publish(cluster, undefined, { do: 'release' });
    await publish(cluster, 3);
  }),
  situation('a key that not all trust', begun, async (cluster) => {
    await rotated(cluster, false);
    await nothing(cluster, () => publish(cluster, 1));
    await nothing(cluster, () => heartbeat(cluster));
    await nothing(cluster, () => deliver(cluster, 2));
  }),
  situation('a key that all trust', begun, async (cluster) => {
    await rotated(cluster, true);
    await publish(cluster, 1);
    invariant(newest(cluster).sequence === 2, 'a key that all trust signs nothing');
    await poll(cluster);
  }),
  situation(
    'a key that nobody was told of',
    (cluster) => publish(cluster, 0),
    async (cluster) => {
      cluster.takeWrongKey();
      await nothing(cluster, () => publish(cluster, 1));
      await nothing(cluster, () => heartbeat(cluster));
    },
  ),
  situation('a key that one who has stopped does not trust', begun, async (cluster) => {
    cluster.followers[0]!.stop();
    await cluster.scheduler.finish();
    cluster.followers[0]!.replaceByAnother();
    await rotated(cluster, true);
    await publish(cluster, 1);
    invariant(newest(cluster).sequence === 2, 'a key waits for who has stopped');
    await poll(cluster);
  }),
  situation('a key that one who is gone does not trust', begun, async (cluster) => {
    cluster.followers[0]!.replaceByAnother();
    await rotated(cluster, true);
    cluster.at += 20 * 60_000;
    await renew(cluster);
    await publish(cluster, 1);
    invariant(newest(cluster).sequence === 2, 'a key waits for who is gone');
    await poll(cluster);
  }),
  situation('a higher epoch', begun, raised),
  situation('a higher epoch while something is on hold', entries(0, 3), async (cluster) => {
    await rollback(cluster, 1);
    cluster.raiseEpoch();
    cluster.deploy();
    await cluster.scheduler.finish();
    await deliver(cluster);
    invariant(newest(cluster).holds.length === 1, 'a higher epoch ends a hold');
    await nothing(cluster, () => publish(cluster, 3));
  }),
  situation('a deployment of the epoch before', begun, async (cluster) => {
    const { deployment } = cluster;
    await raised(cluster);
    for (const follower of cluster.followers) follower.start(deployment);
    await cluster.scheduler.finish();
    await poll(cluster);
  }),
  situation('an old copy for one without state', entries(0, 1), async (cluster) => {
    const { past, deployment } = cluster;
    const [all, minimum] = [past.copy(), { epoch: 1, sequence: 2 }];
    past.restore(new Map([...all].filter(([name]) => !name.endsWith('2'))));
    for (const follower of cluster.followers) {
      follower.replace();
      follower.start({ ...deployment, minimum });
    }
    await cluster.scheduler.finish();
    await poll(cluster);
    past.restore(all);
  }),
  situation('an old copy for publishers', entries(0, 1), async (cluster) => {
    const { past } = cluster;
    const all = past.copy();
    past.restore(new Map([...all].filter(([name]) => !/\/(log\/0*2|head)$/.test(name))));
    await publish(cluster, 3);
    await heartbeat(cluster);
    past.restore(all);
  }),
  situation('ring by ring', known, async (cluster) => {
    await deliver(cluster, 3);
    invariant(newest(cluster).sequence === 3, 'a delivery does not come to its end');
  }),
  situation('what a canary refuses', known, async (cluster) => {
    await deliver(cluster, 4);
    await deliver(cluster, 1);
  }),
  situation('what others than the canary refuse', begun, (cluster) => deliver(cluster, 5)),
  situation('a loss', entries(3), (cluster) => deliver(cluster, 6)),
  situation(
    'a loss that is refused',
    async (cluster) => {
      for (const { component } of cluster.followers) component.picky = false;
      await entries(4)(cluster);
      for (const { component } of cluster.followers) component.restart(true);
    },
    (cluster) => deliver(cluster, 9),
  ),
  situation('canaries that do not answer', known, async (cluster) => {
    for (const { id, component } of cluster.followers) if (id !== 'connector/apps') component.deaf = true;
    await deliver(cluster, 3);
    for (const { component } of cluster.followers) component.deaf = false;
    invariant(newest(cluster).holds.length === 0, 'a wait is taken for a refusal');
  }),
  situation('a delivery that is cancelled, and run again', begun, async (cluster) => {
    await cancelled(cluster, 3);
    await heartbeat(cluster);
    await poll(cluster);
    await deliver(cluster);
  }),
  situation('a delivery that is cancelled, and then one that is refused', begun, async (cluster) => {
    await cancelled(cluster, 3);
    await deliver(cluster, 4);
  }),
  situation('a certificate that is revoked while a delivery is under way', begun, async (cluster) => {
    await cancelled(cluster, 3);
    await deliver(cluster, 7);
  }),
  situation('a certificate that is revoked with what a canary refuses', begun, async (cluster) => {
    await deliver(cluster, 8);
    invariant(
      cluster.oracle.newest!.state.intermediate.revoked.length > 0,
      'a refusal gives back a revoked certificate',
    );
  }),
  situation('a delivery of what is on hold', entries(0, 3), async (cluster) => {
    await rollback(cluster, 1);
    await poll(cluster);
    await deliver(cluster, 2);
  }),
  situation('a higher epoch while a delivery is under way', begun, async (cluster) => {
    await cancelled(cluster, 3);
    cluster.raiseEpoch();
    cluster.deploy();
    await cluster.scheduler.finish();
    await deliver(cluster);
  }),
  situation('collection while a delivery is under way', begun, async (cluster) => {
    await cancelled(cluster, 3);
    await heartbeat(cluster);
    await poll(cluster);
    cluster.at += DAY + 3_600_000;
    await renew(cluster);
    await poll(cluster);
    cluster.at += 60_000;
    await collect(cluster);
  }),
  situation('some who stop, and one who is gone', entries(0), async (cluster) => {
    cluster.followers[0]!.stop();
    await cluster.scheduler.finish();
    cluster.followers[0]!.replaceByAnother();
    cluster.followers.at(-1)!.replaceByAnother();
    cluster.at += 20 * 60_000;
    await poll(cluster, 4);
    await verifyLiveness(cluster);
    cluster.at += 60_000;
    await renew(cluster);
    await collect(cluster);
    const acks = [...cluster.past.values.keys()].filter((name) => name.includes('/ack/'));
    invariant(acks.length === cluster.followers.length, `acks are left behind: ${acks.join(' ')}`);
  }),
];
