import type { Repository } from '../../load/repository.ts';
import type { CommonClass } from '../solver/common-classes.ts';
import { machinesAmong, smallestGroup } from '../values/membership.ts';

/** People who change together. */
export interface Audience {
  /** The same for the same people. */
  number: number;
  /** Sorted. */
  principals: string[];
  /** Those of them who are machines, where some are. */
  machines?: string[];
  anyoneElse: boolean;
  withoutCertificate: boolean;
  /** The smallest group that has them all as members. */
  group: string | undefined;
}

/** Turns sets of classes into people, once for each set: a wide change has thousands of lines about few sets. */
export class Audiences {
  readonly #byHash = new Map<number, { classes: Uint32Array; audience: Audience }[]>();
  readonly #everybody: string[];
  /** For each class, the places of its principals in the sorted list of everybody. */
  readonly #places: number[][];
  #next = 0;

  readonly classes: readonly CommonClass[];
  readonly labels: Repository;
  readonly sides: readonly Repository[];

  /** @param labels the side whose groups people are named by */
  constructor(classes: readonly CommonClass[], labels: Repository, sides: readonly Repository[]) {
    this.classes = classes;
    this.labels = labels;
    this.sides = sides;
    const owners = classes.flatMap(({ principals }, index) =>
      principals.map((principal) => ({ principal, index })),
    );
    owners.sort((a, b) => (a.principal < b.principal ? -1 : 1));
    this.#everybody = owners.map(({ principal }) => principal);
    this.#places = classes.map(() => []);
    owners.forEach(({ index }, place) => this.#places[index]!.push(place));
  }

  /** The people in some classes; a class may be given more than once. */
  of(members: readonly number[]): Audience {
    const classes = Uint32Array.from(new Set(members)).sort();
    // FNV-1a; sets of the same hash are compared.
    const hash = classes.reduce((mixed, index) => Math.imul(mixed ^ index, 16777619), 2166136261);
    const known = this.#byHash.get(hash) ?? [];
    this.#byHash.set(hash, known);
    const same = known.find(
      (one) =>
        one.classes.length === classes.length && one.classes.every((index, at) => index === classes[at]),
    );
    if (same) return same.audience;
    const audience = this.#audienceOf(classes);
    known.push({ classes, audience });
    return audience;
  }

  #audienceOf(classes: Uint32Array): Audience {
    const marks = new Uint8Array(this.#everybody.length);
    for (const index of classes) for (const place of this.#places[index]!) marks[place] = 1;
    const principals = this.#everybody.filter((_, place) => marks[place] === 1);
    const anyoneElse = classes.some((index) => this.classes[index]!.anyoneElse);
    const withoutCertificate = classes.some((index) => this.classes[index]!.withoutCertificate);
    const group = anyoneElse || withoutCertificate ? undefined : smallestGroup(this.labels, principals);
    const machines = machinesAmong(principals, this.sides);
    return { number: this.#next++, principals, ...machines, anyoneElse, withoutCertificate, group };
  }
}
