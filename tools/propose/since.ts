import { membership } from '../access/values/membership.ts';
import type { Policy } from '../contract/shapes.ts';
import { commitsOf } from '../git/dates.ts';
import { memoryCache } from '../load/cache.ts';
import { loadRevision, type LoadResult } from '../load/load.ts';
import type { Repository } from '../load/repository.ts';

/** Since when somebody has been given what a policy gives, without a break; `atLeast` where history was not read, or not readable, further back. */
export interface GivenSince {
  date: string;
  atLeast: boolean;
}

/** By policy and principal. */
export type GivenSinces = ReadonlyMap<string, ReadonlyMap<string, GivenSince>>;

/** How many changes of groups and policies are looked back through: each is a whole repository, though of few new files. */
export const MOST_CHANGES = 300;

/** Of what access is made: whom groups have, and what policies say. */
const FOLDERS = ['policies/groups', 'policies/access'];

/**
 * Since when each principal has been given what policies give now: by the groups and policies of each commit before, as far as
 * a policy of the same id, for the same services or more, was about the same principal. Conditions and dates do not count.
 * @param ids of the policies asked about @param most how many changes are looked at
 * @returns nothing in a shallow clone
 */
export async function givenSince(
  root: string,
  commit: string,
  { repository }: LoadResult,
  ids: readonly string[],
  most = MOST_CHANGES,
): Promise<GivenSinces> {
  const changes = await commitsOf(root, commit, FOLDERS, most + 1);
  const found = new Map(ids.map((id) => [id, new Map<string, GivenSince>()]));
  const open = new Map(ids.map((id) => [id, audienceOf(repository, id)]));
  let date = changes[0]?.date;
  if (date === undefined) return new Map();
  const settle = (id: string, principals: Iterable<string>, atLeast: boolean): void => {
    for (const one of principals) {
      found.get(id)!.set(one, { date: date!, atLeast });
      open.get(id)!.delete(one);
    }
  };
  const cache = memoryCache();
  let isWhole = changes.length <= most;
  for (const older of changes.slice(1, most)) {
    if ([...open.values()].every(({ size }) => size === 0)) break;
    const { repository: then, findings } = await loadRevision(root, older.commit, cache);
    // What cannot be read any more says nothing of whom it was about.
    if (findings.some(({ severity }) => severity === 'error')) {
      isWhole = false;
      break;
    }
    for (const [id, principals] of open) {
      if (principals.size === 0) continue;
      const before = gaveAsMuch(then, repository, id) ? audienceOf(then, id) : new Set<string>();
      settle(
        id,
        [...principals].filter((one) => !before.has(one)),
        false,
      );
    }
    ({ date } = older);
  }
  for (const [id, principals] of open) settle(id, [...principals], !isWhole);
  return found;
}

/** Whoever a policy is about, by name. */
function audienceOf(repository: Repository, id: string): Set<string> {
  const policy = repository.policies.get(id)?.value;
  if (!policy) return new Set();
  const members = membership(repository);
  return new Set(members.who(policy.who).members.map((index) => members.everybody[index]!));
}

/** Whether a policy gave then what it gives now, or more. */
function gaveAsMuch({ policies }: Repository, { policies: current }: Repository, id: string): boolean {
  const [then, now] = [policies.get(id)?.value, current.get(id)?.value];
  if (!then || !now || then.effect !== now.effect) return false;
  const [before, after] = [then.what, now.what];
  if (before.all) return true;
  const named = new Set(before.services);
  return rest(before) === rest(after) && (after.services ?? []).every((one) => named.has(one));
}

/** What a policy says of services beside their names. */
function rest({ services: _, ...others }: Policy['what']): string {
  return JSON.stringify(others);
}
