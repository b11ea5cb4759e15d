import { canonicalBytes, digestOf } from '../../contract/log/canonical.ts';
import { seal } from '../../contract/log/dsse.ts';
import { entryName } from '../../contract/names.ts';
import { attack, ATTACKS, spoil } from '../cluster/attacker.ts';
import { invariant } from '../oracle/invariant.ts';
import { entries, poll, publish } from '../scenarios.ts';
import {
  another,
  begun,
  collectedInTime,
  damaged,
  heartbeat,
  newest,
  rollback,
  situation,
  spoiledBetween,
  withoutChunks,
} from './steps.ts';
import type { Scenario } from '../scenarios.ts';

/** Others write to the store or to a disk, and holds that heartbeats and rollbacks pass on. */
export const ATTACKED: readonly Scenario[] = [
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
];
