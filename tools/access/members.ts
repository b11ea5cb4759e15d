import type { Policy, Selection } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';

/** Principals compare in lower case. */
export function principalKey(principal: string): string {
  return principal.toLowerCase();
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

/** Who a policy is about. */
export interface Matched {
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

const memberships = new WeakMap<Repository, Membership>();

/** A repository's memberships, worked out once. */
export function membership(repository: Repository): Membership {
  let known = memberships.get(repository);
  if (!known) memberships.set(repository, (known = new Membership(repository)));
  return known;
}

/** The smallest group that holds all of several principals; undefined for one alone, or where no group does. */
export function smallestGroup(repository: Repository, principals: readonly string[]): string | undefined {
  if (principals.length < 2) return undefined;
  const known = membership(repository);
  let best: { id: string; size: number } | undefined;
  for (const id of repository.groups.keys()) {
    const members = known.group(id);
    if (members.size < principals.length || (best && members.size >= best.size)) continue;
    if (principals.every((principal) => members.has(principal))) best = { id, size: members.size };
  }
  return best?.id;
}
