import { compile, servicesOf } from '../../../tools/access/compile.ts';
import { concerning } from '../../../tools/access/concerning.ts';
import { listing } from '../../../tools/access/difference.ts';
import {
  covers,
  indexPolicies,
  WITHOUT_CERTIFICATE,
  type Access,
  type IndexedPolicy,
} from '../../../tools/access/model.ts';
import { membership, principalKey } from '../../../tools/access/values/membership.ts';
import type { AccessChange, Intervals, MatrixCell } from '../../../tools/contract/shapes.ts';
import type { Repository } from '../../../tools/load/repository.ts';

/** How far somebody reaches a service. */
export type ReachKind = MatrixCell['reach'];

/** From the least to the most. */
export const REACHES: readonly ReachKind[] = ['none', 'denied', 'conditions', 'always'];

/** Who reaches what in one environment from an instant on: worked out once, asked often. */
export class AccessIndex {
  readonly access: Access;
  /** Everything that everybody reaches, as `access --json` has it. */
  readonly listing: readonly AccessChange[];
  /** Ids of the services of the environment, sorted. */
  readonly services: readonly string[];
  /** By service, then by class of the access. */
  readonly #reach: Uint8Array[];
  readonly #ofGroups = new Map<string, ReadonlyMap<number, number>>();

  readonly repository: Repository;
  readonly at: number;

  /** @param at milliseconds: what is over by then is not access */
  constructor(repository: Repository, environment: string, at: number) {
    this.repository = repository;
    this.at = at;
    this.access = indexPolicies(compile(repository, environment));
    this.services = servicesOf(repository, environment).map(({ value }) => value.id);
    this.listing = listing(repository, { at }).find((one) => one.environment === environment)?.gains ?? [];
    this.#reach = this.#worked();
  }

  /** The class of a principal; anyone else's where no policy or group names it. */
  classOf(principal: string): number {
    return this.access.classIndex.get(principalKey(principal)) ?? 0;
  }

  /** The class of clients without certificate. */
  get unnamed(): number {
    return this.access.classIndex.get(WITHOUT_CERTIFICATE)!;
  }

  /** How far a class reaches a service. */
  reach(service: string, number: number): ReachKind {
    const index = this.access.serviceIndex.get(service);
    return index === undefined ? 'none' : REACHES[this.#reach[index]![number]!]!;
  }

  /** Who reaches a service, or what a principal reaches: the part of the listing about them. */
  changesOf(about: { service?: string; principal?: string }): AccessChange[] {
    return concerning(this.listing, about);
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
    const reach = this.#reach[index]!;
    return this.access.classes.reduce(
      (sum, members, number) => sum + (reach[number]! >= 2 ? members.length : 0),
      0,
    );
  }

  /** How many services a class reaches at some time. */
  reaching(number: number): number {
    return this.#reach.filter((reach) => reach[number]! >= 2).length;
  }

  #worked(): Uint8Array[] {
    const { services, classes } = this.access;
    const reach = services.map(() => new Uint8Array(classes.length));
    services.forEach(({ allows, denies }, service) => {
      // Denied is who is always denied, and who would be allowed but for a deny; others are granted nothing.
      for (const policy of [...allows, ...denies.filter(isWhenever)])
        for (const number of policy.about) if (covers(policy, number)) reach[service]![number] = 1;
    });
    const always = services.map(() => new Map<number, Intervals>());
    for (const change of this.listing) {
      const numbers = new Set(change.principals.map((principal) => this.classOf(principal)));
      if (change.anyoneElse) numbers.add(0);
      if (change.withoutCertificate) numbers.add(this.unnamed);
      const whenever = change.conditions.some(({ text }) => text === '');
      for (const { service, ports } of change.services) {
        const index = this.access.serviceIndex.get(service)!;
        for (const number of numbers) {
          if (reach[index]![number]! < 3) reach[index]![number] = 2;
          if (whenever) always[index]!.set(number, [...(always[index]!.get(number) ?? []), ...ports]);
        }
      }
    }
    always.forEach((byClass, index) => {
      const wanted = size(services[index]!.model.ports);
      for (const [number, ports] of byClass) if (size(ports) === wanted) reach[index]![number] = 3;
    });
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
