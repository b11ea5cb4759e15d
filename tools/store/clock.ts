/** Time as the store client uses it; tests put their own in place of it. */
export interface Clock {
  /** Milliseconds since some fixed instant; never runs backwards. */
  now(): number;
  /** Resolves after so many milliseconds, or rejects with the signal's reason as soon as it is raised. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const raised = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', raised);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', raised, { once: true });
    });
  },
};
