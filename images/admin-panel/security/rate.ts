/** How much somebody may ask for. */
export interface Rate {
  /** At once. */
  burst: number;
  /** From then on. */
  perSecond: number;
}

/** Buckets that are kept; the fullest of them say nothing. */
const MOST = 10_000;

/** Limits how often each person asks: a bucket of tokens each, refilled by the clock. */
export class RateLimit {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly rate: Rate;
  readonly now: () => number;

  /** @param now milliseconds */
  constructor(rate: Rate, now: () => number) {
    this.rate = rate;
    this.now = now;
  }

  /** Takes one. @returns the seconds until there is one again; 0 where there was one */
  take(who: string): number {
    const { burst, perSecond } = this.rate;
    const at = this.now();
    const { tokens, at: last } = this.#buckets.get(who) ?? { tokens: burst, at };
    const left = Math.min(burst, tokens + ((at - last) / 1000) * perSecond);
    this.#buckets.delete(who);
    this.#buckets.set(who, { tokens: left >= 1 ? left - 1 : left, at });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST && oldest !== undefined) this.#buckets.delete(oldest);
    return left >= 1 ? 0 : Math.ceil((1 - left) / perSecond);
  }
}
