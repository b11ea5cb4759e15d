import { Book, type SchemaInFile } from './book.ts';
import { code, list } from './markdown.ts';
import { formInWords } from './patterns.ts';
import { countInWords, lengthInWords, rangeInWords } from './sizes.ts';

/** The heading under which the shared forms of text are described. */
export const FORMS = 'Forms of text';

/** Names of shared forms that their key does not say well. */
const NAMES: Readonly<Record<string, string>> = {
  ipv4: 'IPv4 address',
  ipv4Prefix: 'IPv4 prefix',
  socketAddress: 'address with port',
  timeZone: 'time zone',
};

/** What a shared form of text is called; undefined for a definition that is none. */
export function formName(
  definition: string | undefined,
  { type, pattern, format }: SchemaInFile['schema'],
): string | undefined {
  const [file, key = ''] = definition?.split('#') ?? [];
  if (file !== 'common' || type !== 'string' || (pattern ?? format) === undefined) return undefined;
  return NAMES[key] ?? key;
}

/** What a value must be, in plain words: of one such value, or of many in a list. */
export function words(node: SchemaInFile, book: Book, many = false): string {
  const { schema, file, definition } = book.resolve(node);
  const name = formName(definition, schema);
  if (name) return `[${many ? plural(name) : name}](#forms-of-text)`;
  const sub = (part: SchemaInFile['schema'], several: boolean) =>
    words({ file, schema: part }, book, several);
  const union = schema['anyOf'] ?? (Array.isArray(schema['type']) ? typesOf(schema) : undefined);
  if (union) return either(union.map((part: SchemaInFile['schema']) => sub(part, many)));
  if ('const' in schema) return code(JSON.stringify(schema['const']));
  if (schema['enum']) return list(schema['enum'].map(code), 'or');
  switch (schema['type']) {
    case 'array':
      return `${many ? 'lists' : 'list'} of ${arrayInWords(schema, sub(schema['items'], true))}`;
    case 'object':
      return objectInWords(schema, file, book, many);
    case 'integer':
      return `${many ? 'whole numbers' : 'whole number'} ${rangeInWords(schema)}`.trim();
    case 'number':
      return `${many ? 'numbers' : 'number'} ${rangeInWords(schema)}`.trim();
    case 'boolean':
      return EITHER_TRUTH;
    case 'null':
      return '`null`';
    case 'string':
      return textInWords(schema, many);
    default:
      throw new Error(`no words for ${JSON.stringify(schema).slice(0, 200)} in schemas/${file}.schema.json`);
  }
}

function plural(name: string): string {
  return /(x|ss)$/.test(name) ? `${name}es` : `${name}s`;
}

function textInWords(schema: SchemaInFile['schema'], many: boolean): string {
  if (schema['pattern'] ?? schema['format']) return formInWords(schema, many);
  return `${many ? 'texts' : 'text'} ${lengthInWords(schema)}`.trim();
}

const EITHER_TRUTH = '`true` or `false`';

/** A schema of several types, as one schema for each. */
function typesOf(schema: SchemaInFile['schema']): SchemaInFile['schema'][] {
  return schema['type'].map((type: string) => ({ ...schema, type }));
}

function either(parts: readonly string[]): string {
  const all = parts.flatMap((part) => (part === EITHER_TRUTH ? ['`true`', '`false`'] : [part]));
  return all.some((part) => part.includes(',')) ? all.join('; or ') : list(all, 'or');
}

function arrayInWords(schema: SchemaInFile['schema'], items: string): string {
  const count = countInWords(schema);
  // Listed values are chosen from: `any of mon, tue`.
  const all = items.startsWith('`') ? `${count || 'any'} of ${items}` : `${count} ${items}`.trim();
  return schema['uniqueItems'] ? `${all}, none twice` : all;
}

function objectInWords(schema: SchemaInFile['schema'], file: string, book: Book, many: boolean): string {
  const values = schema['additionalProperties'];
  if (typeof values !== 'object') return many ? 'objects' : 'object';
  const names = schema['propertyNames'] ? nameInWords(schema['propertyNames'], book) : 'names';
  const most = schema['maxProperties'];
  return `${many ? 'maps' : 'map'} of ${most ? `at most ${most} ` : ''}${names} to ${words({ file, schema: values }, book, true)}`;
}

/** The names of a map's keys; a reference says nothing about them in JSON Schema, so the pattern is looked up. */
function nameInWords(schema: SchemaInFile['schema'], book: Book): string {
  const shared = Object.entries<SchemaInFile['schema']>(book.root('common').schema['$defs']);
  const same = shared.find(([, { pattern }]) => pattern === schema['pattern'])?.[0];
  const text = same ? { $ref: `#/$defs/${same}` } : { type: 'string', ...schema };
  return words({ file: 'common', schema: text }, book, true);
}
