import { onPath, SEED } from '../checks/weather.ts';
import { urlOf } from '../checks/ways.ts';
import type { Agent } from '../world/agent.ts';
import { FINE } from '../world/lossy.ts';
import { pause } from '../world/patience.ts';
import type { World } from '../world/world.ts';

/** Both agents are 30 ms away; one has a link of 5 Mbit/s, and so many downloads at once. */
const FAST = { ...FINE, delay: 15 };
const SLOW = { ...FAST, rate: 5_000_000 };
const FLOWS = 20;

/** Bytes of one download of the fast agent: some seconds. */
const BYTES = 20_000_000;

/** Milliseconds for the slow downloads to fill their link, and seconds that they last. */
const FILLING = 2000;
const LASTING = 12;

/** Seconds for one download of the fast agent. */
const PATIENCE = 60;

/** Megabits a second of one download of the fast agent, and of all downloads of the slow one meanwhile. */
export type FairnessReading = Readonly<Record<'alone' | 'beside' | 'slow', number>>;

/** One flow to a fast agent alone, and beside twenty to a slow one, all through one connector. */
export function besideSlow(world: World): Promise<FairnessReading> {
  const both = (fast: Agent) => onPath(world, SLOW, SEED, (slow) => compare(fast, slow), 'slow');
  return onPath(world, FAST, SEED, both, 'fast');
}

async function compare(fast: Agent, slow: Agent): Promise<FairnessReading> {
  const before = await rateOf(fast);
  const slowRate = rateOfAll(slow);
  await pause(FILLING);
  const beside = await rateOf(fast);
  const found = await slowRate;
  // Before and after, as the machine may be busier in one of them.
  return { alone: (before + (await rateOf(fast))) / 2, beside, slow: found };
}

/** @throws where it does not end in time */
async function rateOf(agent: Agent): Promise<number> {
  const url = `${await urlOf(agent, 'web', '/large')}?bytes=${BYTES}`;
  const { how, bytes, milliseconds } = await agent.worker.ask('download', { url, seconds: PATIENCE });
  if (how !== 'end') throw new Error(`${bytes} of ${BYTES} bytes came, and it ended with ${how}`);
  return (bytes * 8) / 1000 / milliseconds;
}

/** Of downloads that last as long as they are let. */
async function rateOfAll(agent: Agent): Promise<number> {
  const url = `${await urlOf(agent, 'web', '/large')}?bytes=${BYTES}`;
  const all = Array.from({ length: FLOWS }, () => agent.worker.ask('download', { url, seconds: LASTING }));
  const bytes = (await Promise.all(all)).reduce((total, one) => total + one.bytes, 0);
  return (bytes * 8) / 1e6 / LASTING;
}
