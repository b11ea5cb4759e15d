import type { Calendar, Rule } from './axes.ts';
import { portsOf, type OpenPolicy, type OpenService } from '../model.ts';
import { union, type Spans } from '../values/intervals.ts';

/** What stands on one side: a service, and the policies about it and one class. */
export interface Side {
  service: OpenService | undefined;
  policies: readonly OpenPolicy[];
}

/** The policies about one class and one service, on each side of a difference; one side alone is `before`. */
export interface Pair {
  before: Side;
  after: Side;
  /** A third side, where one is compared with a difference. */
  third?: Side;
}

/** The rules of a pair, those that say the same put together, and the ports of either side. */
export interface Ruling {
  rules: Rule[];
  line: Spans;
  /** The same for all pairs that are decided alike. */
  key: string;
}

/** What the policies of a pair come to. */
export function rulingOf({ before, after, third }: Pair): Ruling {
  const rules = new Map<string, Rule>();
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
  const line = sides.reduce<Spans>((all, [, { service }]) => union(all, service?.ports ?? []), []);
  return {
    rules: sorted.map(([, rule]) => rule),
    line,
    key: `${line.join()}|${sorted.map(([key, { sides }]) => `${key} ${sides}`).join('|')}`,
  };
}

const whenKeys = new WeakMap<OpenPolicy, string>();

function whenKey(policy: OpenPolicy): string {
  let key = whenKeys.get(policy);
  if (key === undefined) whenKeys.set(policy, (key = JSON.stringify(policy.model.when)));
  return key;
}

/** Answers kept for all rulings that are decided alike. */
export class Memory<T> {
  readonly #known = new Map<string, T>();

  constructor(readonly calendar: Calendar) {}

  /** The answer for a ruling, worked out once. */
  of(ruling: Ruling, work: (ruling: Ruling, calendar: Calendar) => T): T {
    let known = this.#known.get(ruling.key);
    if (known === undefined) this.#known.set(ruling.key, (known = work(ruling, this.calendar)));
    return known;
  }
}
