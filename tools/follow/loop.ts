import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../store/clock.ts';
import { httpProbe, fileProbe } from './component-probe.ts';
import { Follower } from './follower.ts';
import type { FollowerParts } from './parts.ts';

/** How to follow; what is not said has a default. */
export interface FollowerOptions
  extends
    Omit<FollowerParts, 'probe' | 'file' | 'now' | 'elapsed' | 'random' | 'onEvent'>,
    Partial<Pick<FollowerParts, 'now' | 'elapsed' | 'random' | 'onEvent'>> {
  /** The folder that the component reads; the enforcement file in it is `enforcement.json`. */
  out: string;
  /** The component's `/applied`; without it, the follower's own check of the file is used, and the ack says so. */
  appliedUrl?: string;
  /** Stops the follower when raised. */
  signal?: AbortSignal;
}

/** A follower at work. */
export interface RunningFollower {
  follower: Follower;
  /** Resolves when it has stopped. */
  done: Promise<void>;
  /** Stops it, and waits until it has said so; the enforcement file stays until its lease ends. */
  stop(): Promise<void>;
}

/** A follower that takes single steps when told to. */
export function makeFollower(options: FollowerOptions): Follower {
  const { out, appliedUrl, signal, ...rest } = options;
  const file = join(out, 'enforcement.json');
  const probe = appliedUrl ? httpProbe(appliedUrl, signal) : fileProbe(file);
  const own = { now: Date.now, elapsed: systemClock.now, random: Math.random, onEvent: () => {} };
  return new Follower({ ...own, ...rest, file, probe });
}

/** Polls once, and reports. @returns whether an entry is in force afterwards that was not refused */
export async function followOnce(options: FollowerOptions): Promise<boolean> {
  const follower = makeFollower({ ...options, ackSpreadMs: 0 });
  // The poll starts it again where this fails, and says why.
  await follower.start().catch(() => {});
  await follower.poll();
  const { state } = follower.ack();
  return state === 'enforcing' || state === 'stale';
}

/** Starts a follower: it puts last known good in force, then polls, renews and reports until stopped. */
export function startFollower(options: FollowerOptions): RunningFollower {
  const stopped = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stopped.signal]) : stopped.signal;
  const follower = makeFollower({ ...options, signal });
  const done = run(follower, signal);
  return {
    follower,
    done,
    async stop() {
      stopped.abort();
      await done;
    },
  };
}

/** How long a follower that is stopped waits for what is under way, and then for its last word to be written, in milliseconds. */
export const LAST_WORDS = 2000;

/** Raised once no last word is waited for any more: until then a store must still take it. */
export function afterLastWords(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => late.abort(), 2 * LAST_WORDS).unref(), {
    once: true,
  });
  return late.signal;
}

/** How an embedded store is followed: it has no rates, so that what is published is in force within the second. */
export const AT_EMBEDDED_STORE = { pollMs: 500, ackSpreadMs: 0 } as const;

/** Polls may wait for the store as long as it takes: renewals do not wait for polls. */
async function run(follower: Follower, signal: AbortSignal): Promise<void> {
  const tell = (error: unknown) =>
    follower.parts.onEvent({
      type: 'trouble',
      reason: `cannot go on as it should: ${(error as Error).message}`,
    });
  const every = async (task: () => Promise<number>) => {
    while (!signal.aborted) {
      const pause = await task().catch((error: unknown) => (tell(error), 1000));
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  };
  await follower.start().catch(tell);
  const work = Promise.all([
    every(() => follower.poll()),
    every(() => follower.leaseKeeper.renew()),
    every(async () => (await follower.report(), 1000)),
  ]);
  await once(signal);
  await atMost(LAST_WORDS, work);
  const said = follower.stop().catch((error: Error) => {
    follower.parts.onEvent({ type: 'trouble', reason: `cannot say that it stops: ${error.message}` });
  });
  await atMost(LAST_WORDS, said);
}

/** Resolves when the signal is raised. */
function once(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Waits for work to end, at most so many milliseconds. */
async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  const limit = sleep(milliseconds, undefined, { signal: ended.signal }).catch(() => {});
  await Promise.race([work.finally(() => ended.abort()), limit]);
}
