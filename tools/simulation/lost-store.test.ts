import './scheduler/virtual-time.ts';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { VARIANTS } from './cluster/company.ts';
import { Cluster } from './cluster/cluster.ts';
import { Coverage } from './scheduler/coverage.ts';
import { type InjectedFault, POSSIBLE } from './scheduler/faults.ts';
import { beginPublishing, type PublisherTask } from './cluster/publisher.ts';
import type { ScheduledCall } from './scheduler/scheduler.ts';

// slow: over 5 s
const test = suite('prove: a store that is restored from an old copy');
const coverage = new Coverage();

/** What a publisher may try meanwhile. */
const TASKS: readonly PublisherTask[] = [
  { do: 'publish' },
  { do: 'publish', old: 1 },
  { do: 'heartbeat' },
  { do: 'rollback', back: 1 },
];

async function publish(cluster: Cluster, request: PublisherTask): Promise<void> {
  beginPublishing(cluster, 'publisher', request);
  await cluster.scheduler.finish();
}

async function follow(cluster: Cluster, times: number): Promise<void> {
  for (; times > 0; times -= 1) {
    cluster.at += 10_000;
    for (const follower of cluster.followers) follower.begin('poll');
    await cluster.scheduler.finish();
  }
}

/** Three entries that are enforced, and the store as it was with so many of them; a follower may know. */
async function restored(entries: number) {
  const cluster = new Cluster(coverage, [
    ['intermediate/one', 'a'],
    ['connector/apps', 'c'],
  ]);
  const copies: ReadonlyMap<string, string>[] = [cluster.past.copy()];
  for (const state of [1, 2, 3]) {
    cluster.oracle.commits.add(VARIANTS[state]!);
    await publish(cluster, { do: 'publish' });
    await follow(cluster, 2);
    copies.push(cluster.past.copy());
  }
  const whole = cluster.past.copy();
  cluster.past.restore(copies[entries]!);
  return { cluster, whole };
}

/** Lets one thing go wrong in some work. @returns the calls of it */
async function withFault(
  cluster: Cluster,
  at: number,
  fault: InjectedFault | undefined,
  work: () => Promise<void>,
): Promise<ScheduledCall[]> {
  const calls: ScheduledCall[] = [];
  cluster.scheduler.decide = (call) => (calls.push(call), calls.length === at ? fault : undefined);
  await work();
  cluster.scheduler.decide = () => undefined;
  return calls;
}

/** Every fault that is possible at some calls. */
function mishaps(calls: readonly ScheduledCall[]): { at: number; fault: InjectedFault }[] {
  return calls.flatMap(({ kind }, index) => POSSIBLE[kind].map((fault) => ({ at: index + 1, fault })));
}

for (const entries of [0, 1, 2])
  test(`with ${entries} of three entries, nothing is appended once the followers have seen it`, async () => {
    for (const task of TASKS) {
      const attempt = async (at = 0, fault?: InjectedFault): Promise<ScheduledCall[]> => {
        const { cluster, whole } = await restored(entries);
        await follow(cluster, 3);
        // No read is so late that it does not show these acks.
        cluster.at += 60_000;
        // The oracle throws at an entry that does not come after the third.
        const calls = await withFault(cluster, at, fault, () => publish(cluster, task));
        const log = [...cluster.past.values.keys()].filter((name) => name.includes('/log/'));
        assert.is(log.length, entries);
        for (const follower of cluster.followers)
          assert.is(follower.component.inForce?.file.sequence, 3, `${follower.id} goes on with what it has`);
        cluster.past.restore(whole);
        assert.is(await cluster.settle(4), undefined, 'with the store back all is well');
        return calls;
      };
      for (const { at, fault } of mishaps(await attempt())) await attempt(at, fault);
    }
  });

test('whatever goes wrong while they look, followers say that it is lost, and go on with what they have', async () => {
  const attempt = async (at = 0, fault?: InjectedFault): Promise<ScheduledCall[]> => {
    const { cluster } = await restored(1);
    const calls = await withFault(cluster, at, fault, () => follow(cluster, 2));
    await follow(cluster, 3);
    for (const follower of cluster.followers) {
      assert.is(follower.component.inForce?.file.sequence, 3);
      assert.match(follower.ack?.reason ?? '', /lost or an old copy/, `${fault} at ${at}`);
    }
    return calls;
  };
  for (const { at, fault } of mishaps(await attempt())) await attempt(at, fault);
});

test.run();
