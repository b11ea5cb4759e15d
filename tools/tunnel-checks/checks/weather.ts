import * as assert from 'uvu/assert';
import type { Check } from '../check.ts';
import { addressOf } from '../placements/placement.ts';
import { FINE, lossyPath, type Weather } from '../world/lossy.ts';
import type { World } from '../world/world.ts';
import { reachedAfter } from './ways.ts';

/** The seed of every path: what it does can be repeated. */
const SEED = 20_260_601;

/** What a bad path does. */
const WEATHERS: readonly (readonly [string, Weather])[] = [
  ['loses one datagram in fifty', { ...FINE, lost: 0.02, delay: 5 }],
  ['doubles and reorders', { ...FINE, doubled: 0.05, reordered: 0.1, delay: 5, jitter: 5 }],
  ['is 30 ms long and loses one in a hundred', { ...FINE, lost: 0.01, delay: 15, jitter: 2 }],
];

/** Bytes each way on a bad path. */
const BYTES = 10_000_000;

/** That a bad path costs time and nothing else. */
export const WEATHER: readonly Check[] = WEATHERS.map(([what, weather]) => ({
  name: `bytes are equal where the path ${what}`,
  run: (world) => through(world, weather),
}));

async function through(world: World, weather: Weather): Promise<void> {
  const server = addressOf(world.intermediates.get('one')!.spec.host, 'internet');
  const path = await lossyPath(world.placement.here, { host: server, port: 4433 }, weather, SEED);
  try {
    const agent = await world.agent('alice', { only: 'one', through: path.address, tun: false });
    const to = await agent.reach('echo');
    await reachedAfter(agent, to, 20_000);
    const { equal, how, bytes } = await agent.worker.ask('exchange', { to, bytes: BYTES, seconds: 120 });
    assert.equal([equal, how, bytes], [true, 'end', BYTES]);
    const { came, lost } = path.counts;
    assert.ok(came > 5000 && (weather.lost === 0) === (lost === 0), `${lost} of ${came} datagrams were lost`);
    await agent.stop();
  } finally {
    path.close();
  }
}
