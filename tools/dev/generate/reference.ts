import { GUARDRAILS } from '../../review/guardrails.ts';
import { RULES } from '../../check/rules.ts';
import { KINDS, type KindOfFile } from '../../contract/kinds.ts';
import { Book } from './reference/book.ts';
import { example } from './reference/example.ts';
import { title, type KeyPlace } from './reference/keys.ts';
import { anchor, code, prose, table } from './reference/markdown.ts';
import { about, places, section, tables } from './reference/section.ts';
import { formName, FORMS } from './reference/words.ts';
import type { JsonSchema, SchemaFile } from './schemas.ts';

/** Schemas of what programs hand to each other; what is neither these nor edited is a command's output. */
const MACHINE = [
  'part',
  'bundle-index',
  'directory',
  'index-pages',
  'entry',
  'envelope',
  'ack',
  'enforcement',
  'because',
  'announcement',
  'access-log',
  'drop-reason',
  'shared-keys',
];

const EDITED = KINDS.map(({ kind }) => kind as string);

/** One part of the reference, with a heading of its own. */
interface Chapter {
  heading: string;
  intro: string;
  /** The files of which each has a section, or none where the body is all there is. */
  names: readonly string[];
  body: readonly string[];
}

/** The reference of every file, shape and rule, from the schemas and the list of rules. */
export function referenceDocument(schemas: SchemaFile[]): string {
  const chapters = chaptersOf(schemas);
  const texts = chapters.flatMap(({ heading, intro, body }) => [`## ${heading}`, intro, ...body]);
  return [...INTRODUCTION, contents(chapters), ...texts, '<!-- prettier-ignore-end -->\n'].join('\n\n');
}

function chaptersOf(schemas: SchemaFile[]): Chapter[] {
  const names = schemas.map(({ name }) => name);
  const outputs = names.filter((name) => ![...EDITED, ...MACHINE, 'common'].includes(name));
  const book = new Book(schemas);
  const listed = places([...EDITED, ...MACHINE, ...outputs], book);
  const edited = KINDS.map((kind) => kindSection(kind, book, listed));
  const shapes = MACHINE.map((name) => section(name, book, listed));
  const printed = outputs.map((name) => section(name, book, listed));
  return [
    { heading: 'Files that people edit', intro: FILES, names: EDITED, body: edited },
    { heading: FORMS, intro: 'What the tables call by one word.', names: [], body: [forms(book)] },
    { heading: 'What programs hand to each other', intro: SHAPES, names: MACHINE, body: shapes },
    { heading: 'Output of commands', intro: OUTPUT, names: outputs, body: printed },
    { heading: 'Rules', intro: CHECKS, names: [], body: [rules(RULES)] },
    { heading: 'Guardrails of a change', intro: GUARDED, names: [], body: [rules(GUARDRAILS)] },
  ];
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
  'JSON that people do not write. Anyone who builds another data plane needs [Enforcement](#enforcement) and [Applied](#applied) alone.';
const OUTPUT =
  'What commands print with `--json`, what they are asked, and what a component answers on `/applied` and `/figures`. These shapes stay stable.';
const CHECKS =
  'A file that is not good YAML, or does not fit its table above, gives findings whose rules are called `yaml-...`, `file`, `file-...`, `schema-...`, `id` or `environment-missing`. What follows is checked on all files together.';

const GUARDED =
  'What a pull request may not do unsaid, judged by what the repository is before it: its owners, its limits, its tests. What an owner has to approve, a person of the owner\u2019s team does who wrote none of it. Anything else needs a line under `overrides` in guardrails.yaml, in the same change.';

/** A list of links to every chapter and section. */
function contents(chapters: readonly Chapter[]): string {
  const link = (heading: string) => `[${heading}](#${anchor(heading)})`;
  const item = ({ heading, names }: Chapter) =>
    [link(heading), names.map((name) => link(title(name))).join(', ')].filter(Boolean).join(': ');
  return chapters.map((chapter) => `- ${item(chapter)}`).join('\n');
}

function kindSection({ kind, path }: KindOfFile, book: Book, listed: ReadonlyMap<string, KeyPlace>): string {
  const where = path.replace('environments/*/', 'environments/<env>/').replace('*', '<id>');
  const heading = `### ${title(kind)}\n\n${code(where)} ([schema](../schemas/${kind}.schema.json))`;
  return `${heading}\n\n${about(kind, book).replace(`: ${prose(where)}`, '')}\n\n${example(kind, path)}\n\n${tables(kind, book, listed)}`;
}

function forms(book: Book): string {
  const rows = Object.entries<JsonSchema>(book.root('common').schema['$defs']).flatMap(([key, schema]) => {
    const name = formName(`common#${key}`, schema);
    return name ? [[name, prose(schema['description'] ?? '')]] : [];
  });
  return table(['Form', 'What it is'], rows);
}

function rules(list: readonly { id: string; says: string; why: string }[]): string {
  return table(
    ['Rule', 'What it ensures', 'Why'],
    list.map(({ id, says, why }) => [code(id), prose(says), prose(why)]),
  );
}
