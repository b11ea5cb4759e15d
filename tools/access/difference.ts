import type { AccessChange, Conditions, EnvironmentDifference, Intervals } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { Calendar, durationOf } from './solver/calendar.ts';
import { type Sides } from './solver/axes.ts';
import { causesOf, type Causes } from './wording/causes.ts';
import { editsBetween } from './wording/edits.ts';
import { instantText, type Instant } from './values/time-zone.ts';
import { compile, servicesOf } from './compile.ts';
import { focus } from './focus.ts';
import { membership } from './values/membership.ts';
import { Audiences } from './wording/audiences.ts';
import { conditionsOf } from './wording/conditions.ts';
import { destinationChanges } from './wording/destinations.ts';
import { connectionChanges } from './wording/connections.ts';
import { revocationChanges, revocationsIn } from './wording/revocations.ts';
import {
  PolicyClasses,
  commonClasses,
  commonServices,
  type CommonClass,
  type CommonService,
} from './solver/common-classes.ts';
import { indexPolicies, type Access, type IndexedPolicy, type IndexedService } from './model.ts';
import { AnswerCache, rulingOf, type Ruling } from './solver/branches.ts';
import { portIntervals } from './values/ports.ts';
import { boxesWhere } from './solver/boxes.ts';

/** What changes for a class and a service: ports and conditions that are gained and lost. */
interface BranchesChange {
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
interface ServiceChange {
  direction: 'gains' | 'losses';
  service: CommonService;
  change: PortConditions;
  classes: number[];
  /** Policies that are, or are about these classes, on one side only. */
  policies: Set<string>;
}

/** Which time a difference looks at, in milliseconds since 1970, and how many intervals of it are written out. */
export interface Scope {
  at: Instant;
  /** Excluded; without end when omitted. */
  to?: Instant;
  /** The rest are counted. */
  intervals?: number;
  /** Only this environment, and only the access to this service. */
  only?: { environment?: string | undefined; service?: string | undefined };
}

/** Intervals of time written out when nothing else is said. */
const INTERVALS_SHOWN = 10;

/**
 * Exactly what changes in access and destinations between two repositories, environment by environment; and what
 * denies that are only observed would take away, where that has changed.
 */
export function difference(before: Repository, after: Repository, scope: Scope): EnvironmentDifference[] {
  const changes = decided(before, after, scope);
  if (!observes(after)) return changes;
  const [were, are] = [before, after].map((side) => cutOff(side, scope));
  return changes.map((one) => {
    const [was, is] = [were!.get(one.environment) ?? [], are!.get(one.environment) ?? []];
    return is.length > 0 && !sameAccess(was, is) ? { ...one, observed: is } : one;
  });
}

/** Everything that everybody can reach: the gains of a repository over the same one without policies. */
export function listing(repository: Repository, scope: Scope): EnvironmentDifference[] {
  return difference({ ...repository, policies: new Map() }, repository, scope);
}

/** Whether some policy is only observed. */
function observes({ policies }: Repository): boolean {
  return [...policies.values()].some(({ value }) => value.observe);
}

/** Per environment, what would be lost if observed policies denied. */
function cutOff(repository: Repository, scope: Scope): Map<string, AccessChange[]> {
  if (!observes(repository)) return new Map();
  const policies = new Map(
    [...repository.policies].map(([id, file]) => {
      const { observe: _, ...value } = file.value;
      return [id, { ...file, value }];
    }),
  );
  const losses = decided(repository, { ...repository, policies }, scope);
  return new Map(losses.map(({ environment, losses: lost }) => [environment, lost]));
}

function sameAccess(a: readonly AccessChange[], b: readonly AccessChange[]): boolean {
  // In which order they come depends on the classes of all policies.
  const bare = (all: readonly AccessChange[]) =>
    all.map(({ causes: _, ...rest }) => JSON.stringify(rest)).sort();
  return same(bare(a), bare(b));
}

function decided(before: Repository, after: Repository, scope: Scope): EnvironmentDifference[] {
  const { at, to, intervals = INTERVALS_SHOWN, only = {} } = scope;
  const all = new Set([...before.environments.keys(), ...after.environments.keys()]);
  const ids = [...all].filter((id) => only.environment === undefined || only.environment === id);
  const calendar = new Calendar(at, to);
  const memory = new AnswerCache<BranchesChange>(calendar);
  const edits = editsBetween(before, after);
  const causes = causesOf(before, after, edits);
  const everybody = [before, after].flatMap((side) => membership(side).everybody);
  const principals = new Set(everybody).size;
  const revocations = revocationChanges(before, after);
  return ids.sort().map((environment) => {
    const seen = focus(before, after, environment, edits) ?? { before, after };
    const sides = sidesOf(
      indexPolicies(compile(seen.before, environment)),
      indexPolicies(compile(seen.after, environment)),
    );
    const services = commonServices(sides.before, sides.after).filter(
      ({ id }) => only.service === undefined || only.service === id,
    );
    const connecting = connectionChanges(before, after, environment, causes, at);
    const [was, is] = [
      { repository: before, access: sides.before },
      { repository: after, access: sides.after },
    ];
    const found = services.flatMap((service) => changesOfService(service, sides, memory, intervals));
    return {
      environment,
      gains: [...connecting.gains, ...groupChanges(found, 'gains', sides, after, causes, environment)],
      losses: [...connecting.losses, ...groupChanges(found, 'losses', sides, before, causes, environment)],
      destinations: destinationChanges(before, after, environment, sides.after, calendar, causes),
      revocations: revocationsIn(environment, revocations, { before: was, after: is }, calendar),
      principals,
      services: new Set(
        [before, after].flatMap((side) => servicesOf(side, environment).map(({ value }) => value.id)),
      ).size,
    };
  });
}

/** One environment on both sides. */
interface BothSides {
  before: Access;
  after: Access;
  classes: readonly CommonClass[];
  about: Record<'before' | 'after', PolicyClasses>;
}

function sidesOf(before: Access, after: Access): BothSides {
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
function changesOfService(
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

function same(a: unknown, b: unknown): boolean {
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

/** Puts people and services together that change alike. */
function groupChanges(
  found: readonly ServiceChange[],
  direction: ServiceChange['direction'],
  sides: BothSides,
  labels: Repository,
  causes: Causes,
  environment: string,
): AccessChange[] {
  const audiences = new Audiences(sides.classes, labels);
  const ofService = groupBy(
    found.filter((one) => one.direction === direction),
    ({ service, change, policies }) =>
      // Those whose access changes alike through other edits are told apart, each with its own lines.
      `${service.id} ${change.ports.join()} ${change.key} ${[...policies].filter(causes.edited).sort().join()}`,
  ).map((alike) => ({ ...alike[0]!, audience: audiences.of(alike.flatMap(({ classes }) => classes)) }));
  return groupBy(ofService, ({ change, audience }) => `${audience.number} ${change.key}`).map((alike) => {
    const { audience, change } = alike[0]!;
    const policies = new Set(alike.flatMap((one) => [...one.policies]));
    const services = alike.map((one) => ({
      service: one.service.id,
      protocol: protocolOf(one.service, sides),
      ports: one.change.ports,
    }));
    return {
      principals: audience.principals,
      anyoneElse: audience.anyoneElse,
      ...(audience.withoutCertificate && { withoutCertificate: true as const }),
      ...(audience.group !== undefined && { group: audience.group }),
      services,
      conditions: change.conditions,
      from: instantText(change.from),
      ...(change.until < Infinity && { until: instantText(change.until) }),
      causes: causes.of(
        environment,
        policies,
        alike.map(({ service }) => service.id),
        audience.principals,
        audience.withoutCertificate,
      ),
    };
  });
}

function protocolOf({ before, after }: CommonService, sides: BothSides): 'tcp' | 'udp' {
  const service = after === undefined ? sides.before.services[before!]! : sides.after.services[after]!;
  return service.model.protocol;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups.values()];
}
