import { spawn } from 'node:child_process';
import type { AgentConfig } from '../contract/shapes.ts';
import { asUser, type SystemUser } from './other-user.ts';

/** What became of one try: the exit codes of `agent probe`. */
export type ProbeState = 'reached' | 'denied' | 'untried' | 'no answer';

const STATES: readonly ProbeState[] = ['reached', 'denied', 'untried', 'no answer'];

/** One path: a service and one of its ports, as the sample person tries it. */
export interface ProbedPath {
  service: string;
  port: number;
  protocol: string;
}

/** A path with what became of the last try, and the agent's own words. */
export interface ProbeAnswer extends ProbedPath {
  state: ProbeState;
  says: string;
}

/** Tries at once: each is a process and a handshake. */
const AT_ONCE = 4;
/** Milliseconds after which a try has no answer where people look on. */
const PATIENCE = 8000;

/** How a path is tried: the agent, what it is told, and for how long at most, in milliseconds. */
export interface ProbingAgent {
  program: string;
  variables: Readonly<Record<string, string>>;
  signal: AbortSignal;
  patience?: number;
  /** As whom it runs; as ourselves when omitted. */
  user?: SystemUser | undefined;
}

/** Every service once, by the first of its ports that is allowed, else by its first. */
export function pathsOf(
  { services }: AgentConfig,
  allowed: (service: string, port: number) => boolean,
): ProbedPath[] {
  return services.map(({ id, protocol, ports }) => {
    const candidates = ports.map(([first]) => first);
    return { service: id, protocol, port: candidates.find((port) => allowed(id, port)) ?? candidates[0]! };
  });
}

/**
 * Tries each path with the real agent.
 * @param answered told of each as it comes
 */
export async function probe(
  paths: readonly ProbedPath[],
  agent: ProbingAgent,
  answered: (answer: ProbeAnswer) => void,
): Promise<void> {
  const queue = [...paths];
  // A try that was cut short by our own end says nothing of its path.
  const tell = (answer: ProbeAnswer): void => void (agent.signal.aborted || answered(answer));
  const worker = async (): Promise<void> => {
    for (let path = queue.shift(); path && !agent.signal.aborted; path = queue.shift())
      tell({ ...path, ...(await tryPath(path, agent)) });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Tries a path once. @returns what became of it, and the last that the agent said */
export function tryPath(
  { service, port }: Pick<ProbedPath, 'service' | 'port'>,
  { program, variables, signal, patience = PATIENCE, user }: ProbingAgent,
): Promise<{ state: ProbeState; says: string }> {
  const before = user ? asUser(user, Object.keys(variables)) : [];
  const [first, ...words] = [...before, program, 'probe', service, String(port)];
  const child = spawn(first!, words, {
    // It gets what it is given, and nothing of ours.
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    timeout: patience,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part) => (text += part));
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve({ state: 'untried', says: message }));
    child.once('close', (status) =>
      resolve({ state: STATES[status ?? 2] ?? 'untried', says: lastLine(text) }),
    );
  });
}

/** The answer is the last thing that the agent says. */
function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
