import type { Calendar, AccessRule } from './axes.ts';
import { portsOf, type IndexedPolicy, type IndexedService } from '../model.ts';
import { union, type IntervalSet } from '../values/intervals.ts';

/** One side: a service, and the policies about it and one class. */
export interface Branch {
  service: IndexedService | undefined;
  policies: readonly IndexedPolicy[];
}

/** The policies about one class and one service, on each side of a difference; one side alone is `before`. */
export interface Branches {
  before: Branch;
  after: Branch;
  /** A third side, where one is compared with a difference. */
  third?: Branch;
}

/** The rules of the branches, those that say the same put together, and the ports of either side. */
export interface Ruling {
  rules: AccessRule[];
  line: IntervalSet;
  /** The same for all branches that are decided alike. */
  key: string;
}

/** What the policies of the branches come to. */
export function rulingOf({ before, after, third }: Branches): Ruling {
  const rules = new Map<string, AccessRule>();
  const sides = [[1, before] as const, [2, after] as const, ...(third ? [[4, third] as const] : [])];
  for (const [side, { service, policies }] of sides) {
    if (!service) continue;
    for (const policy of policies) {
      const ports = portsOf(policy, service);
      if (ports.length === 0) continue;
      const key = `${policy.effect} ${ports.join()} ${whenKey(policy)}`;
      const known = rules.get(key);
      if (known) known.sides |= side;
      else rules.set(key, { effect: policy.effect, condition: policy.condition, ports, sides: side });
    }
  }
  const sorted = [...rules].sort(([a], [b]) => (a < b ? -1 : 1));
  const line = sides.reduce<IntervalSet>((all, [, { service }]) => union(all, service?.ports ?? []), []);
  return {
    rules: sorted.map(([, rule]) => rule),
    line,
    key: `${line.join()}|${sorted.map(([key, { sides }]) => `${key} ${sides}`).join('|')}`,
  };
}

const whenKeys = new WeakMap<IndexedPolicy, string>();

function whenKey(policy: IndexedPolicy): string {
  let key = whenKeys.get(policy);
  if (key === undefined) whenKeys.set(policy, (key = JSON.stringify(policy.model.when)));
  return key;
}

/** Answers kept for all rulings that are decided alike. */
export class AnswerCache<T> {
  readonly #known = new Map<string, T>();

  constructor(readonly calendar: Calendar) {}

  /** The answer for a ruling, worked out once. */
  of(ruling: Ruling, work: (ruling: Ruling, calendar: Calendar) => T): T {
    let known = this.#known.get(ruling.key);
    if (known === undefined) this.#known.set(ruling.key, (known = work(ruling, this.calendar)));
    return known;
  }
}
