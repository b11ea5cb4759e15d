import type { Conditions, Intervals } from '../contract/shapes.ts';
import { type Calendar, durationOf } from './solver/calendar.ts';
import { type Sides } from './solver/axes.ts';
import { type Instant } from './values/time-zone.ts';
import { conditionsOf } from './wording/conditions.ts';
import {
  PolicyClasses,
  commonClasses,
  type CommonClass,
  type CommonService,
} from './solver/common-classes.ts';
import type { Access, IndexedPolicy, IndexedService } from './model.ts';
import { type AnswerCache, rulingOf, type Ruling } from './solver/branches.ts';
import { portIntervals } from './values/ports.ts';
import { boxesWhere } from './solver/boxes.ts';

/** What changes for a class and a service: ports and conditions that are gained and lost. */
export interface BranchesChange {
  gains: PortConditions[];
  losses: PortConditions[];
}

/** Conditions under which some ports change. */
interface PortConditions {
  ports: Intervals;
  conditions: Conditions[];
  /** Under any of the conditions: its first instant, and its end, where it has one. */
  from: Instant;
  until: Instant;
  key: string;
}

/** One change of one service for some classes. */
export interface ServiceChange {
  direction: 'gains' | 'losses';
  service: CommonService;
  change: PortConditions;
  classes: number[];
  /** Policies that are, or are about these classes, on one side only. */
  policies: Set<string>;
}

/** One environment on both sides. */
export interface BothSides {
  before: Access;
  after: Access;
  classes: readonly CommonClass[];
  about: Record<'before' | 'after', PolicyClasses>;
}

export function sidesOf(before: Access, after: Access): BothSides {
  const classes = commonClasses(before, after);
  return {
    before,
    after,
    classes,
    about: { before: new PolicyClasses(classes, 'before'), after: new PolicyClasses(classes, 'after') },
  };
}

/** One policy about a service, on one side, and the common classes it is about there. */
interface PolicyOnSide {
  policy: IndexedPolicy;
  side: 'before' | 'after';
  about: readonly number[];
}

/** Everything that changes for one service, classes that change alike together. */
export function changesOfService(
  service: CommonService,
  sides: BothSides,
  memory: AnswerCache<BranchesChange>,
  intervals: number,
): ServiceChange[] {
  const before = service.before === undefined ? undefined : sides.before.services[service.before];
  const after = service.after === undefined ? undefined : sides.after.services[service.after];
  const sided = [...policiesOn(before, 'before', sides), ...policiesOn(after, 'after', sides)];
  const alike = before && after && same(before.model, after.model);
  const affected = new Set(alike ? touched(sided) : sided.flatMap(({ about }) => about));
  return groupsOf(sided, affected).flatMap(({ members, here }) => {
    const on = (side: string): IndexedPolicy[] =>
      here.filter((one) => one.side === side).map(({ policy }) => policy);
    const [was, is] = [on('before'), on('after')];
    const ruling = rulingOf({
      before: { service: before, policies: was },
      after: { service: after, policies: is },
    });
    const change = memory.of(ruling, (one, calendar) => changeOf(one, calendar, intervals));
    const policies = oneSided(was, is);
    return (['gains', 'losses'] as const).flatMap((direction) =>
      change[direction].map((one) => ({ direction, service, change: one, classes: members, policies })),
    );
  });
}

function policiesOn(
  service: IndexedService | undefined,
  side: 'before' | 'after',
  { about }: BothSides,
): PolicyOnSide[] {
  const policies = service ? [...service.denies, ...service.allows] : [];
  return policies.map((policy) => ({ policy, side, about: about[side].of(policy) }));
}

/** The affected classes, those together that the same policies are about. */
function groupsOf(
  sided: readonly PolicyOnSide[],
  affected: ReadonlySet<number>,
): { members: number[]; here: PolicyOnSide[] }[] {
  const keys = new Map<number, string>();
  sided.forEach(({ about }, index) => {
    for (const member of about)
      if (affected.has(member)) keys.set(member, `${keys.get(member) ?? ''}${index},`);
  });
  return groupBy([...affected], (member) => keys.get(member) ?? '').map((members) => {
    const here = (keys.get(members[0]!) ?? '').split(',').slice(0, -1);
    return { members, here: here.map((index) => sided[Number(index)]!) };
  });
}

/** The classes for which some policy of the service is not the same on both sides. */
function touched(sided: readonly PolicyOnSide[]): number[] {
  const twins = groupBy(sided, ({ policy }) => policy.id);
  return twins.flatMap(([one, other]) => {
    if (!other || (one!.policy !== other.policy && !sayTheSame(one!.policy, other.policy)))
      return [...one!.about, ...(other?.about ?? [])];
    return notInBoth(one!.about, other.about);
  });
}

function notInBoth(a: readonly number[], b: readonly number[]): number[] {
  if (a.length === b.length && a.every((value, index) => value === b[index])) return [];
  const [inA, inB] = [new Set(a), new Set(b)];
  return [...a.filter((value) => !inB.has(value)), ...b.filter((value) => !inA.has(value))];
}

function sayTheSame(a: IndexedPolicy, b: IndexedPolicy): boolean {
  const { effect, ports, when } = a.model;
  return same({ effect, ports, when }, { effect: b.model.effect, ports: b.model.ports, when: b.model.when });
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function oneSided(before: readonly IndexedPolicy[], after: readonly IndexedPolicy[]): Set<string> {
  const without = (policies: readonly IndexedPolicy[], others: readonly IndexedPolicy[]): string[] => {
    const known = new Map(others.map((other) => [other.id, other]));
    return policies
      .filter((one) => !known.has(one.id) || !sayTheSame(one, known.get(one.id)!))
      .map(({ id }) => id);
  };
  return new Set([...without(before, after), ...without(after, before)]);
}

const NEVER = { from: Infinity, until: -Infinity, key: '' };

/** What the rules of the branches gain and lose, ports that change under the same conditions together. */
function changeOf({ rules, line }: Ruling, calendar: Calendar, intervals: number): BranchesChange {
  if (rules.every(({ on }) => on.before && on.after)) return { gains: [], losses: [] };
  const changed = (wanted: (allowed: Sides) => boolean): PortConditions[] => {
    const byPorts = new Map<string, PortConditions>();
    for (const box of boxesWhere(rules, line, calendar, wanted)) {
      const ports = portIntervals(box.ports);
      const known = byPorts.get(ports.join()) ?? { ...NEVER, ports, conditions: [] };
      const { from, until = Infinity } = durationOf(box.time, times);
      known.conditions.push(conditionsOf(box, rules, calendar, intervals));
      known.from = Math.min(known.from, from);
      known.until = Math.max(known.until, until);
      byPorts.set(ports.join(), known);
    }
    return [...byPorts.values()].map((one) => ({
      ...one,
      key: JSON.stringify([one.conditions, one.from, one.until]),
    }));
  };
  const times = calendar.line(rules.map(({ condition }) => condition));
  return {
    gains: changed(({ before, after }) => after && !before),
    losses: changed(({ before, after }) => before && !after),
  };
}

/** Items with the same key together, in the order in which the first of each came. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups.values()];
}
