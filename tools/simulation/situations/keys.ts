import { invariant } from '../oracle/invariant.ts';
import { poll, publish, renew } from '../scenarios.ts';
import { begun, deliver, heartbeat, newest, nothing, rotated, situation } from './steps.ts';
import type { Scenario } from '../scenarios.ts';

/** Keys are changed, in time and too early. */
export const KEYS: readonly Scenario[] = [
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
];
