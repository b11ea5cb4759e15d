import type { AccessModel } from '../contract/shapes.ts';
import type { Calendar } from './solver/calendar.ts';
import type { Sides } from './solver/axes.ts';
import { covers, indexPolicies, type Access, type IndexedService } from './model.ts';
import { AnswerCache, rulingOf, type Ruling, type Branch } from './solver/branches.ts';
import { firstBoxWhere } from './solver/boxes.ts';

/** Three states of one environment: a change from `kept` to `undone`, and what is to come next. */
export interface ThreeStates {
  kept: AccessModel;
  undone: AccessModel;
  next: AccessModel;
}

/** Who has something, in words: a principal and a service. */
export interface PrincipalAndService {
  principal: string;
  service: string;
}

/** What of a change of access another state contains. */
export interface Containment {
  /** The one whose gain it gives back. */
  gain?: PrincipalAndService;
  /** The one whose loss it repeats, where the change took access away and the state restores none of it. */
  loss?: PrincipalAndService;
}

/**
 * Whether a state contains a change that was undone: it does where it allows any request that the change newly
 * allowed, and where it allows none of those that the change newly denied.
 */
export function contained({ kept, undone, next }: ThreeStates, calendar: Calendar): Containment {
  // Before the change, after it, and the third state that is compared with it.
  const sides = [indexPolicies(kept), indexPolicies(undone), indexPolicies(next)];
  const search = new Search(sides, calendar);
  const isGained = ({ before, after }: Sides): boolean => after && !before;
  const isLost = ({ before, after }: Sides): boolean => before && !after;
  const gain = search.find((allowed) => isGained(allowed) && allowed.third);
  const restored = search.find((allowed) => isLost(allowed) && allowed.third);
  const loss = restored ? undefined : search.find(isLost);
  return { ...(gain && { gain }), ...(loss && { loss }) };
}

/** Principals whom no side tells apart: one of them, and the class on each side. */
interface CommonPrincipals {
  principal: string;
  on: readonly number[];
}

/** Looks through every principal and every service that a change is about. */
class Search {
  readonly #services: { id: string; on: (IndexedService | undefined)[] }[];
  /** For each side, the common classes of each of its classes. */
  readonly #on: ReadonlyMap<number, CommonPrincipals[]>[];

  readonly calendar: Calendar;

  constructor(sides: readonly Access[], calendar: Calendar) {
    this.calendar = calendar;
    const ids = new Set(sides.slice(0, 2).flatMap(({ serviceIndex }) => [...serviceIndex.keys()]));
    this.#services = [...ids].sort().map((id) => ({
      id,
      on: sides.map(({ services, serviceIndex }) => services[serviceIndex.get(id) ?? -1]),
    }));
    const common = commonPrincipals(sides);
    this.#on = sides.map((_, side) => {
      const known = new Map<number, CommonPrincipals[]>();
      for (const one of common) known.set(one.on[side]!, [...(known.get(one.on[side]!) ?? []), one]);
      return known;
    });
  }

  /** The first class and service with a request whose answers on the three sides are as wanted. */
  find(wanted: (allowed: Sides) => boolean): PrincipalAndService | undefined {
    const memory = new AnswerCache<boolean>(this.calendar);
    const has = ({ rules, line }: Ruling): boolean =>
      firstBoxWhere(rules, line, this.calendar, wanted) !== undefined;
    for (const { id, on } of this.#services) {
      for (const { principal, on: classes } of this.#concerned(on)) {
        const [before, after, third] = on.map((service, side) => sideOf(service, classes[side]!));
        const ruling = rulingOf({ before: before!, after: after!, third: third! });
        if (memory.of(ruling, has)) return { principal, service: id };
      }
    }
    return undefined;
  }

  /** The classes that some allow of a service is about, before or after the change. */
  #concerned(on: readonly (IndexedService | undefined)[]): CommonPrincipals[] {
    const common = [0, 1].flatMap((side) => {
      const allows = on[side]?.allows ?? [];
      return allows.flatMap(({ about }) => about.flatMap((index) => this.#on[side]!.get(index) ?? []));
    });
    return [...new Set(common)];
  }
}

function sideOf(service: IndexedService | undefined, principal: number): Branch {
  if (!service) return { service, policies: [] };
  const policies = [...service.denies, ...service.allows].filter((policy) => covers(policy, principal));
  return { service, policies };
}

function commonPrincipals(sides: readonly Access[]): CommonPrincipals[] {
  const classes = new Map<string, CommonPrincipals>();
  const add = (principal: string, on: number[]): void => {
    if (!classes.has(on.join())) classes.set(on.join(), { principal, on });
  };
  add(
    'anyone else',
    sides.map(() => 0),
  );
  for (const { classIndex } of sides)
    for (const principal of classIndex.keys())
      add(
        principal,
        sides.map((side) => side.classIndex.get(principal) ?? 0),
      );
  return [...classes.values()];
}
