import type {
  AccessModel,
  ModelPolicy,
  ModelService,
  Policy,
  Selection,
  Service,
} from '../contract/shapes.ts';
import type { Loaded, Repository } from '../load/repository.ts';
import { portIntervals, portSpans } from './ports.ts';

/** Principals compare in lower case. */
export function principalKey(principal: string): string {
  return principal.toLowerCase();
}

/**
 * The compiled form of one environment's policies.
 * @param repository a repository that load accepted; what a reference does not resolve to matches nothing
 * @param environment the environment's id; one that does not exist compiles to no services, so to no access
 */
export function compile(repository: Repository, environment: string): AccessModel {
  const services = servicesOf(repository, environment);
  const applicable = [...repository.policies.values()]
    .map(({ value }) => value)
    .filter(({ environments }) => environments === undefined || environments.includes(environment))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const members = new Membership(repository);
  const selected = applicable.map((policy) => ({
    policy,
    services: indexesWhere(services, (service) => selects(policy.what, service.value)),
    who: members.who(policy.who),
  }));
  const useful = selected.filter(
    ({ services, who }) => services.length > 0 && (who.anyoneElse || who.principals.size > 0),
  );
  const { classes, of } = classesOf(
    principalsOf(repository),
    useful.map(({ who }) => who),
  );
  return {
    environment,
    services: services.map(({ value }) => modelService(value)),
    classes,
    policies: useful.map(({ policy, services: indexes }, index) => modelPolicy(policy, of[index]!, indexes)),
  };
}

/** The services that exist in an environment: those that a connector registers, sorted by id. */
export function servicesOf(repository: Repository, environment: string): Loaded<Service>[] {
  const connectors = repository.environments.get(environment)?.connectors.values() ?? [];
  const registered = new Set(
    [...connectors].flatMap(({ value }) => value.services.map(({ service }) => service)),
  );
  const services = [...registered]
    .map((id) => repository.services.get(id))
    .filter((service) => service !== undefined);
  return services.sort((a, b) => (a.value.id < b.value.id ? -1 : 1));
}

/** Every principal that exists, in lower case and sorted: those in groups, and those that only a policy names. */
export function principalsOf(repository: Repository): string[] {
  const principals = new Set<string>();
  const add = (names: readonly string[] = []) => names.forEach((name) => principals.add(principalKey(name)));
  for (const { value } of repository.groups.values()) add(value.members);
  for (const { value } of repository.policies.values()) {
    add(value.who.principals);
    add(value.who.except?.principals);
  }
  return [...principals].sort();
}

/** Whether a policy's or a test's `what` selects a service. */
export function selects(
  what: { services?: readonly string[]; labels?: Readonly<Record<string, string>>; all?: true },
  service: Service,
): boolean {
  if (what.all || what.services?.includes(service.id)) return true;
  const labels = Object.entries(what.labels ?? {});
  return labels.length > 0 && labels.every(([name, value]) => service.labels?.[name] === value);
}

/** Who a policy is about. */
interface Matched {
  principals: ReadonlySet<string>;
  anyoneElse: boolean;
}

/** Resolves groups, at any depth, once each. */
export class Membership {
  readonly #known = new Map<string, ReadonlySet<string>>();
  #everybody: readonly string[] | undefined;

  constructor(readonly repository: Repository) {}

  /** The members of a group at any depth; empty for one that does not exist. A cycle adds nothing. */
  group(id: string): ReadonlySet<string> {
    const known = this.#known.get(id);
    if (known) return known;
    const members = new Set<string>();
    for (const reached of this.#closure(id)) {
      for (const member of this.repository.groups.get(reached)?.value.members ?? [])
        members.add(principalKey(member));
    }
    this.#known.set(id, members);
    return members;
  }

  #closure(id: string): Set<string> {
    const reached = new Set([id]);
    for (const group of reached) {
      for (const nested of this.repository.groups.get(group)?.value.groups ?? []) reached.add(nested);
    }
    return reached;
  }

  /** Whom a policy's `who` matches. */
  who(who: Policy['who']): Matched {
    const matched = this.#selection(who);
    if (!who.except) return matched;
    const taken = this.#selection(who.except);
    const principals = new Set(
      [...matched.principals].filter((principal) => !taken.principals.has(principal)),
    );
    return { principals, anyoneElse: matched.anyoneElse && !taken.anyoneElse };
  }

  #selection({ all, groups = [], principals = [] }: Selection): Matched {
    if (all)
      return { principals: new Set((this.#everybody ??= principalsOf(this.repository))), anyoneElse: true };
    if (groups.length === 1 && principals.length === 0)
      return { principals: this.group(groups[0]!), anyoneElse: false };
    const named = principals.map(principalKey);
    return {
      principals: new Set([...groups.flatMap((id) => [...this.group(id)]), ...named]),
      anyoneElse: false,
    };
  }
}

/** Splits all principals into classes that every policy treats alike; `of` has each policy's classes. */
function classesOf(
  everybody: readonly string[],
  policies: readonly Matched[],
): { classes: string[][]; of: number[][] } {
  const anyoneElse = policies.flatMap((who, index) => (who.anyoneElse ? [index] : []));
  const signatures = new Map(everybody.map((principal) => [principal, [] as number[]]));
  policies.forEach((who, index) =>
    who.principals.forEach((principal) => signatures.get(principal)?.push(index)),
  );
  const classes = new Map<string, { members: string[]; matchedBy: number[] }>([
    ['', { members: [], matchedBy: anyoneElse }],
  ]);
  for (const [principal, matchedBy] of signatures) {
    const key = `:${matchedBy.join()}`;
    if (!classes.has(key)) classes.set(key, { members: [], matchedBy });
    classes.get(key)!.members.push(principal);
  }
  const of = policies.map((): number[] => []);
  [...classes.values()].forEach(({ matchedBy }, index) =>
    matchedBy.forEach((policy) => of[policy]!.push(index)),
  );
  return { classes: [...classes.values()].map(({ members }) => members), of };
}

function indexesWhere<T>(items: readonly T[], holds: (item: T) => boolean): number[] {
  return items.flatMap((item, index) => (holds(item) ? [index] : []));
}

function modelService({ id, protocol, ports, virtualIp }: Service): ModelService {
  return { id, protocol, ports: portIntervals(portSpans(ports)), virtualIp };
}

function modelPolicy(
  { id, effect, what, when = {} }: Policy,
  classes: number[],
  services: number[],
): ModelPolicy {
  const ports = what.ports && { ports: portIntervals(portSpans(what.ports)) };
  return { id, effect, classes, services, ...ports, when };
}
