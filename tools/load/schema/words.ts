import type { Unreadable } from '../../contract/values/reading.ts';
import type { Finding } from '../../finding/finding.ts';
import { didYouMean } from '../../finding/nearest.ts';
import { FORMATS, PATTERNS } from './patterns.ts';
import type { Path } from '../repository.ts';
import { yamlText } from '../yaml/write.ts';
import type { SchemaShape } from './shape.ts';
import { valueMeant } from './synonyms.ts';

/** What a finding says beside where it is. */
export type SchemaFindingWords = Pick<Finding, 'message' | 'expected' | 'found' | 'remedy'>;

/** How a person would name a value: `expect[0].port`. */
export function pathName(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index > 0 ? `.${step}` : step))
    .join('');
}

/** What a shape asks of a value, in words. */
export function expectation(shape: SchemaShape): string {
  if ('const' in shape) return `${JSON.stringify(shape.const)}, or the key left out`;
  if (shape.enum) return `one of ${shape.enum.join(', ')}`;
  return [shape.type ?? 'value']
    .flat()
    .map((type) => BY_TYPE[type]?.(shape) ?? `a ${type}`)
    .join(' or ');
}

const BY_TYPE: Record<string, (shape: SchemaShape) => string> = {
  boolean: () => 'true or false',
  integer: (shape) => `a whole number${range(shape)}`,
  number: (shape) => `a number${range(shape)}`,
  string: textWords,
  array: ({ items, minItems, maxItems }) => {
    const many = [minItems && 'not empty', maxItems && `at most ${maxItems} of them`]
      .filter(Boolean)
      .join(', ');
    return `a list${items?.enum ? ` of ${items.enum.join(', ')}` : ''}${many && `, ${many}`}`;
  },
  object: ({ required = [], properties, maxProperties }) => {
    const keys = required.length > 0 ? required : Object.keys(properties ?? {});
    const most = maxProperties === undefined ? '' : `at most ${maxProperties} `;
    return keys.length > 0 ? `keys and values: ${keys.join(', ')}` : `${most}keys and values`;
  },
};

function textWords({ pattern, format, minLength, maxLength }: SchemaShape): string {
  const form =
    pattern === undefined ? FORMATS[format ?? ''] : (PATTERNS[pattern]?.words ?? `text like ${pattern}`);
  if (form !== undefined) return maxLength === undefined ? form : `${form}, at most ${maxLength} characters`;
  if (maxLength === undefined)
    return minLength === undefined ? 'text' : `text of at least ${minLength} characters`;
  return `text of ${minLength ?? 0} to ${maxLength} characters`;
}

function range({ minimum, exclusiveMinimum, maximum, multipleOf }: SchemaShape): string {
  const multiple = multipleOf === undefined ? '' : `, a multiple of ${multipleOf}`;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}, at most ${maximum}${multiple}`;
  return minimum === undefined ? multiple : ` from ${minimum} to ${maximum}${multiple}`;
}

/** What was found, short. */
export function found(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return Object.keys(value).length === 0 ? '{}' : 'keys and values';
  const text = JSON.stringify(value);
  return text.length <= 64 ? text : `${text.slice(0, 60)}..." (${String(value).length} characters)`;
}

/** What is wrong with a value, by the keyword of the schema that it breaks. */
const WRONG: Record<string, string> = {
  type: 'is of the wrong type',
  enum: 'is not one of the values it can have',
  const: 'can only have one value',
  pattern: 'has the wrong form',
  format: 'has the wrong form',
  minLength: 'is too short',
  maxLength: 'is too long',
  minimum: 'is too small',
  maximum: 'is too large',
  exclusiveMinimum: 'is too small',
  multipleOf: 'is between two of the values it can have',
  minItems: 'is empty',
  maxItems: 'has too many items',
  minProperties: 'is empty',
  maxProperties: 'has too many keys',
};

/** What to do about it, where nothing better can be said. */
const REMEDY: Record<string, string> = {
  minLength: 'write it',
  maxLength: 'shorten it',
  minItems: 'add one',
  maxItems: 'remove some',
  minProperties: 'add one of them',
  maxProperties: 'remove some',
};

/** A value that does not fit. @param name what it is called, in backticks or as `the policy` */
export function misfit(
  keyword: string,
  name: string,
  shape: SchemaShape,
  value: unknown,
): SchemaFindingWords {
  const remedy = value === null ? 'write a value, or remove the key' : REMEDY[keyword];
  return {
    message: `${name} ${WRONG[keyword] ?? 'does not fit'}`,
    expected: expectation(shape),
    found: foundFor(keyword, value),
    ...(remedy !== undefined && { remedy }),
  };
}

/** A value that the reader of its kind refuses, in its words. */
export function misread(
  { reason, remedy, known }: Unreadable,
  name: string,
  shape: SchemaShape,
  value: unknown,
): SchemaFindingWords {
  const todo = (known && didYouMean(String(value), known(), remedy ?? '')) || remedy;
  return {
    message: `${name} ${reason}`,
    expected: expectation(shape),
    found: found(value),
    ...(todo && { remedy: todo }),
  };
}

function foundFor(keyword: string, value: unknown): string {
  return keyword === 'maxProperties' ? String(Object.keys(value as object).length) : found(value);
}

/** What to write in the place of a value. */
export function toWrite(meant: unknown, value: unknown, { enum: values }: SchemaShape): string {
  const text = yamlText(meant);
  if (typeof value === 'string' && values && valueMeant(value, values.map(String)) === undefined)
    return `did you mean \`${text}\`?`;
  if (Array.isArray(meant) && !Array.isArray(value)) return `write a list: ${text}`;
  if (typeof meant === 'string' && String(value) === meant) return `quote it: ${JSON.stringify(meant)}`;
  return typeof meant !== 'string' && value === text ? `write ${text} without quotes` : `write ${text}`;
}
