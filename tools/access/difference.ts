import type { AccessChange, EnvironmentDifference } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { Calendar } from './solver/calendar.ts';
import { causesOf, type Causes } from './wording/causes.ts';
import { editsBetween } from './wording/edits.ts';
import type { Instant } from './values/time-zone.ts';
import { admitsWithoutCertificate, compile, servicesOf } from './compile.ts';
import { focus } from './focus.ts';
import { membership } from './values/membership.ts';
import { groupChanges } from './group-changes.ts';
import { Audiences } from './wording/audiences.ts';
import { destinationChanges, destinationsIn } from './wording/destinations.ts';
import { connectionChanges } from './wording/connections.ts';
import { revocationChanges, revocationsIn } from './wording/revocations.ts';
import { commonServices } from './solver/common-classes.ts';
import { indexPolicies } from './model.ts';
import { AnswerCache } from './solver/branches.ts';
import { type BothSides, type BranchesChange, changesOfService, same, sidesOf } from './service-changes.ts';

/** Which time a difference looks at, in milliseconds since 1970, and how many intervals of it are written out. */
export interface Scope {
  at: Instant;
  /** Excluded; without end when omitted. */
  to?: Instant;
  /** The rest are counted. */
  intervals?: number;
  /** Only this environment, and only the access to this service. */
  only?: { environment?: string | undefined; service?: string | undefined };
  /** Those whose access changes alike are one, whichever edits it is that change it. */
  together?: boolean;
}

/** Intervals of time written out when nothing else is said. */
export const INTERVALS_SHOWN = 10;

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
  return difference({ ...repository, policies: new Map() }, repository, { ...scope, together: true });
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
  const { at, to, intervals = INTERVALS_SHOWN, only = {}, together } = scope;
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
    const admits = [before, after].map((side) => admitsWithoutCertificate(side, environment));
    const connecting = connectionChanges(admits[0]!, admits[1]!, environment, causes, at);
    const [was, is] = [
      { repository: before, access: sides.before },
      { repository: after, access: sides.after },
    ];
    const changes = accessChanges(
      sides,
      { before, after },
      { environment, causes, memory, intervals, service: only.service, together },
    );
    return {
      environment,
      production: isProduction(environment, before, after),
      gains: [...connecting.gains, ...changes.gains],
      losses: [...connecting.losses, ...changes.losses],
      destinations: destinationChanges(
        destinationsIn(before, environment),
        destinationsIn(after, environment),
        { environment, access: sides.after, calendar, causes, sides: [before, after] },
      ),
      revocations: revocationsIn(environment, revocations, { before: was, after: is }, calendar),
      principals,
      services: new Set(
        [before, after].flatMap((side) => servicesOf(side, environment).map(({ value }) => value.id)),
      ).size,
    };
  });
}

/** Whether an environment is production, as of the newer side that has it. */
function isProduction(id: string, before: Repository, after: Repository): boolean {
  const { value } = (after.environments.get(id) ?? before.environments.get(id))!;
  return value.production ?? true;
}

/** How changes of access are told. */
export interface ChangeContext {
  environment: string;
  causes: Causes;
  memory: AnswerCache<BranchesChange>;
  /** Intervals of time that are written out. */
  intervals: number;
  /** Only what changes of this service. */
  service?: string | undefined;
  /** As `Scope` has it. */
  together?: boolean | undefined;
}

/**
 * What changes in access between both sides of one environment.
 * @param names the repositories whose groups people are named by, those who lose and those who gain
 */
export function accessChanges(
  sides: BothSides,
  names: Record<'before' | 'after', Repository>,
  { environment, causes, memory, intervals, service: one, together = false }: ChangeContext,
): Pick<EnvironmentDifference, 'gains' | 'losses' | 'principals' | 'services'> {
  const services = commonServices(sides.before, sides.after).filter(
    ({ id }) => one === undefined || id === one,
  );
  const found = services.flatMap((service) => changesOfService(service, sides, memory, intervals));
  const named = (side: Repository): Audiences =>
    new Audiences(sides.classes, side, [names.before, names.after]);
  const told = { causes, environment, together };
  return {
    gains: groupChanges(found, 'gains', sides, named(names.after), told),
    losses: groupChanges(found, 'losses', sides, named(names.before), told),
    principals: sides.classes.reduce((sum, { principals }) => sum + principals.length, 0),
    services: services.length,
  };
}
