/**
 * The decisions of one run, a byte each: what acts next, what goes wrong. Where the choices have ended, and where a byte
 * is 0, the decision is the ordinary one, so that fewer choices and smaller numbers are a simpler run.
 */
export class Choices {
  #at = 0;

  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** One of so many choices, the first of which is the ordinary one. */
  below(count: number): number {
    return count > 1 ? this.#next() % count : 0;
  }

  /** Whether something happens that happens so many times in 256. */
  rarely(times: number): boolean {
    return this.#next() > 255 - times;
  }

  /** Whether all decisions from here on are ordinary. */
  get ended(): boolean {
    return this.#at >= this.bytes.length;
  }

  #next(): number {
    return this.bytes[this.#at++] ?? 0;
  }
}
