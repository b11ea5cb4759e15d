import type { Policy, Selection } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';

/** Principals compare in lower case. */
export function principalKey(principal: string): string {
  return principal.toLowerCase();
}

/** Whom a policy is about: indexes of principals, each once; perhaps anyone else, and clients without certificate. */
export interface PrincipalSet {
  members: readonly number[];
  anyoneElse: boolean;
  withoutCertificate: boolean;
}

/** Nobody at all. */
export const NOBODY: PrincipalSet = { members: [], anyoneElse: false, withoutCertificate: false };

/** Whether a policy is about nobody. */
export function isNobody({ members, anyoneElse, withoutCertificate }: PrincipalSet): boolean {
  return members.length === 0 && !anyoneElse && !withoutCertificate;
}

/** Who is in which group, at any depth; principals are known by their index in `everybody`. */
export class Membership {
  /** Every principal that exists, in lower case and sorted: those in groups, and those that only a policy names or that are revoked. */
  readonly everybody: readonly string[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #groups = new Map<string, readonly number[]>();

  readonly repository: Repository;

  constructor(repository: Repository) {
    this.repository = repository;
    this.everybody = principalsOf(repository);
    this.#index = new Map(this.everybody.map((principal, index) => [principal, index]));
  }

  /** The members of a group at any depth, as indexes; none for one that does not exist. A cycle adds nothing. */
  group(id: string): readonly number[] {
    let known = this.#groups.get(id);
    if (!known) this.#groups.set(id, (known = this.#members(id)));
    return known;
  }

  #members(id: string): number[] {
    const members = new Set<number>();
    for (const group of groupClosure(this.repository, [id])) {
      for (const member of this.repository.groups.get(group)?.value.members ?? [])
        members.add(this.#of(member));
    }
    return [...members];
  }

  #of(principal: string): number {
    return this.#index.get(principalKey(principal))!;
  }

  /** The index of a principal; undefined for one that does not exist. */
  index(principal: string): number | undefined {
    return this.#index.get(principalKey(principal));
  }

  /** Whom a policy's `who` matches. */
  who(who: Policy['who']): PrincipalSet {
    const matched = this.#selection(who);
    if (!who.except) return matched;
    const taken = this.#selection(who.except);
    const without = new Set(taken.members);
    const members = matched.members.filter((member) => !without.has(member));
    return {
      members,
      anyoneElse: matched.anyoneElse && !taken.anyoneElse,
      withoutCertificate: matched.withoutCertificate && !taken.withoutCertificate,
    };
  }

  #selection({ all, groups = [], principals = [], withoutCertificate: unnamed }: Selection): PrincipalSet {
    const withoutCertificate = unnamed === true;
    if (all)
      return { members: this.everybody.map((_, index) => index), anyoneElse: true, withoutCertificate };
    if (groups.length === 1 && principals.length === 0)
      return { members: this.group(groups[0]!), anyoneElse: false, withoutCertificate };
    const named = principals.map((principal) => this.#of(principal));
    return {
      members: [...new Set([...groups.flatMap((id) => this.group(id)), ...named])],
      anyoneElse: false,
      withoutCertificate,
    };
  }
}

/** Every principal of a repository, in lower case and sorted. */
export function principalsOf(repository: Repository): string[] {
  const principals = new Set<string>();
  const add = (names: readonly string[] = []) => names.forEach((name) => principals.add(principalKey(name)));
  for (const { value } of repository.groups.values()) add(value.members);
  for (const { value } of repository.policies.values()) {
    add(value.who.principals);
    add(value.who.except?.principals);
  }
  add(repository.revoked?.value.principals?.map(({ principal }) => principal));
  return [...principals].sort();
}

/** Groups and all groups nested in them, each once. */
export function groupClosure(repository: Repository, ids: readonly string[]): Set<string> {
  const reached = new Set(ids);
  for (const id of reached) {
    for (const nested of repository.groups.get(id)?.value.groups ?? []) reached.add(nested);
  }
  return reached;
}

const machines = new WeakMap<Repository, ReadonlySet<string>>();

/** The members, in lower case, of the groups that say that their members are machines. */
function machineMembers(repository: Repository): ReadonlySet<string> {
  let known = machines.get(repository);
  if (!known) {
    const saying = [...repository.groups.values()]
      .filter(({ value }) => value.machines)
      .map(({ value }) => value.id);
    const groups = [...groupClosure(repository, saying)];
    const members = groups.flatMap((id) => repository.groups.get(id)?.value.members ?? []);
    machines.set(repository, (known = new Set(members.map(principalKey))));
  }
  return known;
}

/**
 * Those of some principals who are machines: in a group that says so on one of the sides, or with a name that is no
 * address, as a machine's certificate has. Absent where all are people.
 */
export function machinesAmong(
  principals: readonly string[],
  sides: readonly Repository[],
): { machines?: string[] } {
  const named = sides.map(machineMembers);
  const found = principals.filter((one) => !one.includes('@') || named.some((some) => some.has(one)));
  return found.length > 0 ? { machines: found } : {};
}

const memberships = new WeakMap<Repository, Membership>();

/** A repository's memberships, worked out once. */
export function membership(repository: Repository): Membership {
  let known = memberships.get(repository);
  if (!known) memberships.set(repository, (known = new Membership(repository)));
  return known;
}

const nested = new WeakMap<Membership, GroupsBySize>();

/** The smallest group that holds all of several principals; undefined for one alone, or where no group does. */
export function smallestGroup(repository: Repository, principals: readonly string[]): string | undefined {
  if (principals.length < 2) return undefined;
  const known = membership(repository);
  const { ids, of } = groupsBySize(known);
  const held = new Uint32Array(ids.length);
  for (const principal of principals) {
    const index = known.index(principal);
    if (index === undefined) return undefined;
    for (const group of of[index] ?? []) held[group]!++;
  }
  return ids[held.indexOf(principals.length)];
}

/** Groups, the smallest first; and by principal the places there of the groups that it is in at any depth. */
interface GroupsBySize {
  ids: readonly string[];
  of: readonly (readonly number[] | undefined)[];
}

function groupsBySize(known: Membership): GroupsBySize {
  let found = nested.get(known);
  if (!found) {
    const list = [...known.repository.groups.keys()].map((id) => ({ id, members: known.group(id) }));
    list.sort((a, b) => a.members.length - b.members.length || (a.id < b.id ? -1 : 1));
    const of = known.everybody.map((): number[] => []);
    list.forEach(({ members }, place) => members.forEach((member) => of[member]!.push(place)));
    nested.set(known, (found = { ids: list.map(({ id }) => id), of }));
  }
  return found;
}
