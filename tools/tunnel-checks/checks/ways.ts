import type { Host } from '../placements/placement.ts';
import type { Agent } from '../world/agent.ts';
import { portOf, type ServiceId } from '../world/company.ts';
import { pause } from '../world/patience.ts';
import type { To } from '../worker/operations.ts';
import type { World } from '../world/world.ts';

/** Runs a program on a host to its end. @returns what it said @throws where it fails */
export async function programOn(
  host: Host,
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const program = host.start(command, { env });
  const { status } = await program.ended;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${program.output}`);
  return program.output;
}

/** The URL by which a client on an agent's host reaches a path of a service. */
export async function urlOf(agent: Agent, service: ServiceId, path: string): Promise<string> {
  const { host, port } = await agent.reach(service, portOf(service));
  return `http://${host}:${port}${path}`;
}

/** Whether one byte comes back by TCP. */
export async function isReached(agent: Agent, to: To, seconds = 5): Promise<boolean> {
  return (await agent.worker.ask('exchange', { to, bytes: 1, seconds })).equal;
}

/** Tries again and again. @returns the milliseconds until one byte came back @throws where none does in time */
export async function reachedAfter(agent: Agent, to: To, most: number): Promise<number> {
  const began = Date.now();
  for (;;) {
    // A connection that was begun before the way was there waits for its retransmission: the next one does not.
    if (await isReached(agent, to, 1)) return Date.now() - began;
    if (Date.now() - began > most) throw new Error(`not reached within ${most} ms`);
    await pause(50);
  }
}

/** How many flows the connectors say they have. */
export async function flowsOf(world: World): Promise<number> {
  const all = [...world.connectors.values()].map((one) => one.asks('/figures'));
  return (await Promise.all(all)).reduce((total, figures) => total + Number(figures['flows'] ?? 0), 0);
}

let last = 0;

/** A name for something that is held. */
export function freshName(): string {
  return `held-${(last += 1)}`;
}
