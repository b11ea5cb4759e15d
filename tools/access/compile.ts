import type { AccessModel, ModelPolicy, ModelService, Policy, Service } from '../contract/shapes.ts';
import type { RepositoryFile, Repository } from '../load/repository.ts';
import { isNobody, membership, NOBODY, principalKey, type PrincipalSet } from './values/membership.ts';
import { portIntervals, portSetOf } from './values/ports.ts';
import { Selector } from './values/selector.ts';

/**
 * The compiled form of one environment's policies.
 * @param repository a repository that load accepted; what a reference does not resolve to matches nothing
 * @param environment the environment's id; one that does not exist compiles to no services, so to no access
 */
export function compile(repository: Repository, environment: string): AccessModel {
  const services = servicesOf(repository, environment);
  const selector = new Selector(services.map(({ value }) => value));
  const members = membership(repository);
  const revoked = new Set(revokedPrincipals(repository).map((principal) => members.index(principal)!));
  const admits = admitsWithoutCertificate(repository, environment);
  const useful = [...repository.policies.values()]
    .filter(({ value }) => value.environments === undefined || value.environments.includes(environment))
    .sort((a, b) => (a.value.id < b.value.id ? -1 : 1))
    .map(({ value }) => ({
      policy: value,
      services: selector.indexes(value.what),
      who: admitted(members.who(value.who), revoked, admits),
    }))
    .filter(({ services, who }) => services.length > 0 && !isNobody(who));
  const { classes, of, number } = classesOf(members.everybody, [
    ...useful.map(({ who }) => who),
    // Split off from all others, as no policy is about them.
    { ...NOBODY, members: [...revoked] },
  ]);
  const [first] = revoked;
  return {
    environment,
    services: services.map(({ value }) => modelService(value)),
    classes,
    ...(first !== undefined && { revoked: number(first) }),
    ...(admits && { withoutCertificate: unnamed(services, useful) }),
    policies: useful.map(({ policy, services: indexes }, index) => modelPolicy(policy, of[index]!, indexes)),
  };
}

/** Principals that are refused whatever policies say, in lower case, each once and sorted. */
export function revokedPrincipals({ revoked }: Pick<Repository, 'revoked'>): string[] {
  const named = revoked?.value.principals ?? [];
  return [...new Set(named.map(({ principal }) => principalKey(principal)))].sort();
}

/** Whether an environment lets clients without certificate connect. */
export function admitsWithoutCertificate({ environments }: Repository, environment: string): boolean {
  return environments.get(environment)?.value.clients?.withoutCertificate === 'allowed';
}

/** Of those whom a policy matches, those that may connect at all. */
function admitted(who: PrincipalSet, revoked: ReadonlySet<number>, admits: boolean): PrincipalSet {
  const members = revoked.size === 0 ? who.members : who.members.filter((member) => !revoked.has(member));
  return { ...who, members, withoutCertificate: admits && who.withoutCertificate };
}

/** What clients without certificate could ever reach, and the policies about them. */
function unnamed(
  services: readonly RepositoryFile<Service>[],
  policies: readonly { policy: Policy; services: readonly number[]; who: PrincipalSet }[],
): NonNullable<AccessModel['withoutCertificate']> {
  const grants = policies.flatMap(({ who }, index) => (who.withoutCertificate ? [index] : []));
  const allowed = grants.filter((index) => policies[index]!.policy.effect === 'allow');
  const reached = new Set(allowed.flatMap((index) => policies[index]!.services));
  return { reaches: services.filter((_, index) => reached.has(index)).map(({ value }) => value.id), grants };
}

/** The services that exist in an environment: those that a connector registers, sorted by id. */
export function servicesOf(repository: Repository, environment: string): RepositoryFile<Service>[] {
  const connectors = repository.environments.get(environment)?.connectors.values() ?? [];
  const registered = new Set(
    [...connectors].flatMap(({ value }) => value.services.map(({ service }) => service)),
  );
  const services = [...registered]
    .map((id) => repository.services.get(id))
    .filter((service) => service !== undefined);
  return services.sort((a, b) => (a.value.id < b.value.id ? -1 : 1));
}

/** Splits all principals into classes that every policy treats alike; `of` has each policy's classes, ascending. */
function classesOf(
  everybody: readonly string[],
  policies: readonly PrincipalSet[],
): { classes: string[][]; of: number[][]; number: (person: number) => number } {
  const part = refine(everybody.length, policies);
  const classes: string[][] = [[]];
  const indexes = new Map<number, number>();
  part.forEach((number, person) => {
    if (!indexes.has(number)) indexes.set(number, classes.push([]) - 1);
    part[person] = indexes.get(number)!;
    classes[part[person]!]!.push(everybody[person]!);
  });
  const of = policies.map(({ members, anyoneElse }) => {
    const about = new Set(members.map((person) => part[person]!));
    return [...(anyoneElse ? [0] : []), ...[...about].sort((a, b) => a - b)];
  });
  return { classes, of, number: (person) => part[person]! };
}

/** Begins with everybody together, and splits each class that a policy is only partly about (partition refinement). */
function refine(people: number, policies: readonly PrincipalSet[]): Int32Array {
  const part = new Int32Array(people);
  let next = 1;
  for (const { members } of policies) {
    const split = new Map<number, number>();
    for (const person of members) {
      const from = part[person]!;
      if (!split.has(from)) split.set(from, next++);
      part[person] = split.get(from)!;
    }
  }
  return part;
}

function modelService({ id, protocol, ports, virtualIp, owner }: Service): ModelService {
  return { id, protocol, ports: portIntervals(portSetOf(ports)), virtualIp, owner };
}

function modelPolicy(
  { id, effect, observe, what, when = {} }: Policy,
  classes: number[],
  services: number[],
): ModelPolicy {
  const ports = what.ports && { ports: portIntervals(portSetOf(what.ports)) };
  return { id, effect, classes, services, ...ports, ...(observe && { observe }), when };
}
