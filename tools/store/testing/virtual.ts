import type { Clock } from '../clock.ts';

/** A clock for tests: it stands still until everybody sleeps, then jumps to the one that wakes first. */
export function virtualClock(): Clock & { slept: number[] } {
  let instant = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  const slept: number[] = [];
  const jump = () => {
    sleepers.sort((a, b) => a.at - b.at);
    const next = sleepers.shift();
    if (!next) return;
    instant = Math.max(instant, next.at);
    next.wake();
  };
  return {
    slept,
    now: () => instant,
    sleep(milliseconds, signal) {
      slept.push(milliseconds);
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        sleepers.push({ at: instant + milliseconds, wake: resolve });
        setImmediate(jump);
      });
    },
  };
}
