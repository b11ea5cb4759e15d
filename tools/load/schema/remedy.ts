import type { ValueEdit, Path } from '../repository.ts';
import { yamlText } from '../yaml/write.ts';
import { meantAt, withAt, type ValueInFile } from './meant.ts';
import { shapeAt } from './shape.ts';
import { daysMeant } from './synonyms.ts';
import { toWrite } from './words.ts';
import { strewnItems, valueAt } from './wrong.ts';

/** What to do about a fault; with the edits that do it, where only one thing can be meant. */
export interface Remedy {
  remedy: string;
  edits?: readonly ValueEdit[];
}

/** What to write for a value that does not fit; undefined where that cannot be told. */
export function valueRemedy(value: ValueInFile, path: Path): Remedy | undefined {
  const better = allMeant(value, path) ?? bracketed(value, path);
  if (better) return better;
  // Of an item that says several, as `mon-fri` does, the list is written anew.
  const several = typeof path.at(-1) === 'number' && daysMeant(String(valueAt(value.root, path)));
  const meant = meantAt(value, several && several.length > 1 ? path.slice(0, -1) : path);
  if (!meant) return undefined;
  const text = yamlText(meant.value);
  const write = toWrite(meant.value, valueAt(value.root, meant.path), shapeAt(value.file.kind, meant.path));
  if (meant.or !== undefined) return { remedy: `${write}, ${meant.or}` };
  return { remedy: write, edits: [{ path: meant.path, write: text }] };
}

/** The list that `{ days: mon, tue }` means; what is between the braces is written anew. */
function bracketed(value: ValueInFile, path: Path): Remedy | undefined {
  const more = strewnItems(value.root, path, value.file.kind);
  if (more.length === 0) return undefined;
  const owner = path.slice(0, -1);
  const between = (list: unknown): object =>
    Object.fromEntries(
      Object.entries(valueAt(value.root, owner) as object)
        .filter(([key]) => !more.includes(key))
        .map(([key, given]) => [key, key === path.at(-1) ? list : given]),
    );
  const list = between([valueAt(value.root, path), ...more]);
  const meant = meantAt({ ...value, root: withAt(value.root, owner, list) }, path);
  if (!meant || meant.or !== undefined) return undefined;
  const edits = [{ path: owner, write: yamlText(between(meant.value)) }];
  return { remedy: `write a list: ${yamlText(meant.value)}`, edits };
}

/** Keys without which everything of their kind is meant. */
const ALL_WITHOUT = ['ports', 'environments', 'days', 'from'];

const EVERYTHING = ['*', 'all', 'any', 'everyone', 'everybody', 'anyone', 'everything'];

/** All ports, where they must be named. */
const EVERY_PORT = '[1-65535]';

/** Removes a key, and with the only one the object that has nothing else to say. */
function withoutKey(root: unknown, list: Path): Remedy {
  const owner = list.slice(0, -1);
  const alone = owner.length > 0 && Object.keys(valueAt(root, owner) as object).length === 1;
  const path = alone ? owner : list;
  const says = alone ? `remove \`${path.at(-1)}\`, which says nothing else` : `remove \`${path.at(-1)}\``;
  return { remedy: `${says}: without it all are meant`, edits: [{ path, remove: true }] };
}

/** What to write for `"*"`: `all: true` where that is a key, and nothing where nothing means all. */
function allMeant({ file: { kind }, root }: ValueInFile, at: Path): Remedy | undefined {
  const list = typeof at.at(-1) === 'number' ? at.slice(0, -1) : at;
  const found = valueAt(root, list);
  const [only] = Array.isArray(found) && found.length === 1 ? (found as unknown[]) : [found];
  const takes = (path: Path): boolean => Object.hasOwn(shapeAt(kind, path).properties ?? {}, 'all');
  if (takes(at) && EVERYTHING.includes(String(only).toLowerCase()))
    return { remedy: 'write { all: true }', edits: [{ path: at, write: '{ all: true }' }] };
  if (list.length === 0) return undefined;
  const [owner, key] = [list.slice(0, -1), String(list.at(-1))];
  // `any` may be the id of a service or a group, and is no port and no address.
  const words = ['ports', 'from'].includes(key) ? EVERYTHING : ['*'];
  if (!words.includes(String(only).toLowerCase())) return undefined;
  if (shapeAt(kind, owner).required?.includes(key))
    return key === 'ports'
      ? { remedy: `write ${EVERY_PORT}`, edits: [{ path: list, write: EVERY_PORT }] }
      : undefined;
  if (ALL_WITHOUT.includes(key)) return withoutKey(root, list);
  if (takes(owner) && !Object.hasOwn(valueAt(root, owner) as object, 'all'))
    return {
      remedy: `write \`all: true\` in place of \`${key}\``,
      edits: [{ path: list, pair: 'all: true' }],
    };
  return undefined;
}

/** What to do about a key that is called otherwise, with its value where that does not fit the right key either. */
export function keyRemedy({ file, root, around, tries }: ValueInFile, path: Path, key: string): Remedy {
  const owner = path.slice(0, -1);
  const { [String(path.at(-1))]: given, ...rest } = valueAt(root, owner) as Record<string, unknown>;
  const renamed = { file, around, tries, root: withAt(root, owner, { ...rest, [key]: given }) };
  const at = [...owner, key];
  const name: ValueEdit = { path, target: 'key', write: key };
  const says = `did you mean \`${key}\`?`;
  const inside = allMeant(renamed, at);
  if (inside) return { remedy: `${says} ${inside.remedy}`, edits: pairOf(path, inside, name) };
  const meant = meantAt(renamed, at);
  if (!meant || meant.or !== undefined) return { remedy: says };
  if (meant.value === given) return { remedy: says, edits: [name] };
  const text = yamlText(meant.value);
  return { remedy: `${says} write \`${key}: ${text}\``, edits: [name, { path, write: text }] };
}

/** The edits of a value under its right key, made under the wrong one. */
function pairOf(path: Path, { edits = [] }: Remedy, name: ValueEdit): ValueEdit[] {
  const [edit] = edits;
  return edit && 'write' in edit ? [name, { ...edit, path }] : edit ? [{ ...edit, path }] : [];
}
