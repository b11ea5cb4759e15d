import { entryName } from '../../contract/names.ts';
import { canonicalBytes } from '../../contract/log/canonical.ts';
import { seal } from '../../contract/log/dsse.ts';
import { chunkNames } from '../../store/part.ts';
import { prepare } from '../../publish/prepare.ts';
import { spoil } from '../cluster/attacker.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { bundleFor, VARIANTS } from '../cluster/company.ts';
import { invariant } from '../oracle/invariant.ts';
import { beginPublishing, type PublisherTask } from '../cluster/publisher.ts';
import { entries, poll, publish, renew, rollbackInTime, type Scenario } from '../scenarios.ts';

export const DAY = 24 * 3_600_000;

/** Begins something, and lets followers poll and renew while it goes on. */
export async function meanwhile(cluster: Cluster, request: PublisherTask, state?: number): Promise<void> {
  if (state !== undefined) cluster.oracle.commits.add(VARIANTS[state]!);
  beginPublishing(cluster, 'publisher', request);
  await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; cluster.scheduler.waiting > 0; turn += 1) {
    await cluster.scheduler.go();
    if (turn % 12 === 0) for (const follower of cluster.followers) follower.begin('poll');
  }
  await cluster.scheduler.finish();
}

export const deliver = (cluster: Cluster, state?: number) => meanwhile(cluster, { do: 'deliver' }, state);
export const rollback = (cluster: Cluster, back: number) =>
  publish(cluster, undefined, { do: 'rollback', back });
export const heartbeat = (cluster: Cluster) => publish(cluster, undefined, { do: 'heartbeat' });
export const collect = (cluster: Cluster) => publish(cluster, undefined, { do: 'collect', keep: 1 });

/** A delivery of a state that ends, as a job that is cancelled, once the canary has it and before the others do. */
export async function cancelled(cluster: Cluster, state: number): Promise<void> {
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

/** A component of the canary takes up a stage, and refuses it at the next renewal, while it bakes. */
export async function mindChanged(cluster: Cluster): Promise<void> {
  for (const { component } of cluster.followers) component.picky = false;
  const [first] = cluster.followers;
  const stage = newest(cluster).sequence + 1;
  cluster.oracle.commits.add(VARIANTS[4]!);
  beginPublishing(cluster, 'publisher', { do: 'deliver' });
  await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; cluster.scheduler.waiting > 0; turn += 1) {
    await cluster.scheduler.go();
    if (turn % 12 === 0) for (const follower of cluster.followers) follower.begin('poll');
    if (first!.component.picky || first!.ack?.enforced?.sequence !== stage) continue;
    // The publisher has seen that it enforces the stage, and waits until that has baked.
    for (const step of ['list ack', 'wait'])
      await cluster.scheduler.goAlone('publisher', (one) => one.includes(step));
    first!.component.restart(true);
    cluster.at += 151_000;
    for (const task of ['renew', 'report'] as const) {
      first!.begin(task);
      await cluster.scheduler.goAlone(`${first!.id} ${first!.instance}`);
    }
  }
  await cluster.scheduler.finish();
  invariant(newest(cluster).holds[0]?.undone === stage, 'a refusal while a stage bakes is passed over');
}

/** Nothing was appended. */
export async function nothing(cluster: Cluster, work: () => Promise<void>): Promise<void> {
  const before = cluster.oracle.newest;
  await work();
  invariant(cluster.oracle.newest === before, `entry ${cluster.oracle.newest?.entry.sequence} is appended`);
}

export function newest(cluster: Cluster) {
  return cluster.oracle.newest!.entry;
}

/** Another person with a key signed another entry for the place of the newest, and it got there. */
export async function another(cluster: Cluster): Promise<void> {
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

/** Another process wrote other bytes into what a follower has on its disk. */
export async function damaged(
  cluster: Cluster,
  change: (slot: Record<string, unknown>) => void,
): Promise<void> {
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

/** A publisher that is about to write its chunks, when another process has written other bytes there. */
export async function spoiledBetween(cluster: Cluster, late = false): Promise<void> {
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
export async function collectedInTime(cluster: Cluster): Promise<void> {
  await rollbackInTime(cluster);
  const { entry } = cluster.oracle.newest!;
  const names = chunkNames(entry, entry.index);
  invariant(
    names.every((name) => cluster.past.values.has(name)),
    'what was collected meanwhile stays away',
  );
}

/** Chunks of the newest entry are changed, or are not there for a while. */
export async function withoutChunks(
  cluster: Cluster,
  change: (name: string) => Promise<void>,
): Promise<void> {
  for (const name of [...cluster.past.values.keys()]) if (name.includes('/part/')) await change(name);
  await poll(cluster, 3);
  cluster.at += 60_000;
  for (const follower of cluster.followers) follower.begin('report');
  await cluster.scheduler.finish();
  cluster.repair();
}

export const rotated = async (cluster: Cluster, deployed: boolean) => {
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

export const raised = async (cluster: Cluster) => {
  cluster.raiseEpoch();
  await publish(cluster, 1);
  cluster.deploy();
  await cluster.scheduler.finish();
  await poll(cluster);
};

export const begun = entries(0);

/** Everybody has reported for so long that every publisher knows of them. */
export const known = async (cluster: Cluster) => {
  await begun(cluster);
  cluster.at += 200_000;
  await renew(cluster);
};
export const situation = (
  name: string,
  before: (cluster: Cluster) => Promise<void>,
  work: (cluster: Cluster) => Promise<void>,
): Scenario => ({ name, before, work });
