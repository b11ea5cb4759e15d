import { readFileSync } from 'node:fs';
import type { Agent } from '../world/agent.ts';
import type { World } from '../world/world.ts';

/** How often a second the kernel counts what a process uses (USER_HZ, proc(5)): on every machine that we run on. */
const TICKS = 100;

/** Seconds of the processor that the programs on a path have used: of the agent, intermediate `one`, connector `first`. */
export function processorSeconds(world: World, agent: Agent): Record<string, number> {
  const component = (one: { program: { child: { pid?: number | undefined } } }) => [one.program.child.pid!];
  const pids = {
    agent: agent.pids,
    intermediate: component(world.intermediates.get('one')!),
    connector: component(world.connectors.get('first')!),
  };
  return Object.fromEntries(
    Object.entries(pids).map(([name, all]) => [
      name,
      all.map(secondsOf).reduce((one, other) => one + other, 0),
    ]),
  );
}

/** What a process used for itself and in the kernel. */
function secondsOf(pid: number): number {
  // Its name is in brackets, and may have blanks; what follows begins with the third field.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
