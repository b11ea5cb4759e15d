import { groupClosure, membership, principalKey } from '../../../tools/access/values/membership.ts';
import type { Repository } from '../../../tools/load/repository.ts';

/** By principal, in lower case: the groups that it is in at any depth, sorted. */
const known = new WeakMap<Repository, ReadonlyMap<string, readonly string[]>>();

/** The groups that a principal is in, at any depth. */
export function groupsOf(repository: Repository, principal: string): string[] {
  let all = known.get(repository);
  if (!all) known.set(repository, (all = memberships(repository)));
  return [...(all.get(principalKey(principal)) ?? [])];
}

function memberships(repository: Repository): ReadonlyMap<string, readonly string[]> {
  const members = membership(repository);
  const all = new Map<string, string[]>();
  for (const id of repository.groups.keys())
    for (const index of members.group(id)) {
      const name = members.everybody[index]!;
      const groups = all.get(name);
      if (groups) groups.push(id);
      else all.set(name, [id]);
    }
  return all;
}

/** Groups that contain a group at any depth, sorted. */
export function parentsOf(repository: Repository, id: string): string[] {
  return [...repository.groups.keys()].filter(
    (other) => other !== id && groupClosure(repository, [other]).has(id),
  );
}

/** Whether a person is in one of some groups at any depth. */
export function isInOneOf(repository: Repository, principal: string, groups: readonly string[]): boolean {
  const own = groupsOf(repository, principal);
  return groups.some((id) => own.includes(id));
}
