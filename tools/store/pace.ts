import type { Clock } from './clock.ts';

/** Lets calls through at a rate; the caller waits for its turn. */
export interface Pace {
  /** Resolves when it is this call's turn, in the order of asking; rejects when the signal is raised first. */
  turn(signal?: AbortSignal): Promise<void>;
}

/**
 * A token bucket: at most `perSecond` calls at once, and `perSecond` a second from then on.
 * Kept as one number, the instant at which the next token is due.
 */
export function pace(perSecond: number, clock: Clock): Pace {
  const interval = 1000 / perSecond;
  // Tokens gather for one second and no longer; one there always may be.
  const burst = Math.max(0, 1000 - interval);
  let due = -Infinity;
  return {
    async turn(signal) {
      const now = clock.now();
      const mine = Math.max(due, now - burst);
      due = mine + interval;
      // Sums of thirds miss by less than this.
      if (mine - now > 1e-3) await clock.sleep(mine - now, signal);
    },
  };
}
