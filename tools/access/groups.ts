import type { Repository } from '../load/repository.ts';
import { Membership } from './compile.ts';

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
