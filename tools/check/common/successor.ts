import type { RepositoryFile, Repository } from '../../load/repository.ts';

type Files<T> = ReadonlyMap<string, RepositoryFile<T & { id: string; previously?: string }>>;

/**
 * What a service or a group is called now that has gone: the one that says so by `previously`, or the only new one
 * that is the same but for its id. Undefined where there is none, or several.
 * @param before what the repository was before; without it only `previously` tells
 */
export function renamedTo(
  repository: Repository,
  before: Repository | undefined,
  kind: string,
  id: string,
): string | undefined {
  if (kind === 'service')
    return successor(repository.services, before?.services, id, ({ virtualIp }) => virtualIp);
  if (kind !== 'group') return undefined;
  return successor(repository.groups, before?.groups, id, ({ members = [], groups = [] }) =>
    members.length + groups.length === 0 ? undefined : [...members, ...groups].sort().join(),
  );
}

function successor<T>(
  now: Files<T>,
  before: Files<T> | undefined,
  id: string,
  sameness: (value: T) => string | undefined,
): string | undefined {
  const stated = [...now.values()].filter(({ value }) => value.previously === id);
  const was = before?.get(id);
  const mark = was && sameness(was.value);
  const alike = [...now.values()].filter(
    ({ value }) => !before?.has(value.id) && mark !== undefined && sameness(value) === mark,
  );
  const [only, ...others] = stated.length > 0 ? stated : alike;
  return others.length === 0 ? only?.value.id : undefined;
}
