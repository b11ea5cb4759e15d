import { Book, type SchemaInFile } from './book.ts';
import { conditions } from './conditions.ts';
import { keysOf, title, type Key, type KeyPlace } from './keys.ts';
import { code, prose, table } from './markdown.ts';
import type { JsonSchema } from '../schemas.ts';

/** A section on a shape that nobody edits: what it is, and its keys. */
export function section(
  name: string,
  book: Book,
  listed: ReadonlyMap<string, KeyPlace> = places([name], book),
): string {
  const heading = `### ${title(name)}\n\n[Schema](../schemas/${name}.schema.json)`;
  return `${heading}. ${about(name, book)}\n\n${tables(name, book, listed)}`;
}

/** What a file holds, and what it demands of its keys together. */
export function about(name: string, book: Book): string {
  const { schema } = book.root(name);
  return prose([schema['description'], ...conditions(schema)].filter(Boolean).join(' '));
}

/** The keys of a file: one table, or one for each shape that it may have; of a word, what it may be. */
export function tables(name: string, book: Book, listed: ReadonlyMap<string, KeyPlace>): string {
  const { enum: words } = book.root(name).schema;
  if (words) return `One of ${words.map(code).join(', ')}.`;
  const elsewhere = [...listed].filter(([definition]) => !definition.startsWith(`${name}#`));
  const here = () => new Map<string, KeyPlace>([...elsewhere, [`${name}#`, { file: name, path: '' }]]);
  const all = shapes(book.root(name), book).map((shape) => keyTable(keysOf(shape, book, here(), name)));
  return all.length === 1 ? all[0]! : `Either:\n\n${all.join('\n\nOr:\n\n')}`;
}

function keyTable(keys: readonly Key[]): string {
  const rows = keys.map(({ path, type, required, fallback, description }) => [
    code(path),
    type,
    required,
    prose(fallback),
    prose(description),
  ]);
  return table(['Key', 'Value', 'Required', 'When omitted', 'What it is'], rows);
}

/** In which section, and where in it, the keys of each definition are listed: in that of its own file. */
export function places(order: readonly string[], book: Book): Map<string, KeyPlace> {
  const all = new Map<string, KeyPlace>();
  for (const name of order) {
    const listed = new Map<string, KeyPlace>([[`${name}#`, { file: name, path: '' }]]);
    for (const shape of shapes(book.root(name), book)) keysOf(shape, book, listed, name);
    for (const [definition, place] of listed) {
      if (definition.startsWith(`${name}#`)) all.set(definition, place);
    }
  }
  return all;
}

/** The one object that a file holds, or each of those of which it holds one. */
function shapes(node: SchemaInFile, book: Book): SchemaInFile[] {
  const { file, schema } = node;
  const variants = (schema['oneOf'] ?? []).map((one: JsonSchema) => book.resolve({ file, schema: one }));
  return variants.some((one: SchemaInFile) => one.schema['properties']) ? variants : [node];
}
