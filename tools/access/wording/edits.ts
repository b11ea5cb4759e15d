import type { Revoked } from '../../contract/shapes.ts';
import type { Repository, RepositoryFile, Path } from '../../load/repository.ts';

/** One value that is on one side only. */
export interface Edit {
  /** What was edited: `policy/<id>`, `group/<id>`, `service/<id>`, `environment/<id>`, `connector/<env>/<id>`, `revoked`. */
  subject: string;
  side: 'before' | 'after';
  file: string;
  path: Path;
  value: unknown;
  line(): number;
}

/** Keys that say nothing about access. */
const SILENT = new Set(['id', 'previously', 'description', 'owner', 'ticket', 'machines']);

/** Every edit between two repositories that can change access, by subject. */
export function editsBetween(before: Repository, after: Repository): Map<string, Edit[]> {
  const edits = new Map<string, Edit[]>();
  const compare = (
    kind: string,
    a: ReadonlyMap<string, RepositoryFile<unknown>> = new Map(),
    b: typeof a = new Map(),
  ) => {
    for (const id of new Set([...a.keys(), ...b.keys()])) {
      // One file, read once for both sides.
      if (a.get(id) === b.get(id)) continue;
      const found = editsOf(`${kind}/${id}`, a.get(id), b.get(id));
      if (found.length > 0) edits.set(`${kind}/${id}`, found);
    }
  };
  compare('policy', before.policies, after.policies);
  compare('group', before.groups, after.groups);
  compare('service', before.services, after.services);
  compare('environment', before.environments, after.environments);
  const revoked = editsOf('revoked', withEveryList(before.revoked), withEveryList(after.revoked));
  if (revoked.length > 0) edits.set('revoked', revoked);
  for (const id of new Set([...before.environments.keys(), ...after.environments.keys()])) {
    compare(
      `connector/${id}`,
      before.environments.get(id)?.connectors,
      after.environments.get(id)?.connectors,
    );
  }
  return edits;
}

/** The file with its lists, so that what was added to one that was not there is an item too. */
function withEveryList(file: RepositoryFile<Revoked> | undefined): RepositoryFile<unknown> {
  const place = file ? file.place : () => ({ file: '', line: 1, column: 1 });
  return {
    file: file?.file ?? '',
    place,
    value: { principals: [], cas: [], certificates: [], ...file?.value },
  };
}

function editsOf(
  subject: string,
  before: RepositoryFile<unknown> | undefined,
  after: RepositoryFile<unknown> | undefined,
): Edit[] {
  const edit = (side: Edit['side'], loaded: RepositoryFile<unknown>, path: Path, value: unknown): Edit => ({
    subject,
    side,
    file: loaded.file,
    path,
    value,
    line: () => loaded.place(path).line,
  });
  if (!before || !after) {
    const [side, loaded] = after ? (['after', after] as const) : (['before', before!] as const);
    return [edit(side, loaded, [], loaded.value)];
  }
  return differing(before.value, after.value, []).map(([side, path, value]) =>
    edit(side, side === 'before' ? before : after, path, value),
  );
}

type OneSidedValue = [side: 'before' | 'after', path: Path, value: unknown];

/** Values that are on one side only; a list is compared as a set. */
function differing(before: unknown, after: unknown, path: Path): OneSidedValue[] {
  if (alike(before, after)) return [];
  if (before === undefined) return [['after', path, after]];
  if (after === undefined) return [['before', path, before]];
  if (Array.isArray(before) && Array.isArray(after)) return differingItems(before, after, path);
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys]
      .filter((key) => path.length > 0 || !SILENT.has(key))
      .flatMap((key) => differing(before[key], after[key], [...path, key]));
  }
  return [
    ['before', path, before],
    ['after', path, after],
  ];
}

function differingItems(before: readonly unknown[], after: readonly unknown[], path: Path): OneSidedValue[] {
  const only = (
    side: 'before' | 'after',
    items: readonly unknown[],
    others: readonly unknown[],
  ): OneSidedValue[] => {
    const known = new Set(others.map((other) => JSON.stringify(other)));
    return items.flatMap((item, index) =>
      known.has(JSON.stringify(item)) ? [] : [[side, [...path, index], item]],
    );
  };
  return [...only('before', before, after), ...only('after', after, before)];
}

/** Whether two values say the same: keys in any order, items in theirs. */
function alike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => alike(item, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && alike(a[key], b[key]))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
