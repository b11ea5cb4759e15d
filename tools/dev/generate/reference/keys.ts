import type { JsonSchema } from '../schemas.ts';
import { Book, type SchemaInFile } from './book.ts';
import { conditions, dependent } from './conditions.ts';
import { formName, words } from './words.ts';

/** One key of a file, as a row of its table. */
export interface Key {
  /** From the file's root: `when.hours`, `expect[].port`, `components.*.size`. */
  path: string;
  type: string;
  required: 'yes' | 'no' | 'depends';
  /** What holds when it is omitted, where its description says so; else empty. */
  fallback: string;
  description: string;
}

/** Where a definition's keys are listed: in which file's section, and under which path (empty for its root). */
export interface KeyPlace {
  file: string;
  path: string;
}

/**
 * Every key of an object and of the objects in it, each once: an object whose keys are listed already is only
 * pointed to.
 * @param listed definition to where it is listed; what is listed here is added
 */
export function keysOf(
  node: SchemaInFile,
  book: Book,
  listed: Map<string, KeyPlace>,
  section: string,
  prefix = '',
): Key[] {
  const { schema, file } = book.resolve(node);
  const sometimes = dependent(schema);
  return Object.entries<JsonSchema>(schema['properties'] ?? {}).flatMap(([name, property]) => {
    const child = book.resolve({ file, schema: property });
    const path = prefix ? `${prefix}.${name}` : name;
    const inner = innerObject(child, book, path);
    const before = inner?.node.definition ? listed.get(inner.node.definition) : undefined;
    const required = schema['required']?.includes(name) ? 'yes' : sometimes.has(name) ? 'depends' : 'no';
    const text = description(path, child, book, inner?.node, before);
    const key: Key = {
      path,
      type: words(child, book) + (before ? pointer(before, section) : ''),
      required,
      fallback: fallback(text),
      description: text,
    };
    if (!inner || before) return [key];
    if (inner.node.definition) listed.set(inner.node.definition, { file: section, path: inner.path });
    return [key, ...keysOf(inner.node, book, listed, section, inner.path)];
  });
}

/** The object with keys that a value is, or that its items or values are, and the path to it. */
function innerObject(
  node: SchemaInFile,
  book: Book,
  path: string,
): { node: SchemaInFile; path: string } | undefined {
  const { schema, file } = node;
  const sub = (part: JsonSchema, suffix: string) =>
    innerObject(book.resolve({ file, schema: part }), book, path + suffix);
  if (schema['properties']) return { node, path };
  if (schema['items']) return sub(schema['items'], '[]');
  if (typeof schema['additionalProperties'] === 'object') return sub(schema['additionalProperties'], '.*');
  const [found] = (schema['anyOf'] ?? []).flatMap((part: JsonSchema) => sub(part, '') ?? []);
  return found;
}

function pointer({ file, path }: KeyPlace, section: string): string {
  const place = file === section ? '' : `${path ? ' of ' : ' '}[${title(file)}](#${file})`;
  return path ? `, keys as in \`${path}\`${place}` : `, keys as in${place}`;
}

/** `access-test` -> `Access test` */
export function title(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1).replaceAll('-', ' ');
}

/** A key's own words, those of the objects in it, and what these demand of their keys together. */
function description(
  path: string,
  node: SchemaInFile,
  book: Book,
  inner?: SchemaInFile,
  before?: KeyPlace,
): string {
  const each = inner && inner.schema !== node.schema ? inner.schema['description'] : undefined;
  const demands = inner && !before ? conditions(inner.schema) : [];
  return [...new Set([ownWords(path, node, book), each, ...demands])].filter(Boolean).join(' ');
}

/** A form of text has its own table: its words are repeated only by a key of its name, such as `id`. */
function ownWords(path: string, { schema, definition }: SchemaInFile, book: Book): string | undefined {
  const shared =
    formName(definition, schema) && book.root('common').schema['$defs'][definition!.split('#')[1]!];
  return shared?.description === schema['description'] && path !== formName(definition, schema)
    ? undefined
    : schema['description'];
}

/** What a description says of a key that is omitted. */
export function fallback(description: string): string {
  const [, before, after] =
    /(?:^|[;.:] )([^;.:]+?) when omitted|when omitted, ([^;.(]+)/.exec(description) ?? [];
  return (before ?? after ?? '').replace(/,$/, '').trim();
}
