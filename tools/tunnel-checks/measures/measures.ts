import { onPath, SEED } from '../checks/weather.ts';
import { FINE, type Weather } from '../world/lossy.ts';
import type { World } from '../world/world.ts';
import { ECHO, WEB } from '../world/company.ts';
import type { Direct } from './direct.ts';
import { besideSlow } from './fairness.ts';
import { connectorMemory } from './memory.ts';
import { processorSeconds } from './processor.ts';
import { connectionRate, firstByte, goodput, through, type Way } from './transfers.ts';

/** What is measured in: a world, and a direct connection beside it. */
interface Bench {
  world: World;
  direct: Direct;
  /** Says one figure, or several of one measure, by name. */
  say(scenario: string, figures: Readonly<Record<string, number>>): void;
}

/** A path on which both are measured, and bytes of a transfer that takes some seconds there. */
const PATHS: Readonly<Record<'far' | 'lossy', { weather: Weather; bytes: number }>> = {
  far: { weather: { ...FINE, delay: 15 }, bytes: 20_000_000 },
  lossy: { weather: { ...FINE, delay: 15, lost: 0.01 }, bytes: 4_000_000 },
};
const CLEAN_BYTES = 100_000_000;
/** Gigabytes of them, there and back. */
const CLEAN_GB = (2 * CLEAN_BYTES) / 1e9;

/** Connections with which the connector's memory is read. */
const COUNTS = [1_000, 10_000] as const;

/** Every measure, in this order: memory is last, as the connector keeps flows for a while whose agents are gone. */
export const MEASURES: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  async clean({ world, direct, say }) {
    const agent = await world.agent('alice', { only: 'one', at: 'near' });
    const tunnel = await through(agent);
    const plain = directly(direct, direct.address);
    const before = processorSeconds(world, agent);
    say('goodput, clean', await beside((way) => goodput(way, CLEAN_BYTES), tunnel, plain));
    const after = Object.entries(processorSeconds(world, agent));
    say(
      'processor, clean',
      Object.fromEntries(after.map(([name, used]) => [name, (used - before[name]!) / CLEAN_GB])),
    );
    say('first byte, clean', await beside(firstByteOf, tunnel, plain));
    say('connections', await beside(connectionsOf, tunnel, plain));
    await agent.stop();
  },
  far: (bench) =>
    onBothPaths(bench, 'far', async (tunnel, plain) => {
      bench.say('goodput, far', await beside((way) => goodput(way, PATHS.far.bytes), tunnel, plain));
      bench.say('first byte, far', await beside(firstByteOf, tunnel, plain));
    }),
  lossy: (bench) =>
    onBothPaths(bench, 'lossy', async (tunnel, plain) =>
      bench.say('goodput, lossy', await beside((way) => goodput(way, PATHS.lossy.bytes), tunnel, plain)),
    ),
  fairness: async ({ world, say }) => say('fairness', await besideSlow(world)),
  memory: ({ world, say }) =>
    connectorMemory(world, COUNTS, ({ connections, resident }) =>
      say(`memory, ${connections}`, { connections, resident }),
    ),
};

const firstByteOf = async (way: Way) => ({ milliseconds: await firstByte(way) });
const connectionsOf = async (way: Way) => ({ perSecond: await connectionRate(way) });

/** Figures of the tunnel, and under `direct...` those without it, where there is such a way. */
async function beside(
  measure: (way: Way) => Promise<Readonly<Record<string, number>>>,
  tunnel: Way,
  plain: Way | undefined,
): Promise<Record<string, number>> {
  const found = await measure(tunnel);
  const without = plain ? await measure(plain) : {};
  const named = Object.entries(without).map(
    ([name, value]) => [`direct${name[0]!.toUpperCase()}${name.slice(1)}`, value] as const,
  );
  return { ...found, ...Object.fromEntries(named) };
}

/** Measures where the agent's way to the intermediate has weather, and the direct way the same. */
function onBothPaths(
  { world, direct }: Bench,
  name: keyof typeof PATHS,
  work: (tunnel: Way, plain: Way | undefined) => Promise<void>,
): Promise<void> {
  const { weather } = PATHS[name];
  direct.far?.weather(weather);
  return onPath(world, weather, SEED, async (agent) =>
    work(await through(agent), direct.far && directly(direct, direct.far.address)),
  );
}

function directly({ worker }: Direct, host: string): Way {
  return { worker, web: { host, port: WEB }, echo: { host, port: ECHO } };
}
