import type { ErrorObject } from 'ajv';
import type { Kind } from '../../contract/kinds.ts';
import { nearest } from '../../finding/nearest.ts';
import type { Path } from '../repository.ts';
import { shapeAt } from './shape.ts';
import { keyMeant } from './synonyms.ts';

/** Keywords that make one part of an object depend on another. */
export type ConditionKeyword = 'oneOf' | 'if' | 'dependentSchemas' | 'dependentRequired';

/** One complaint of the validator, with what is needed to tell whether it is a fault of its own. */
export interface Complaint {
  error: ErrorObject;
  /** Where the value is of which it complains. */
  at: Path;
  /** The object whose keys it is about. */
  owner: Path;
  /** The key that is missing, unknown or refused. */
  key?: string;
  /** The condition that asks for it, outermost. */
  condition?: ConditionKeyword;
  /** The key whose presence brings the condition about. */
  trigger?: string;
  /** For an unknown key: the absent one that was meant. */
  meant?: string;
}

const CONDITIONS: Record<string, ConditionKeyword> = {
  oneOf: 'oneOf',
  then: 'if',
  else: 'if',
  dependentSchemas: 'dependentSchemas',
  dependentRequired: 'dependentRequired',
};

/** Complaints beyond this many are not looked at: each is compared with each, and far fewer are listed. */
const MOST = 1000;

/** The validator's complaints that are faults of their own: of one fault it often says five things. */
export function faultsOf(errors: readonly ErrorObject[], value: unknown, kind: Kind): Complaint[] {
  const all = errors
    .filter(isOutermost)
    .slice(0, MOST)
    .map((error) => wrongOf(error, value, kind));
  return all
    .filter((one) => !followsFrom(one, all, kind) && !isStrewn(one, all, value, kind))
    .filter(firstAtItsPlace());
}

/** Whether an unknown key is an item of the list beside it, which lacks its brackets: `{ days: mon, tue }`. */
function isStrewn(one: Complaint, all: readonly Complaint[], root: unknown, kind: Kind): boolean {
  if (one.error.keyword !== 'additionalProperties') return false;
  const lists = all.filter(
    ({ error, at }) => error.keyword === 'type' && sameAs(at.slice(0, -1), one.owner) && at.length > 0,
  );
  return lists.some(({ at }) => strewnItems(root, at, kind).includes(one.key!));
}

/** The items of a list without brackets that stand between the same braces as keys without values. */
export function strewnItems(root: unknown, at: Path, kind: Kind): string[] {
  const [owner, first] = [at.slice(0, -1), valueAt(root, at)];
  const isList = [shapeAt(kind, at).type].flat().includes('array');
  if (typeof at.at(-1) !== 'string' || !isList || typeof first === 'object') return [];
  const known = shapeAt(kind, owner).properties ?? {};
  const given = valueAt(root, owner) as object;
  const lists = Object.entries(given).filter(
    ([key, value]) =>
      typeof value !== 'object' && [shapeAt(kind, [...owner, key]).type].flat().includes('array'),
  );
  // Of which of two such lists an item is, nobody but the author can tell.
  if (lists.length > 1) return [];
  return Object.entries(given)
    .filter(([key, value]) => value === null && !Object.hasOwn(known, key))
    .map(([key]) => key);
}

/** Not of one alternative of several, and not a summary of what is said beside it. */
export function isOutermost({ keyword, schemaPath }: ErrorObject): boolean {
  return keyword !== 'if' && keyword !== 'propertyNames' && !/\/oneOf\/\d/.test(schemaPath);
}

function wrongOf(error: ErrorObject, root: unknown, kind: Kind): Complaint {
  const { keyword, params, schemaPath, instancePath } = error;
  const at = pathOf(instancePath, root);
  const refused = keyword === 'false schema';
  const owner = refused ? at.slice(0, -1) : at;
  const key = refused ? String(at.at(-1)) : (params['missingProperty'] ?? params['additionalProperty']);
  const steps = schemaPath.split('/').slice(1);
  const first = steps.findIndex((step, index) => step in CONDITIONS && steps[index - 1] !== 'properties');
  const condition = CONDITIONS[steps[first] ?? ''];
  const trigger = condition === 'dependentSchemas' ? steps[first + 1] : params['property'];
  const meant = keyword === 'additionalProperties' ? meantKey(key, owner, root, kind) : undefined;
  return {
    error,
    at,
    owner,
    ...(key !== undefined && { key }),
    ...(condition && { condition }),
    ...(trigger !== undefined && { trigger }),
    ...(meant !== undefined && { meant }),
  };
}

