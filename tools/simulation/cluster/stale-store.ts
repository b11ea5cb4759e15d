import type { Parameter } from '../../store/store.ts';

/** A parameter store that remembers what it had: everything happens at once, when it is asked for. */
export class PastStore {
  readonly values = new Map<string, string>();
  readonly modified = new Map<string, number>();
  readonly #past = new Map<string, { value: string | undefined; until: number }[]>();
  /** Told of each change before it is made. */
  watch: (name: string, value: string | undefined, before: string | undefined) => void = () => {};

  /** @param now milliseconds @param window for how long an answer may still be of the past */
  readonly now: () => number;
  readonly window: number;

  constructor(now: () => number, window: number = 30_000) {
    this.now = now;
    this.window = window;
  }

  set(name: string, value: string | undefined): void {
    const before = this.values.get(name);
    if (before === value) return;
    this.watch(name, value, before);
    const past = this.#past.get(name) ?? [];
    past.push({ value: before, until: this.now() });
    this.#past.set(name, past);
    if (value === undefined) this.values.delete(name);
    else this.values.set(name, value);
    this.modified.set(name, this.now());
  }

  /** Creates a name, unless it is there. */
  create(name: string, value: string): 'created' | 'exists' {
    if (this.values.has(name)) return 'exists';
    this.set(name, value);
    return 'created';
  }

  /** All that it has now, to be restored later. */
  copy(): ReadonlyMap<string, string> {
    return new Map(this.values);
  }

  /** Puts a copy in place of all that it has: nobody is told, and nothing of what it had is seen any more. */
  restore(copy: ReadonlyMap<string, string>): void {
    this.values.clear();
    this.#past.clear();
    for (const [name, value] of copy) this.values.set(name, value);
  }

  /** Since when there has been something under a name; undefined where there is nothing. */
  since(name: string): number | undefined {
    if (!this.values.has(name)) return undefined;
    return this.#past.get(name)?.findLast(({ value }) => value === undefined)?.until ?? 0;
  }

  /** The value of a name so many changes ago, as far as it may still be seen. */
  before(name: string, changes: number): string | undefined {
    const seen = (this.#past.get(name) ?? []).filter(({ until }) => until >= this.now() - this.window);
    const past = seen.slice(-changes);
    return changes > 0 && past.length > 0 ? past[0]!.value : this.values.get(name);
  }

  /** Parameters of these names with values as `valueOf` says. */
  parameters(
    names: readonly string[],
    valueOf: (name: string) => string | undefined,
  ): Map<string, Parameter> {
    const found = new Map<string, Parameter>();
    for (const name of names) {
      const value = valueOf(name);
      const modified = new Date(this.modified.get(name) ?? 0);
      if (value !== undefined) found.set(name, { name, value, version: 1, modified });
    }
    return found;
  }

  /** Every name that there is or was below a path. */
  names(path: string): string[] {
    return [...new Set([...this.values.keys(), ...this.#past.keys()])]
      .filter((name) => name.startsWith(`${path}/`))
      .sort();
  }
}
