import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentConfig } from '../contract/shapes.ts';
import type { ProbedPath } from './probes.ts';

/** A TCP path that an agent which runs on carries from a port of this machine. */
export interface ForwardedPath extends ProbedPath {
  /** On 127.0.0.1. */
  local: number;
}

/** What a new connection on a path came to; undefined where neither is known yet. */
type Met = 'reached' | 'denied' | undefined;

/** Milliseconds between two tries of a path that is about to change, and that one may take. */
const BETWEEN_MS = 15;
const TRY_MS = 250;
/** Milliseconds after which a change that does not show is none. */
const PATIENCE_MS = 4000;

/** Every TCP service by the first port of each of its ranges, each with a port of this machine. @param port that of a name */
export async function forwardedPaths(
  { services }: AgentConfig,
  port: (name: string) => Promise<number>,
): Promise<ForwardedPath[]> {
  const paths: ForwardedPath[] = [];
  for (const { id, protocol, ports } of services.filter((one) => one.protocol === 'tcp'))
    for (const [first] of ports)
      paths.push({ service: id, protocol, port: first, local: await port(`forward/${id}/${first}`) });
  return paths;
}

/** The words by which an agent carries these paths. */
export function forwardWords(paths: readonly ForwardedPath[]): string[] {
  return ['forward', ...paths.map(({ local, service, port }) => `127.0.0.1:${local}:${service}:${port}`)];
}

/**
 * Tries a path again and again until a new connection meets what it is to meet.
 * @returns the instant at which one did, in milliseconds since 1970; undefined where none does in time
 */
export async function firstMet(
  { local }: Pick<ForwardedPath, 'local'>,
  wanted: 'reached' | 'denied',
  signal: AbortSignal,
): Promise<number | undefined> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end && !signal.aborted) {
    if ((await meet(local)) === wanted) return Date.now();
    await sleep(BETWEEN_MS);
  }
  return undefined;
}

/** Sends a byte to the test backend, which sends it back; an agent resets what policy refuses. */
function meet(port: number): Promise<Met> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const met = (what: Met): void => (socket.destroy(), resolve(what));
    socket.setTimeout(TRY_MS, () => met(undefined));
    socket.once('connect', () => socket.write('?'));
    socket.once('data', () => met('reached'));
    // That nobody listens says nothing of policy.
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      met(code === 'ECONNRESET' ? 'denied' : undefined),
    );
    socket.once('end', () => met(undefined));
  });
}
