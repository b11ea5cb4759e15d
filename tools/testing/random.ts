/** A source of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A maker of random choices. */
export class Dice {
  readonly next: () => number;

  constructor(next: () => number) {
    this.next = next;
  }
  chance(probability: number): boolean {
    return this.next() < probability;
  }
  below(count: number): number {
    return Math.floor(this.next() * count);
  }
  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
  some<T>(items: readonly T[], probability = 0.4): T[] {
    return items.filter(() => this.chance(probability));
  }
  someOrOne<T>(items: readonly T[]): T[] {
    const chosen = this.some(items);
    return chosen.length > 0 ? chosen : [this.one(items)];
  }
}
