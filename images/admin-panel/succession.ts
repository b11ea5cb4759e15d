import cluster, { type Worker } from 'node:cluster';
import { Precedence } from './precedence.ts';

/** Milliseconds in which a successor is ready: ten times what a company of 10,000 takes. */
const LONGEST_MS = 300_000;

/** Milliseconds for which it still answers after it said that it is not ready: until the load balancer has noticed. */
const DRAIN_MS = 10_000;
/** Milliseconds for which connections that are open are answered on, when another process has taken over. */
const LINGER_MS = 2_000;
/** Milliseconds that requests under way are given where all of it ends: whoever ends it kills what is left after 30 s. */
const GRACE_MS = 5_000;
/** The same where another process has taken over: nobody waits for the end of the one before, but who asked it for a page. */
const REPLACED_GRACE_MS = 120_000;

/** What a process that serves says to the one that started it. */
type Said =
  /** It listens to what it is told: what is said before is lost. */
  | { kind: 'joined' }
  /** It serves. */
  | { kind: 'ready' }
  /** There is something new to read; what it knows and nobody can read again goes with it. */
  | { kind: 'outdated'; handover: unknown };

/** What is said to it. */
type Told =
  | { kind: 'handover'; handover: unknown }
  /** Another one serves, or the whole program ends. */
  | { kind: 'end'; drain: boolean }
  /** The one that was to come after it failed. */
  | { kind: 'stay' }
  /** The process that is to come after it has begun. */
  | { kind: 'next'; pid: number };

/**
 * Keeps one process of this program serving. When it says that there is something new to read, another one reads it, takes
 * over when it is ready, and the first ends: who asks for a page never waits for either.
 * @param signal ends all of it
 * @returns the status with which the last one ended
 */
export async function inSuccession(signal: AbortSignal, tell: (line: object) => void): Promise<number> {
  cluster.setupPrimary({ serialization: 'advanced' });
  let current: Worker | undefined;
  let next: Worker | undefined;
  return new Promise((resolve) => {
    const begin = (handover: unknown): void => {
      const worker = (next = cluster.fork());
      if (current) say(current, { kind: 'next', pid: worker.process.pid! });
      // One that hangs would leave what is old on the pages for good.
      const late = setTimeout(
        () => worker === next && current && worker.process.kill('SIGKILL'),
        LONGEST_MS,
      ).unref();
      worker.on('message', (said: Said) => {
        if (said.kind === 'joined') say(worker, { kind: 'handover', handover });
        else if (said.kind === 'ready') {
          clearTimeout(late);
          if (current) say(current, { kind: 'end', drain: false });
          [current, next] = [worker, undefined];
        } else if (!next && worker === current && !signal.aborted) begin(said.handover);
        // What cannot be heard now is said again later.
        else if (worker !== current) say(worker, { kind: 'stay' });
      });
      worker.once('exit', (code: number | null) => {
        if (worker === next) {
          next = undefined;
          if (current && !signal.aborted) tell({ trouble: `who was to come next ended with ${code}` });
          if (current) return say(current, { kind: 'stay' });
        } else if (worker !== current) return;
        next?.process.kill('SIGKILL');
        resolve(signal.aborted ? 0 : (code ?? 1));
      });
    };
    signal.addEventListener('abort', () => {
      // One that does not serve yet has nothing to end in order.
      next?.process.kill('SIGKILL');
      if (current) say(current, { kind: 'end', drain: true });
    });
    begin(undefined);
  });
}

function say(worker: Worker, told: Told): void {
  if (worker.isConnected()) worker.send(told);
}

/** This process, where it is one of a succession. */
export interface Successor {
  /** What the one before handed over. */
  handover: unknown;
  /** Raised when it is to end; whether it should wait until whoever is before it has noticed. */
  ending: AbortSignal;
  drains: () => boolean;
  ready(): void;
  /** To be called when a page is asked for: who reads what is newer waits until what it returns is called. */
  goFirst(): () => void;
  /** Says that there is something new. @param failed called where nobody could take over */
  outdated(handover: unknown, failed: () => void): void;
}

/** How long a process of a succession goes on serving at its end. */
export function endingOf({ drains }: Pick<Successor, 'drains'>) {
  return {
    drainMs: () => (drains() ? DRAIN_MS : 0),
    lingerMs: LINGER_MS,
    graceMs: () => (drains() ? GRACE_MS : REPLACED_GRACE_MS),
  };
}

/** Joins the succession: the first thing that is said is what was handed over. */
export function joinSuccession(): Promise<Successor> {
  const ending = new AbortController();
  let drains = false;
  let failed = (): void => {};
  const precedence = new Precedence();
  const send = (said: Said): void => void process.send?.(said);
  // A signal to the whole group is for the one that started all: it says how to end.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => {});
  process.on('disconnect', () => {
    precedence.over(undefined);
    ending.abort();
  });
  return new Promise((resolve) => {
    process.on('message', (told: Told) => {
      if (told.kind === 'end') {
        precedence.over(undefined);
        drains = told.drain;
        ending.abort();
      } else if (told.kind === 'stay') {
        precedence.over(undefined);
        failed();
      } else if (told.kind === 'next') precedence.over(told.pid);
      else
        resolve({
          ...{ handover: told.handover, ending: ending.signal, drains: () => drains },
          ready: () => send({ kind: 'ready' }),
          goFirst: () => precedence.begin(),
          outdated(handover, whenFailed) {
            failed = whenFailed;
            send({ kind: 'outdated', handover });
          },
        });
    });
    send({ kind: 'joined' });
  });
}
