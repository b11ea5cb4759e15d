import type { Service, Target, What } from '../../contract/shapes.ts';

/** Finds the services that a policy's or a test's `what` selects, by index. */
export class Selector {
  readonly #byId: Map<string, number>;
  readonly #byLabel = new Map<string, Set<number>>();

  readonly services: readonly Service[];

  constructor(services: readonly Service[]) {
    this.services = services;
    this.#byId = new Map(services.map(({ id }, index) => [id, index]));
    services.forEach(({ labels }, index) => {
      for (const [name, value] of Object.entries(labels ?? {})) this.#carriers(name, value).add(index);
    });
  }

  /** Indexes of the services named, of those that carry every pair in `labels`, or of all; ascending. */
  indexes({ services = [], labels = {}, all }: Target | What): number[] {
    if (all) return this.services.map((_, index) => index);
    const named = services.map((id) => this.#byId.get(id)).filter((index) => index !== undefined);
    const sets = Object.entries(labels).map(([name, value]) => this.#carriers(name, value));
    const [smallest, ...rest] = sets.sort((a, b) => a.size - b.size);
    const labelled = [...(smallest ?? [])].filter((index) => rest.every((set) => set.has(index)));
    return [...new Set([...named, ...labelled])].sort((a, b) => a - b);
  }

  /** Ids of the services selected, sorted. */
  ids(what: Target | What): string[] {
    return this.indexes(what).map((index) => this.services[index]!.id);
  }

  #carriers(name: string, value: string): Set<number> {
    const key = `${name}=${value}`;
    let set = this.#byLabel.get(key);
    if (!set) this.#byLabel.set(key, (set = new Set()));
    return set;
  }
}
