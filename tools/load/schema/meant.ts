import type { ErrorObject } from 'ajv';
import type { KindOfFile } from '../../contract/kinds.ts';
import { unreadable } from '../../contract/values/kinds.ts';
import { nearest } from '../../finding/nearest.ts';
import type { Path } from '../repository.ts';
import { fixed } from './patterns.ts';
import { shapeAt, type SchemaShape } from './shape.ts';
import { daysMeant, valueMeant } from './synonyms.ts';
import { isOutermost, pathOf, valueAt } from './wrong.ts';

/** What else is known of the repository while one file is read. */
export interface Surroundings {
  /** The owners that guardrails.yaml lists; empty where that cannot be read. */
  owners(): readonly string[];
}

export const NOTHING_AROUND: Surroundings = { owners: () => [] };

/** A file's value, and what it must be. */
export interface ValueInFile {
  file: KindOfFile;
  root: unknown;
  around: Surroundings;
  /** How many values may still be looked for: each costs a look at the whole file. */
  tries: { left: number };
}

/** Bytes of files that are looked at for one file's remedies: beyond, findings have words alone. */
const LOOKED_AT = 2 ** 21;

/** How many remedies are worked out for a file: for each of a small one, for some of one that is all faults. */
export function triesFor(text: string): ValueInFile['tries'] {
  return { left: Math.min(100, Math.ceil(LOOKED_AT / (text.length + 1))) };
}

/** A correction leads to another, as a text becomes a list whose items then have another form; never more often. */
const STEPS = 4;

/** A value that may be meant. */
interface Guess {
  value: unknown;
  /** What else may be: then nobody but the author can tell. */
  or?: string;
}

/** The value that is meant by another. */
export interface Meant extends Guess {
  /** Where it is written: at the path asked for. */
  path: Path;
}

/**
 * The value that was meant by one that does not fit, where only one can be: with it, nothing at that path is wrong.
 * Every step is a guess, and the schema judges the whole.
 */
export function meantAt({ file, root, around, tries }: ValueInFile, path: Path): Meant | undefined {
  if (tries.left-- <= 0) return undefined;
  let now = root;
  let or: string | undefined;
  for (let step = 0; step < STEPS; step++) {
    const errors = errorsAt(file, now, path);
    if (errors.length === 0) return { path, value: valueAt(now, path), ...(or !== undefined && { or }) };
    for (const error of errors) {
      const at = pathOf(error.instancePath, now);
      const better = guess({ file, root: now, around, tries }, at, error);
      if (better !== undefined) {
        now = withAt(now, at, better.value);
        or ??= better.or;
      } else {
        const list = expanded(file, now, at);
        if (list === undefined || at.length <= path.length) return undefined;
        now = withAt(now, at.slice(0, -1), list);
        break;
      }
    }
  }
  return undefined;
}

/** Whether nothing at a path is wrong with another value there. */
export function fits(
  { file, root }: Pick<ValueInFile, 'file' | 'root'>,
  path: Path,
  value: unknown,
): boolean {
  return errorsAt(file, withAt(root, path, value), path).length === 0;
}

/** What is wrong at a path or below it, once for each place. */
function errorsAt({ validate }: KindOfFile, root: unknown, path: Path): ErrorObject[] {
  if (validate(root)) return [];
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const here = (validate.errors ?? []).filter(
    (error) =>
      isOutermost(error) && (error.instancePath === pointer || error.instancePath.startsWith(`${pointer}/`)),
  );
  const seen = new Set<string>();
  return here.filter(({ instancePath }) => !seen.has(instancePath) && seen.add(instancePath));
}

/** A value in place of another, the rest shared. */
export function withAt(root: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const inner = withAt((root as Record<string | number, unknown>)[step], rest, value);
  if (!Array.isArray(root)) return { ...(root as object), [step]: inner };
  return root.map((item, index) => (index === step ? inner : item));
}

function guess(value: ValueInFile, at: Path, error: ErrorObject): Guess | undefined {
  const found = valueAt(value.root, at);
  if (error.keyword === 'format' && typeof found === 'string') {
    const { fix, remedy: or } = unreadable(error.params['format'], found) ?? {};
    if (fix !== undefined) return { value: fix, ...(or !== undefined && { or }) };
  }
  const better = likely(value, at, found);
  return better === undefined ? undefined : { value: better };
}

function likely(value: ValueInFile, at: Path, found: unknown): unknown {
  const shape = shapeAt(value.file.kind, at);
  const types = [shape.type ?? []].flat();
  if (types.includes('array') && !Array.isArray(found)) return listOf(shape, found);
  if (typeof found === 'object') return rangeOf(types, found);
  if (typeof found !== 'string') return types.includes('string') ? String(found) : undefined;
  return (
    wordMeant(shape, found) ?? unquoted(found, types, shape) ?? textMeant(shape, found, at, value.around)
  );
}

/** A list of what a single value says: parts between commas, and days from one to another. */
function listOf({ items }: SchemaShape, found: unknown): unknown[] | undefined {
  if (found === null || found === '*') return undefined;
  if (typeof found !== 'string') return [found];
  const parts = found
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.flatMap((part) => (items?.enum?.includes('mon') ? (daysMeant(part) ?? part) : part));
}

/** A list with several days in the place of an item that says them in one. */
function expanded({ kind }: KindOfFile, root: unknown, at: Path): unknown[] | undefined {
  const [list, item] = [valueAt(root, at.slice(0, -1)), valueAt(root, at)];
  const days =
    typeof item === 'string' && shapeAt(kind, at).enum?.includes('mon') ? daysMeant(item) : undefined;
  if (!days || !Array.isArray(list)) return undefined;
  return [...new Set(list.flatMap((one) => (one === item ? days : [one])))];
}

/** The two ends of a range, by what people call them. */
const ENDS = [
  ['from', 'to'],
  ['start', 'end'],
  ['first', 'last'],
  ['min', 'max'],
] as const;

/** `9000-9010` for keys and values that say it. */
function rangeOf(types: readonly string[], found: unknown): string | undefined {
  if (!types.includes('string') || found === null || Array.isArray(found)) return undefined;
  const given = found as Record<string, unknown>;
  const ends = ENDS.find((pair) => Object.keys(given).length === 2 && pair.every((end) => end in given));
  return ends && `${given[ends[0]]}-${given[ends[1]]}`;
}

function wordMeant({ enum: values }: SchemaShape, found: string): string | undefined {
  if (!values) return undefined;
  const words = values.map(String);
  return valueMeant(found, words) ?? nearest(found, words);
}

/** The number or truth that a text holds. */
function unquoted(found: string, types: readonly string[], shape: SchemaShape): number | boolean | undefined {
  const number =
    (types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(found.trim());
  if (number) return Number(found);
  if (!types.includes('boolean') && shape.const !== true) return undefined;
  if (/^(true|yes|y|on)$/i.test(found)) return true;
  return /^(false|no|n|off)$/i.test(found) && types.includes('boolean') ? false : undefined;
}

function textMeant(
  shape: SchemaShape,
  found: string,
  at: Path,
  { owners }: Surroundings,
): string | undefined {
  // A person or another organization's team has no team's id in it that could be meant.
  if (at.at(-1) === 'owner') {
    const team = found
      .trim()
      .toLowerCase()
      .replace(/^@?([a-z0-9-]+\/)?/, '')
      .replace(/[\s_]+/g, '-');
    return owners().includes(team) ? team : undefined;
  }
  return shape.pattern === undefined ? undefined : fixed(shape.pattern, found);
}
