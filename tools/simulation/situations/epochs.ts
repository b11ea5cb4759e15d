import { VARIANTS } from '../cluster/company.ts';
import { beginPublishing } from '../cluster/publisher.ts';
import { invariant } from '../oracle/invariant.ts';
import { entries, poll, publish } from '../scenarios.ts';
import { begun, deliver, heartbeat, newest, nothing, raised, rollback, situation } from './steps.ts';
import type { Scenario } from '../scenarios.ts';

/** Epochs are raised, and the store or a deployment is of before. */
export const EPOCHS: readonly Scenario[] = [
  situation('a higher epoch', begun, raised),
  situation('a higher epoch that two begin', begun, async (cluster) => {
    cluster.raiseEpoch();
    cluster.deploy();
    await cluster.scheduler.finish();
    beginPublishing(cluster, 'first', { do: 'deliver' });
    await cluster.scheduler.goAlone('first', (step) => step.includes('create log'));
    // Another one begins it meanwhile, by an entry of another instant, and goes on with a newer commit.
    cluster.at += 60_000;
    cluster.oracle.commits.add(VARIANTS[1]!);
    beginPublishing(cluster, 'second', { do: 'deliver' });
    await cluster.scheduler.goAlone('second', (step) => step.includes('wait'));
    invariant(newest(cluster).epoch === 2 && newest(cluster).sequence === 2, 'the second has gone on');
    await cluster.scheduler.finish();
  }),
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
];
