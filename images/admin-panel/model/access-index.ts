import { servicesOf } from '../../../tools/access/compile.ts';
import { concerning } from '../../../tools/access/concerning.ts';
import { EnvironmentListing } from '../../../tools/access/listing.ts';
import {
  WITHOUT_CERTIFICATE,
  type Access,
  type IndexedPolicy,
  type IndexedService,
} from '../../../tools/access/model.ts';
import { membership, principalKey } from '../../../tools/access/values/membership.ts';
import type { AccessChange, Intervals, MatrixCell } from '../../../tools/contract/shapes.ts';
import type { Repository } from '../../../tools/load/repository.ts';

/** How far somebody reaches a service. */
export type ReachKind = MatrixCell['reach'];

/** From the least to the most. */
export const REACHES: readonly ReachKind[] = ['none', 'denied', 'conditions', 'always'];

/**
 * Who reaches what in one environment from an instant on. Nothing of it is worked out before it is asked for, and then
 * once: a page is about a few services, a large company has thousands.
 */
export class AccessIndex {
  readonly access: Access;
  /** Ids of the services of the environment, sorted. */
  readonly services: readonly string[];
  readonly #listing: EnvironmentListing;
  /** By service, then by class of the access. */
  readonly #reach: (Uint8Array | undefined)[] = [];
  readonly #ofGroups = new Map<string, ReadonlyMap<number, number>>();
  readonly #reaching = new Map<number, number>();
  #policies: ReadonlyMap<string, IndexedPolicy> | undefined;
  #prepared = 0;

  readonly repository: Repository;
  readonly at: number;

  /** @param at milliseconds: what is over by then is not access */
  constructor(repository: Repository, environment: string, at: number) {
    this.repository = repository;
    this.at = at;
    this.#listing = new EnvironmentListing(repository, environment, at);
    this.access = this.#listing.access;
    this.services = servicesOf(repository, environment).map(({ value }) => value.id);
  }

  /** What everybody reaches of some services. */
  changesIn(services: readonly string[]): AccessChange[] {
    return this.#listing.of(services);
  }

  /** Works out more of what pages ask for. @returns whether something is left */
  prepareMore(): boolean {
    const next = this.access.services[this.#prepared];
    if (next) {
      this.#reachOf(this.#prepared++);
      // Who they are is worked out with the sentences.
      this.#listing.of([next.model.id]);
    }
    return this.#prepared < this.access.services.length;
  }

  /** The class of a principal; anyone else's where no policy or group names it. */
  classOf(principal: string): number {
    return this.access.classIndex.get(principalKey(principal)) ?? 0;
  }

  /** A policy of the environment. */
  policy(id: string): IndexedPolicy | undefined {
    return (this.#policies ??= new Map(this.access.policies.map((one) => [one.id, one]))).get(id);
  }

  /** The class of clients without certificate. */
  get unnamed(): number {
    return this.access.classIndex.get(WITHOUT_CERTIFICATE)!;
  }

  /** How far a class reaches a service. */
  reach(service: string, number: number): ReachKind {
    return REACHES[this.levels(service)[number]!]!;
  }

  /** How far each class reaches a service, as places in `REACHES`. */
  levels(service: string): Uint8Array {
    const index = this.access.serviceIndex.get(service);
    return index === undefined ? new Uint8Array(this.access.classes.length) : this.#reachOf(index);
  }

  /**
   * Who reaches a service, what a principal reaches, or both: the part of the listing about them, as `access --json` has
   * it. All of it where neither is named: of a large company that takes seconds.
   */
  changesOf({
    service,
    principal,
  }: {
    service?: string | undefined;
    principal?: string | undefined;
  }): AccessChange[] {
    const services =
      service !== undefined
        ? [service]
        : principal !== undefined
          ? this.#listing.allowedTo(this.classOf(principal))
          : undefined;
    return concerning(this.repository, this.#listing.of(services), { service, principal });
  }

  /** How many members of a group are in each class. */
  classesOf(group: string): ReadonlyMap<number, number> {
    let classes = this.#ofGroups.get(group);
    if (!classes) {
      const members = membership(this.repository);
      const counts = new Map<number, number>();
      for (const member of members.group(group)) {
        const number = this.classOf(members.everybody[member]!);
        counts.set(number, (counts.get(number) ?? 0) + 1);
      }
      this.#ofGroups.set(group, (classes = counts));
    }
    return classes;
  }

  /** How many people and machines reach a service at some time. */
  reachedBy(service: string): number {
    const index = this.access.serviceIndex.get(service);
    if (index === undefined) return 0;
    const reach = this.#reachOf(index);
    return this.access.classes.reduce(
      (sum, members, number) => sum + (reach[number]! >= 2 ? members.length : 0),
      0,
    );
  }

  /** How many services a class reaches at some time. */
  reaching(number: number): number {
    let known = this.#reaching.get(number);
    if (known === undefined) {
      known = this.#listing
        .allowedTo(number)
        .filter((id) => REACHES.indexOf(this.reach(id, number)) >= 2).length;
      this.#reaching.set(number, known);
    }
    return known;
  }

  #reachOf(index: number): Uint8Array {
    return (this.#reach[index] ??= this.#worked(this.access.services[index]!));
  }

  #worked({ model, allows, denies }: IndexedService): Uint8Array {
    const reach = new Uint8Array(this.access.classes.length);
    // Denied is who is always denied, and who would be allowed but for a deny; others are granted nothing.
    for (const policy of [...allows, ...denies.filter(isWhenever)])
      for (const number of policy.about) reach[number] = 1;
    const wheneverPorts = new Uint32Array(reach.length);
    const wanted = size(model.ports);
    for (const { classes, ports, whenever } of this.#listing.classesThatReach(model.id))
      for (const number of classes) {
        if (whenever) wheneverPorts[number]! += size(ports);
        reach[number] = wheneverPorts[number] === wanted ? 3 : 2;
      }
    return reach;
  }
}

/** Whether a policy holds at any time, place and device, on all ports. */
function isWhenever({ model }: IndexedPolicy): boolean {
  return Object.keys(model.when).length === 0 && model.ports === undefined;
}

/** How many ports there are; those that different changes name are different ones. */
function size(ports: Intervals): number {
  return ports.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
