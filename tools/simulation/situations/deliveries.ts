import { attack } from '../cluster/attacker.ts';
import { invariant } from '../oracle/invariant.ts';
import { verifyLiveness } from '../oracle/liveness.ts';
import { beginPublishing } from '../cluster/publisher.ts';
import { entries, poll, publish, renew } from '../scenarios.ts';
import {
  DAY,
  begun,
  cancelled,
  collect,
  deliver,
  heartbeat,
  known,
  mindChanged,
  newest,
  rollback,
  situation,
} from './steps.ts';
import type { Scenario } from '../scenarios.ts';

/** Deliveries go ring by ring, and something refuses, waits, stops or says what is not so. */
export const DELIVERIES: readonly Scenario[] = [
  situation('ring by ring', known, async (cluster) => {
    await deliver(cluster, 3);
    invariant(newest(cluster).sequence === 3, 'a delivery does not come to its end');
  }),
  situation('what a canary refuses', known, async (cluster) => {
    await deliver(cluster, 4);
    await deliver(cluster, 1);
  }),
  ...[-1, 1].map((sign) =>
    situation(`a canary with a clock that is wrong by ${sign} hours, and refuses`, known, async (cluster) => {
      const [first, second] = cluster.followers;
      second!.component.picky = false;
      first!.skew = sign * 3_600_000;
      await renew(cluster);
      await poll(cluster);
      await deliver(cluster, 4);
      invariant(newest(cluster).holds.length === 1, 'a refusal by a clock that is wrong is passed over');
      first!.skew = 0;
      second!.component.picky = true;
    }),
  ),
  situation('a component that changes its mind before another delivery goes on', known, async (cluster) => {
    for (const { component } of cluster.followers) component.picky = false;
    await cancelled(cluster, 4);
    cluster.followers[0]!.component.restart(true);
    await renew(cluster);
    for (const follower of cluster.followers) follower.begin('report');
    await cluster.scheduler.finish();
    await deliver(cluster);
    invariant(newest(cluster).holds.length === 1, 'a refusal of what is in force is passed over');
  }),
  situation('a component that changes its mind while a stage bakes', known, mindChanged),
  ...[0, 1, 2, 3].map((number) =>
    situation(`an ack of what never was ${number}`, known, async (cluster) => {
      const { sequence } = newest(cluster);
      await attack(cluster, 'ack', number);
      await publish(cluster, 1);
      await heartbeat(cluster);
      await rollback(cluster, 2);
      invariant(
        newest(cluster).sequence === sequence + 3,
        'who may write one ack keeps everybody from publishing',
      );
      await poll(cluster);
    }),
  ),
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
  situation(
    'what a delivery takes away of what is on hold, gone back from and to',
    begun,
    async (cluster) => {
      await cancelled(cluster, 2);
      await rollback(cluster, 3);
      await poll(cluster);
      await deliver(cluster);
      await rollback(cluster, 2);
      await rollback(cluster, 1);
      const { sequence, holds } = newest(cluster);
      invariant(
        sequence === 6 && holds[0]?.undone === 2,
        'what was on hold before two steps is not any more',
      );
      await poll(cluster);
    },
  ),
  situation(
    'a person who goes to what is on hold while something of it is taken away',
    entries(0, 2),
    async (cluster) => {
      await rollback(cluster, 1);
      beginPublishing(cluster, 'delivery', { do: 'deliver' });
      await cluster.scheduler.goAlone('delivery', (step) => step.includes('create log'));
      beginPublishing(cluster, 'person', { do: 'rollback', back: 1 });
      await cluster.scheduler.goAlone('person');
      await cluster.scheduler.finish();
      invariant(newest(cluster).sequence === 4, 'what goes first is put over what a person has gone to');
      await poll(cluster);
    },
  ),
  situation('a release of what is on hold, once what it takes away is delivered', begun, async (cluster) => {
    await cancelled(cluster, 2);
    await rollback(cluster, 3);
    await deliver(cluster);
    await publish(cluster, undefined, { do: 'release' });
    invariant(newest(cluster).holds.length === 0, 'a release leaves the hold');
    await poll(cluster);
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
