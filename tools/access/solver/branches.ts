import type { Calendar } from './calendar.ts';
import type { AccessRule, Sides } from './axes.ts';
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

const SIDES = ['before', 'after', 'third'] as const satisfies readonly (keyof Sides)[];
const NOWHERE: Sides = { before: false, after: false, third: false };
const NO_BRANCH: Branch = { service: undefined, policies: [] };

/** What the policies of the branches come to. */
export function rulingOf({ before, after, third }: Branches): Ruling {
  const rules = new Map<string, AccessRule>();
  const branches = { before, after, ...(third && { third }) };
  for (const side of SIDES) {
    const { service, policies } = branches[side] ?? NO_BRANCH;
    if (!service) continue;
    for (const policy of policies) {
      const ports = portsOf(policy, service);
      if (ports.length === 0) continue;
      const key = `${policy.effect} ${ports.join()} ${whenKey(policy)}`;
      const { effect, condition } = policy;
      const rule = rules.get(key) ?? { effect, condition, ports, on: { ...NOWHERE } };
      rule.on[side] = true;
      rules.set(key, rule);
    }
  }
  const sorted = [...rules].sort(([a], [b]) => (a < b ? -1 : 1));
  const line = SIDES.reduce<IntervalSet>((all, side) => union(all, branches[side]?.service?.ports ?? []), []);
  return {
    rules: sorted.map(([, rule]) => rule),
    line,
    key: `${line.join()}|${sorted.map(([key, { on }]) => `${key} ${SIDES.filter((side) => on[side]).join('+')}`).join('|')}`,
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

  readonly calendar: Calendar;

  constructor(calendar: Calendar) {
    this.calendar = calendar;
  }

  /** The answer for a ruling, worked out once. */
  of(ruling: Ruling, work: (ruling: Ruling, calendar: Calendar) => T): T {
    let known = this.#known.get(ruling.key);
    if (known === undefined) this.#known.set(ruling.key, (known = work(ruling, this.calendar)));
    return known;
  }
}