/** The path of a JSON pointer into a value; an index of a list is a number. */
export function pathOf(pointer: string, root: unknown): Path {
  let value = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(value) ? Number(key) : key;
      value = (value as Record<string, unknown>)[key];
      return step;
    });
}

function meantKey(key: string, owner: Path, root: unknown, kind: Kind): string | undefined {
  const given = valueAt(root, owner) as object;
  const absent = Object.keys(shapeAt(kind, owner).properties ?? {}).filter(
    (one) => !Object.hasOwn(given, one),
  );
  return keyMeant(key, absent) ?? nearest(key, absent);
}

/** The value at a path, undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<string | number, unknown> | undefined)?.[step],
    root,
  );
}

/** Whether a complaint would go away if another were fixed. */
function followsFrom(one: Complaint, all: readonly Complaint[], kind: Kind): boolean {
  const beside = all.filter((other) => other !== one && sameAs(other.owner, one.owner));
  if (isRefused(one)) return saidBetter(one, beside) || depends(one, all, kind);
  if (all.some((other) => isRefused(other) && begins(one.at, other.at) && !followsFrom(other, all, kind)))
    return true;
  const misspelt = beside.map(({ meant }) => meant);
  if (isMissing(one)) return misspelt.includes(one.key) || saidBetter(one, beside) || depends(one, all, kind);
  if (one.error.keyword !== 'oneOf') return false;
  const misfit = beside.some(({ error, at }) => error.keyword === 'type' && sameAs(at, one.at));
  const nested = one.trigger !== undefined && beside.some(({ error }) => error.schemaPath === '#/oneOf');
  // A key that is out of place is not asked what else it needs.
  const misplaced =
    one.trigger !== undefined && beside.some((other) => isMisplaced(other) && other.trigger !== one.trigger);
  return misfit || nested || misplaced || alternatives(one, kind).some((key) => misspelt.includes(key));
}

/** Whether a key needs another that is not there. */
function isMisplaced({ error: { keyword }, condition }: Complaint): boolean {
  return keyword === 'required' && condition === 'dependentSchemas';
}

function isRefused({ error: { keyword } }: Complaint): boolean {
  return keyword === 'false schema';
}

function isMissing({ error: { keyword } }: Complaint): boolean {
  return keyword === 'required' || keyword === 'dependentRequired';
}

/** A choice not made says more than what each alternative asks for; a key out of place more than what it lacks. */
function saidBetter({ condition, trigger }: Complaint, beside: readonly Complaint[]): boolean {
  if (condition === undefined) return false;
  const choice = beside.some(
    ({ error, trigger: about }) =>
      error.keyword === 'oneOf' &&
      (about === undefined || (condition === 'dependentSchemas' && about === trigger)),
  );
  const order =
    condition === 'dependentRequired' &&
    beside.some((other) => other.condition === 'dependentSchemas' && other.trigger !== trigger);
  return choice || order;
}

/** Whether it was asked for because of a key that is itself wrong. */
function depends({ condition, owner }: Complaint, all: readonly Complaint[], kind: Kind): boolean {
  if (condition !== 'if') return false;
  const asked = Object.keys(shapeAt(kind, owner).if?.properties ?? {});
  return all.some((other) => {
    const about = sameAs(other.owner, owner)
      ? (other.meant ?? (other.condition ? undefined : other.key))
      : undefined;
    return asked.some((key) => about === key || sameAs(other.at, [...owner, key]));
  });
}

/** The keys of which an object must have exactly one. */
export function alternatives({ owner, trigger }: Complaint, kind: Kind): string[] {
  const shape = shapeAt(kind, owner);
  const choice = trigger === undefined ? shape : shape.dependentSchemas?.[trigger];
  return (choice?.oneOf ?? []).flatMap(({ required = [] }) => required);
}

function sameAs(a: Path, b: Path): boolean {
  return a.length === b.length && begins(a, b);
}

function begins(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}

/** One complaint for each place: a text that has the wrong form and names no date needs no second finding. */
function firstAtItsPlace(): (wrong: Complaint) => boolean {
  const seen = new Set<string>();
  return ({ at, key, error: { keyword, params, propertyName } }) => {
    const item = keyword === 'uniqueItems' ? Math.max(params['i'], params['j']) : undefined;
    const about = keyword === 'false schema' ? undefined : (key ?? propertyName ?? item);
    const place = JSON.stringify(about === undefined ? at : [...at, about]);
    return seen.has(place) ? false : seen.add(place) && true;
  };
}
