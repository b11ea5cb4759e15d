import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RULES } from '../../check/rules.ts';
import { KINDS, type KindOfFile } from '../../contract/kinds.ts';
import { Book, type Node } from './reference/book.ts';
import { conditions } from './reference/conditions.ts';
import { keysOf, title, type Key, type Listed } from './reference/keys.ts';
import { anchor, code, prose, table } from './reference/markdown.ts';
import { formName, FORMS } from './reference/words.ts';
import type { Schema, SchemaFile } from './schemas.ts';

/** A small repository with a file of every kind: the examples of the reference. */
export const EXAMPLES = fileURLToPath(new URL('examples/', import.meta.url));

/** Schemas of what programs hand to each other; what is neither these nor edited is a command's output. */
const MACHINE = ['part', 'bundle-index', 'entry', 'envelope', 'ack', 'enforcement'];

const EDITED = KINDS.map(({ kind }) => kind as string);

/** The reference of every file, shape and rule, from the schemas and the list of rules. */
export function referenceDocument(schemas: SchemaFile[]): string {
  const rest = schemas
    .map(({ name }) => name)
    .filter((name) => ![...EDITED, ...MACHINE, 'common'].includes(name));
  const order = [...EDITED, ...MACHINE, ...rest];
  const book = new Book(schemas);
  const listed = places(order, book);
  const chapter = (heading: string, intro: string, sections: string[]) => [
    `## ${heading}`,
    intro,
    ...sections,
  ];
  return [
    ...INTRODUCTION,
    contents([
      ['Files that people edit', EDITED],
      [FORMS, []],
      ['What programs hand to each other', MACHINE],
      ['Output of commands', rest],
      ['Rules', []],
    ]),
    ...chapter(
      'Files that people edit',
      FILES,
      KINDS.map((kind) => kindSection(kind, book, listed)),
    ),
    ...chapter(FORMS, 'What the tables call by one word.', [forms(book)]),
    ...chapter(
      'What programs hand to each other',
      SHAPES,
      MACHINE.map((name) => section(name, book, listed)),
    ),
    ...chapter(
      'Output of commands',
      OUTPUT,
      rest.map((name) => section(name, book, listed)),
    ),
    ...chapter('Rules', CHECKS, [rules()]),
    '<!-- prettier-ignore-end -->\n',
  ].join('\n\n');
}

const INTRODUCTION = [
  '<!-- Generated from schemas/ and tools/check/rules.ts by `npm run generate`. Do not edit. -->',
  '<!-- prettier-ignore-start -->',
  '# Reference',
  'Every key of every file, every shape that the tools write, and every rule by which a repository is checked.',
];
const FILES =
  'Each file is one YAML document. In the tables, `a.b` is key `b` inside `a`, `a[].b` is key `b` of each item of the list `a`, and `a.*.b` is key `b` of each value of the map `a`. A key that is not in the table is an error. A key whose *Required* says `depends` is needed only beside others: the row of the object around it, or the text above the table, says beside which. The examples belong together and are valid; their first line gives completion in editors.';
const SHAPES =
  'JSON that people do not write. Whoever builds another data plane needs [Enforcement](#enforcement) and [Applied](#applied) alone.';
const OUTPUT =
  'What commands print with `--json`, what they are asked, and what a component answers on `/applied`. These shapes stay stable.';
const CHECKS =
  'A file that is not good YAML, or does not fit its table above, gives findings whose rules are called `yaml-...`, `file-...`, `schema-...`, `id` or `environment-missing`. What follows is checked on all files together.';

/** A list of links to every section. */
function contents(chapters: [heading: string, names: string[]][]): string {
  const link = (heading: string) => `[${heading}](#${anchor(heading)})`;
  return chapters
    .map(([heading, names]) => {
      const sections = names.map((name) => link(title(name))).join(', ');
      return sections ? `- ${link(heading)}: ${sections}` : `- ${link(heading)}`;
    })
    .join('\n');
}

/** In which section, and where in it, the keys of each definition are listed: in that of its own file. */
function places(order: readonly string[], book: Book): Map<string, Listed> {
  const all = new Map<string, Listed>();
  for (const name of order) {
    const listed = new Map<string, Listed>([[`${name}#`, { file: name, path: '' }]]);
    for (const shape of shapes(book.root(name), book)) keysOf(shape, book, listed, name);
    for (const [definition, place] of listed) {
      if (definition.startsWith(`${name}#`)) all.set(definition, place);
    }
  }
  return all;
}

/** The one object that a file holds, or each of those of which it holds one. */
function shapes(node: Node, book: Book): Node[] {
  const { file, schema } = node;
  const variants = (schema['oneOf'] ?? []).map((one: Schema) => book.resolve({ file, schema: one }));
  return variants.some((one: Node) => one.schema['properties']) ? variants : [node];
}

function kindSection({ kind, path }: KindOfFile, book: Book, listed: ReadonlyMap<string, Listed>): string {
  const where = path.replace('environments/*/', 'environments/<env>/').replace('*', '<id>');
  const heading = `### ${title(kind)}\n\n${code(where)} ([schema](../schemas/${kind}.schema.json))`;
  return `${heading}\n\n${about(kind, book).replace(`: ${prose(where)}`, '')}\n\n${example(kind, path)}\n\n${tables(kind, book, listed)}`;
}

/** A section on a shape that nobody edits: what it is, and its keys. */
export function section(
  name: string,
  book: Book,
  listed: ReadonlyMap<string, Listed> = places([name], book),
): string {
  const heading = `### ${title(name)}\n\n[Schema](../schemas/${name}.schema.json)`;
  return `${heading}. ${about(name, book)}\n\n${tables(name, book, listed)}`;
}

function about(name: string, book: Book): string {
  const { schema } = book.root(name);
  return prose([schema['description'], ...conditions(schema)].filter(Boolean).join(' '));
}

/** The keys of a file: one table, or one for each shape that it may have. */
function tables(name: string, book: Book, listed: ReadonlyMap<string, Listed>): string {
  const elsewhere = [...listed].filter(([definition]) => !definition.startsWith(`${name}#`));
  const here = () => new Map<string, Listed>([...elsewhere, [`${name}#`, { file: name, path: '' }]]);
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

/** The first file of a kind among the examples, with the line that tells editors its schema. */
function example(kind: string, path: string): string {
  const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`);
  const file = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .sort()
    .find((name) => pattern.test(name));
  if (!file) throw new Error(`no example of ${path}: add one below tools/dev/generate/examples/`);
  const up = '../'.repeat(file.split('/').length - 1);
  const text = readFileSync(join(EXAMPLES, file), 'utf8').trimEnd();
  return `\`\`\`yaml\n# yaml-language-server: $schema=${up}schemas/${kind}.schema.json\n# ${file}\n${text}\n\`\`\``;
}

function forms(book: Book): string {
  const rows = Object.entries<Schema>(book.root('common').schema['$defs']).flatMap(([key, schema]) => {
    const name = formName(`common#${key}`, schema);
    return name ? [[name, prose(schema['description'] ?? '')]] : [];
  });
  return table(['Form', 'What it is'], rows);
}

function rules(): string {
  return table(
    ['Rule', 'What it ensures', 'Why'],
    RULES.map(({ id, says, why }) => [code(id), prose(says), prose(why)]),
  );
}
