import { parseAddress, parsePrefix } from '../../access/values/address.ts';
import { textV4 } from '../../contract/values/address.ts';
import type { Repository } from '../../load/repository.ts';
import { registeredIn } from '../each.ts';

/** Virtual addresses that no service has; each is given out once. */
export class FreeAddresses {
  readonly #repository: Repository;
  readonly #used: Set<number>;
  readonly #given = new Map<string, string | undefined>();

  constructor(repository: Repository) {
    this.#repository = repository;
    const all = [...repository.services.values()].map(({ value }) => parseAddress(value.virtualIp));
    this.#used = new Set(all.flatMap((one) => (one?.family === 4 ? [one.value] : [])));
  }

  /**
   * An address for a service, inside the virtual network of each environment that registers it, or of all where none
   * does; the same whenever it is asked for.
   * @returns undefined where there is none
   */
  take(service: string): string | undefined {
    if (!this.#given.has(service)) this.#given.set(service, this.#find(service));
    return this.#given.get(service);
  }

  #find(service: string): string | undefined {
    const { environments } = this.#repository;
    const ids = registeredIn(this.#repository).get(service) ?? new Set(environments.keys());
    const networks = [...ids].map((id) => parsePrefix(environments.get(id)!.value.network.virtualNetwork));
    const ends = networks.flatMap((one) => (one?.family === 4 ? [one] : []));
    if (ends.length === 0) return undefined;
    const begin = Math.max(...ends.map((one) => one.begin));
    const end = Math.min(...ends.map((one) => one.end));
    // A company begins where it likes: below its first address others may have theirs, and the first is a gateway's.
    const lowest = [...this.#used].filter((one) => one > begin && one < end - 1).sort((a, b) => a - b)[0];
    for (let address = lowest ?? begin + 2; address < end - 1; address++) {
      if (this.#used.has(address)) continue;
      this.#used.add(address);
      return textV4(address);
    }
    return undefined;
  }
}
