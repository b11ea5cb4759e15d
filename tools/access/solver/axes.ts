import { EVERYWHERE, type Sources } from '../values/address.ts';
import type { Condition } from '../values/condition.ts';
import type { Calendar } from './calendar.ts';
import { attributeOf, ATTRIBUTES, type DeviceAttribute } from '../values/device.ts';
import { intersect, same, type IntervalSet } from '../values/intervals.ts';

/**
 * Requests from one class of principals to one service differ in four things: the instant, the port, the source
 * address and the device. Each is an axis, cut into atoms within which every rule either matches or does not.
 * A rule is one policy as it applies to that class and service; atoms hold a bit per rule.
 */
export interface AccessRule {
  effect: 'allow' | 'deny';
  condition: Condition;
  ports: IntervalSet;
  /** On which sides it is a rule. */
  on: Sides;
}

/** The sides of a difference, and for each whether something is so there: a rule exists, a request is allowed. */
export interface Sides {
  before: boolean;
  after: boolean;
  /** A state that is compared with the difference; false where there is none. */
  third: boolean;
}

/** The stretch of an axis that one set of rules matches. */
export interface Atom<S> {
  mask: bigint;
  set: S;
}

/** A set of source addresses, which may hold the unknown address. */
export interface SourceSet extends Sources {
  unknown: boolean;
}

/** A set of values of one device attribute, as bits, which may hold the unknown value. */
export interface ValueSet {
  attribute: DeviceAttribute;
  values: number;
  unknown: boolean;
}

const bit = (index: number): bigint => 1n << BigInt(index);
const unknownMask = (
  rules: readonly AccessRule[],
  stated: (rule: AccessRule, index: number) => boolean,
): bigint =>
  rules.reduce(
    (mask, rule, index) => (!stated(rule, index) || rule.effect === 'deny' ? mask | bit(index) : mask),
    0n,
  );

/** Cuts a line at every boundary of the sets, and puts together what the same sets hold. */
export function cut<T extends number | bigint>(
  line: IntervalSet<T>,
  sets: readonly IntervalSet<T>[],
): Atom<IntervalSet<T>>[] {
  const edges: { at: T; flip: bigint }[] = [];
  sets.forEach((set, index) => {
    for (const at of same(set, line) ? line : intersect(set, line)) edges.push({ at, flip: bit(index) });
  });
  // The line itself is one more set, so that the atoms are of it and of nothing else.
  const inLine = bit(sets.length);
  for (const at of line) edges.push({ at, flip: inLine });
  edges.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const atoms = new Map<bigint, T[]>();
  let mask = 0n;
  edges.forEach(({ at, flip }, index) => {
    mask ^= flip;
    const end = edges[index + 1]?.at;
    if (end === undefined || end === at || (mask & inLine) === 0n) return;
    const set = atoms.get(mask) ?? [];
    if (!atoms.has(mask)) atoms.set(mask, set);
    if (set.at(-1) === at) set[set.length - 1] = end;
    else set.push(at, end);
  });
  return [...atoms].map(([held, set]) => ({ mask: held & ~inLine, set }));
}

/** The axis of instants. */
export function timeAxis(rules: readonly AccessRule[], calendar: Calendar): Atom<IntervalSet>[] {
  const line = calendar.line(rules.map(({ condition }) => condition));
  const sets = rules.map(({ condition, effect }) => calendar.instants(condition, effect === 'deny', line));
  return cut(line.set, sets);
}

/** The axis of ports: those in the given line. */
export function portAxis(rules: readonly AccessRule[], line: IntervalSet): Atom<IntervalSet>[] {
  return cut(
    line,
    rules.map(({ ports }) => ports),
  );
}

/** The axis of source addresses, with the unknown one. */
export function sourceAxis(rules: readonly AccessRule[]): Atom<SourceSet>[] {
  const all = bit(rules.length) - 1n;
  if (rules.every(({ condition }) => !condition.sources))
    return [{ mask: all, set: { ...EVERYWHERE, unknown: true } }];
  const sources = rules.map(({ condition }) => condition.sources ?? EVERYWHERE);
  const atoms = new Map<bigint, SourceSet>();
  const atom = (mask: bigint): SourceSet => {
    if (!atoms.has(mask)) atoms.set(mask, { v4: [], v6: [], unknown: false });
    return atoms.get(mask)!;
  };
  for (const { mask, set } of cut(
    EVERYWHERE.v4,
    sources.map(({ v4 }) => v4),
  ))
    atom(mask).v4 = set;
  for (const { mask, set } of cut(
    EVERYWHERE.v6,
    sources.map(({ v6 }) => v6),
  ))
    atom(mask).v6 = set;
  atom(unknownMask(rules, ({ condition }) => condition.sources !== undefined)).unknown = true;
  return [...atoms].map(([mask, set]) => ({ mask, set }));
}

/** One axis for each device attribute that some rule is about. */
export function deviceAxes(rules: readonly AccessRule[]): Atom<ValueSet>[][] {
  const named = new Set(rules.flatMap(({ condition }) => condition.device.map(attributeOf)));
  return ATTRIBUTES.filter((attribute) => named.has(attribute)).map((attribute) =>
    attributeAxis(rules, attribute),
  );
}

function attributeAxis(rules: readonly AccessRule[], attribute: DeviceAttribute): Atom<ValueSet>[] {
  const wanted = rules.map(({ condition }) => condition.device.find((mask) => (mask & attribute.mask) !== 0));
  const atoms = new Map<bigint, ValueSet>();
  const atom = (mask: bigint): ValueSet => {
    if (!atoms.has(mask)) atoms.set(mask, { attribute, values: 0, unknown: false });
    return atoms.get(mask)!;
  };
  attribute.values.forEach((_, index) => {
    const value = 1 << (attribute.shift + index);
    const mask = wanted.reduce(
      (bits, values, rule) => (values === undefined || values & value ? bits | bit(rule) : bits),
      0n,
    );
    atom(mask).values |= value;
  });
  atom(unknownMask(rules, (_, index) => wanted[index] !== undefined)).unknown = true;
  return [...atoms].map(([mask, set]) => ({ mask, set }));
}
