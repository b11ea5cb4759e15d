import * as assert from 'uvu/assert';
import { payloadDigest } from '../../../images/test-backend/payload.ts';
import { Dice, seeded } from '../../testing/random.ts';
import type { Check } from '../check.ts';
import { addressOf } from '../placements/placement.ts';
import type { Agent } from '../world/agent.ts';
import { FINE, type LossyPath, lossyPath, type Weather } from '../world/lossy.ts';
import { until } from '../world/patience.ts';
import type { World } from '../world/world.ts';
import { flowsOf, reachedAfter, urlOf } from './ways.ts';

/** The seed of every path: what it does can be repeated. */
export const SEED = 20_260_601;

/** What a bad path does. */
const WEATHERS: readonly (readonly [string, Weather])[] = [
  ['loses one datagram in a hundred', { ...FINE, lost: 0.01, delay: 5 }],
  ['doubles and reorders', { ...FINE, doubled: 0.05, reordered: 0.02, delay: 5, jitter: 5 }],
  ['takes 30 ms there and back, and loses one in a hundred', { ...FINE, lost: 0.01, delay: 15, jitter: 2 }],
];

/** That a bad path costs time and nothing else. */
export const WEATHER: readonly Check[] = [
  ...WEATHERS.map(([what, weather]): Check => ({
    name: `bytes are equal where the path ${what}`,
    run: (world, { bad }) =>
      onPath(world, weather, SEED, (agent, path) => oneExchange(agent, path, bad, weather)),
  })),
  {
    name: "the kernel's TCP against ours in random weather: bytes equal, no hang, no flow left",
    // Through `agent forward` both ends would be ours.
    placements: ['namespaces', 'containers'],
    async run(world, { schedules }) {
      const before = await flowsOf(world);
      await onPath(world, FINE, SEED, (agent, path) => inRandomWeather(agent, path, schedules));
      await until('no flow is left', 60_000, async () => (await flowsOf(world)) <= before || undefined);
    },
  },
];

/** Does something with an agent `at` a place whose one way is a bad path; it has a TUN where there can be one. */
export async function onPath<Found>(
  world: World,
  weather: Weather,
  seed: number,
  work: (agent: Agent, path: LossyPath) => Promise<Found>,
  at = 'far',
): Promise<Found> {
  const server = addressOf(world.intermediates.get('one')!.spec.host, 'internet');
  // A path is as long from its begin: what a round trip takes at least is measured there.
  const begin = { ...FINE, delay: weather.delay };
  const path = await lossyPath(world.placement.here, { host: server, port: 4433 }, begin, seed);
  let agent: Agent | undefined;
  try {
    agent = await world.agent('alice', { only: 'one', through: path.address, at });
    await reachedAfter(agent, await agent.reach('echo'), 20_000);
    path.weather = weather;
    return await work(agent, path);
  } finally {
    await agent?.stop();
    path.close();
  }
}

async function oneExchange(
  agent: Agent,
  { counts }: LossyPath,
  size: number,
  weather: Weather,
): Promise<void> {
  const to = await agent.reach('echo');
  const { equal, how, bytes } = await agent.worker.ask('exchange', { to, bytes: size, seconds: 250 });
  assert.equal([equal, how, bytes], [true, 'end', size]);
  const { came, lost } = counts;
  assert.ok(
    came > size / 1000 && (weather.lost === 0) === (lost === 0),
    `${lost} of ${came} datagrams were lost`,
  );
}

/** Connections at once in one weather. */
const AT_ONCE = 10;

/** Connections that end in each of the two orders, with random sizes, while the weather changes. */
async function inRandomWeather(agent: Agent, path: LossyPath, schedules: number): Promise<void> {
  const dice = new Dice(seeded(SEED));
  const to = await agent.reach('echo');
  const url = await urlOf(agent, 'web', '/large');
  for (let done = 0; done < schedules; done += AT_ONCE) {
    const lost = dice.next() * 0.05;
    const weather = {
      lost,
      doubled: dice.next() * 0.05,
      reordered: dice.next() * 0.1,
      delay: dice.below(10),
      jitter: 3,
    };
    path.weather = weather;
    const all = Array.from({ length: AT_ONCE }, async () => {
      const bytes = dice.one([0, 1, 1000, dice.below(100_000), dice.below(500_000)]);
      // The client ends its side first, or the backend does.
      if (dice.chance(0.5)) return agent.worker.ask('exchange', { to, bytes, seconds: 60 });
      const found = await agent.worker.ask('download', { url: `${url}?bytes=${bytes}`, seconds: 60 });
      return { ...found, equal: found.how === 'end' && found.sha256 === payloadDigest(bytes) };
    });
    const wrong = (await Promise.all(all)).filter(({ equal }) => !equal);
    assert.equal(wrong, [], `in ${JSON.stringify(weather)}, after ${done} connections`);
  }
}
