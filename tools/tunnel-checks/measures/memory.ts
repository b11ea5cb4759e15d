import { readFileSync } from 'node:fs';
import type { Agent } from '../world/agent.ts';
import { pause, until } from '../world/patience.ts';
import type { World } from '../world/world.ts';
import { through } from './transfers.ts';

/** Connections of one agent: an intermediate lets a client have 4,096 flows. */
const EACH = 3500;

/** Connections that one agent opens at once. */
const AT_ONCE = 20;

/** Milliseconds for what was needed to open connections to be let go. */
const SETTLED = 3000;

/** What the connector holds in memory, with so many connections through it. */
export interface MemoryReading {
  connections: number;
  /** VmRSS, in bytes. */
  resident: number;
}

/** Opens connections up to each count, and says each time what the connector `first`, which has all of them, holds. */
export async function connectorMemory(
  world: World,
  counts: readonly number[],
  say: (reading: MemoryReading) => void,
): Promise<void> {
  const agents: Agent[] = [];
  // One after the other: a person's next certificate has the name of the last one.
  for (const index of Array(Math.ceil(Math.max(...counts) / EACH)).keys())
    agents.push(await world.agent('alice', { only: 'one', at: `crowd-${index}` }));
  const share = (count: number, index: number) => {
    const upTo = (many: number) => Math.floor((count * many) / agents.length);
    return upTo(index + 1) - upTo(index);
  };
  say(await reading(world, 0));
  let before = 0;
  for (const count of counts) {
    const more = (index: number) => share(count, index) - share(before, index);
    await Promise.all(agents.map((agent, index) => openMore(agent, more(index))));
    await pause(SETTLED);
    say(await reading(world, count));
    before = count;
  }
  for (const agent of agents) {
    const { dropped } = await agent.worker.ask('dropKept', {});
    if (dropped < share(before, agents.indexOf(agent)))
      throw new Error('connections ended while others were opened');
    await agent.stop();
  }
}

async function openMore(agent: Agent, total: number): Promise<void> {
  const { echo: to } = await through(agent);
  const { equal, others } = await agent.worker.ask('keep', { to, total, parallel: AT_ONCE });
  if (equal !== total) throw new Error(`of ${total} connections ${JSON.stringify(others)} failed`);
}

/** Reads it, once the connector says that it has so many flows: else it would be another program's memory. */
async function reading(world: World, connections: number): Promise<MemoryReading> {
  const connector = world.connectors.get('first')!;
  await until(`the connector has ${connections} flows`, 10_000, async () => {
    const { flows } = await connector.asks('/figures');
    return Number(flows) >= connections || undefined;
  });
  const status = readFileSync(`/proc/${connector.program.child.pid}/status`, 'utf8');
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`no VmRSS is said of the connector:\n${status}`);
  return { connections, resident: Number(kibibytes) * 1024 };
}
