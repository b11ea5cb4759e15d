import { LIMITS, RECREATE_SECONDS } from '../../contract/limits.ts';

export type ParameterType = 'String' | 'StringList';

/** One write of a name. */
export interface Version {
  name: string;
  type: ParameterType;
  value: string;
  /** Counts the writes of the name since it was created, from 1. */
  version: number;
  /** When, in milliseconds since 1970. */
  at: number;
}

/** What the journal keeps: everything that ever changed, in order. */
export type ParameterChange = { put: Version } | { remove: string; at: number };

/** All parameters with their kept versions, in memory; it changes only by `apply`. */
export class Parameters {
  readonly #versions = new Map<string, Version[]>();
  /** Every name, sorted: listing goes through it page by page. */
  readonly #names: string[] = [];
  readonly #removed = new Map<string, number>();
  #records = 0;

  /** How many names there are. */
  get size(): number {
    return this.#names.length;
  }

  /** How many changes would make this state anew. */
  get records(): number {
    return this.#records + this.#removed.size;
  }

  apply(change: ParameterChange): void {
    if ('put' in change) this.#put(change.put);
    else this.#remove(change.remove, change.at);
  }

  /** The newest version of a name. */
  get(name: string): Version | undefined {
    return this.#versions.get(name)?.at(-1);
  }

  /** The kept versions of a name, oldest first. */
  history(name: string): readonly Version[] {
    return this.#versions.get(name) ?? [];
  }

  /** Whether a name was removed so short ago that AWS asks to wait before creating it again. */
  barred(name: string, now: number): boolean {
    return now - (this.#removed.get(name) ?? -Infinity) < RECREATE_SECONDS * 1000;
  }

  /** The names that begin with `prefix`, sorted, after `after` where given. */
  *under(prefix: string, after?: string): Generator<string> {
    let index = this.#place(after ?? prefix);
    if (after !== undefined && this.#names[index] === after) index += 1;
    for (let name = this.#names[index]; name?.startsWith(prefix); name = this.#names[++index]) yield name;
  }

  /** The changes that make this state from nothing. */
  *changes(): Generator<ParameterChange> {
    for (const [name, at] of this.#removed) yield { remove: name, at };
    for (const versions of this.#versions.values()) for (const put of versions) yield { put };
  }

  #put(put: Version): void {
    const versions = this.#versions.get(put.name);
    this.#records += 1;
    if (!versions) {
      this.#versions.set(put.name, [put]);
      this.#names.splice(this.#place(put.name), 0, put.name);
      return;
    }
    versions.push(put);
    if (versions.length <= LIMITS.versionsKept) return;
    versions.shift();
    this.#records -= 1;
  }

  #remove(name: string, at: number): void {
    const versions = this.#versions.get(name);
    if (versions) {
      this.#versions.delete(name);
      this.#names.splice(this.#place(name), 1);
      this.#records -= versions.length;
    }
    for (const [old, when] of this.#removed)
      if (at - when >= RECREATE_SECONDS * 1000) this.#removed.delete(old);
    this.#removed.set(name, at);
  }

  /** Where a name is among the names, or would be. */
  #place(name: string): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#names[middle] ?? '') < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
