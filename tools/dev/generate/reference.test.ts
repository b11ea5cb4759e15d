import * as assert from 'uvu/assert';
import { check } from '../../check/check.ts';
import { RULES } from '../../check/rules.ts';
import { KINDS } from '../../contract/kinds.ts';
import { line } from '../../finding/finding.ts';
import { kindOf, loadSources } from '../../load/load.ts';
import { workingTree } from '../../load/sources.ts';
import { readSchemas } from '../generate.ts';
import { suite } from '../../testing/suite.ts';
import { Book } from './reference/book.ts';
import { conditions } from './reference/conditions.ts';
import { EXAMPLES } from './reference/example.ts';
import { fallback, title } from './reference/keys.ts';
import { anchor, prose } from './reference/markdown.ts';
import { section } from './reference/section.ts';
import { referenceDocument } from './reference.ts';
import type { JsonSchema } from './schemas.ts';

const schemas = readSchemas();
const reference = referenceDocument(schemas);

/** The text from a heading to the next one of its depth or less. */
function under(heading: string): string {
  const [, text] = reference.split(`\n${heading}\n`);
  return text?.split(/\n##+ /)[0] ?? assert.unreachable(`there is no heading ${heading}`)!;
}

/** Every name below `properties`, at any depth and in every definition. */
function keysIn(node: unknown): string[] {
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, value]) => [
    ...(key === 'properties' ? Object.keys(value).filter((name) => value[name] !== false) : []),
    ...keysIn(value),
  ]);
}

/** The keys in the first column of a section's tables, without what they are in. */
function listedIn(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^\| `(?:[^`]*[.])?([^`.]+)` \|/gm)].map(([, key]) => key!.replace('[]', '')),
  );
}

const test = suite('reference');

test('every key of every schema is in the section of its file', () => {
  for (const { name, schema } of schemas.filter(({ name }) => name !== 'common')) {
    const listed = listedIn(under(`### ${title(name)}`));
    const keys = keysIn(schema);
    const words: string[] = schema.enum ?? [];
    assert.ok(keys.length + words.length > 0, name);
    for (const word of words) assert.ok(under(`### ${title(name)}`).includes(`\`${word}\``), word);
    for (const key of keys) assert.ok(listed.has(key), `${key} of schemas/${name}.schema.json is not listed`);
  }
});

test('every kind of file has a section with its path and an example', () => {
  for (const { kind } of KINDS) {
    const text = under(`### ${title(kind)}`);
    assert.match(text, /^\n`(policies|environments)\/\S+\.yaml`/, kind);
    assert.match(
      text,
      new RegExp(`\`\`\`yaml\n# yaml-language-server: \\$schema=(\\.\\./)+schemas/${kind}\\.`),
      kind,
    );
  }
});

test('every example is valid, and so is the repository that they make', async () => {
  const sources = await workingTree(EXAMPLES);
  const { repository, findings } = loadSources(sources);
  assert.equal(findings.map(line), []);
  const now = Date.parse('2026-06-01T00:00:00Z');
  assert.equal(check(repository, now).map(line), []);
  assert.equal(
    new Set(sources.map(({ path }) => kindOf(path)?.kind)),
    new Set(KINDS.map(({ kind }) => kind)),
  );
});

test('what is in the reference is an example, whole and unchanged', async () => {
  const texts = (await workingTree(EXAMPLES)).map(({ path, bytes }) => [path, bytes!.toString()] as const);
  const shown = [
    ...reference.matchAll(/```yaml\n# yaml-language-server: \$schema=(\S+)\n# (\S+)\n([^]*?)```/g),
  ];
  assert.is(shown.length, KINDS.length);
  for (const [, schema, path, text] of shown) {
    assert.is(text, new Map(texts).get(path!));
    const from = new URL(path!, 'file:///repository/');
    assert.is(new URL(schema!, from).pathname, `/repository/schemas/${kindOf(path!)!.kind}.schema.json`);
  }
});

test('every rule is listed with what it ensures and why', () => {
  const rows = under('## Rules').split('\n');
  for (const { id, says, why } of RULES) {
    assert.ok(rows.includes(`| \`${id}\` | ${prose(says)} | ${prose(why)} |`), id);
  }
});

test('every link leads to a heading, and no two headings are alike', () => {
  const text = reference.replace(/```[^]*?```/g, '');
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading!));
  assert.is(new Set(anchors).size, anchors.length);
  const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link!);
  assert.ok(links.length > anchors.length);
  for (const link of links) assert.ok(anchors.includes(link), link);
});

test('no pattern is shown to a reader', () => {
  for (const { pattern } of patternsIn(schemas)) assert.not.ok(reference.includes(pattern), pattern);
});

test('no bare angle bracket vanishes as a tag', () => {
  const text = reference.replace(/```[^]*?```|`[^`\n]*`|<!--[^]*?-->/g, '');
  assert.not.match(text, /[<>]/);
});

function patternsIn(node: unknown): { pattern: string }[] {
  if (node === null || typeof node !== 'object') return [];
  const own = typeof (node as JsonSchema)['pattern'] === 'string' ? [node as { pattern: string }] : [];
  return [...own, ...Object.values(node).flatMap(patternsIn)].filter(
    ({ pattern }) => pattern !== '^https://',
  );
}

const MADE_UP = {
  name: 'made-up',
  schema: {
    description: 'A thing that <nobody> has: made for this test.',
    oneOf: [{ required: ['wheels'] }, { required: ['wings'] }],
    required: ['id', 'parts'],
    properties: {
      id: { $ref: 'common.schema.json#/$defs/id' },
      owner: { $ref: 'common.schema.json#/$defs/id', description: 'Whose it is; nobody when omitted.' },
      wheels: { type: 'integer', minimum: 1, maximum: 4, description: 'How many | of them.' },
      wings: {
        type: 'array',
        minItems: 2,
        maxItems: 2,
        items: { enum: ['left', 'right'] },
        uniqueItems: true,
      },
      parts: {
        type: 'array',
        minItems: 1,
        items: { $ref: '#/$defs/piece' },
        description: 'What it is made of.',
      },
      spare: { anyOf: [{ $ref: '#/$defs/piece' }, { type: 'null' }] },
      weights: { type: 'object', additionalProperties: { type: 'number', exclusiveMinimum: 0 } },
    },
    $defs: {
      piece: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', maxLength: 20 },
          glued: { type: 'boolean' },
          glue: { const: 'hot' },
        },
        if: { properties: { glued: { const: true } } },
        then: { required: ['glue'] },
        else: { properties: { glue: false } },
        description: 'One piece.',
      },
    },
  },
};

const EXPECTED = `### Made up

[Schema](../schemas/made-up.schema.json). A thing that &lt;nobody&gt; has: made for this test. Exactly one of \`wheels\` and \`wings\`.

| Key | Value | Required | When omitted | What it is |
| --- | --- | --- | --- | --- |
| \`id\` | [id](#forms-of-text) | yes |  | A name. |
| \`owner\` | [id](#forms-of-text) | no | nobody | Whose it is; nobody when omitted. |
| \`wheels\` | whole number from 1 to 4 | depends |  | How many \\| of them. |
| \`wings\` | list of 2 of \`left\` or \`right\`, none twice | depends |  |  |
| \`parts\` | list of one or more objects | yes |  | What it is made of. One piece. With \`glued: true\`: \`glue\` too. Otherwise: no \`glue\`. |
| \`parts[].name\` | text of at most 20 characters | yes |  |  |
| \`parts[].glued\` | \`true\` or \`false\` | no |  |  |
| \`parts[].glue\` | \`"hot"\` | depends |  |  |
| \`spare\` | object or \`null\`, keys as in \`parts[]\` | no |  | One piece. |
| \`weights\` | map of names to numbers above 0 | no |  |  |`;

const COMMON = {
  name: 'common',
  schema: { $defs: { id: { type: 'string', pattern: '^x$', description: 'A name.' } } },
};

test('a made-up schema becomes this table', () => {
  assert.is(section('made-up', new Book([COMMON, MADE_UP])), EXPECTED);
});

function madeUpWith(property: JsonSchema): () => string {
  const schema = { properties: { key: property } };
  return () => section('made-up', new Book([COMMON, { name: 'made-up', schema }]));
}

test('a pattern, format or reference without words is refused by name, never passed over', () => {
  assert.throws(
    madeUpWith({ type: 'string', pattern: '^zz$' }),
    /no words for the pattern \^zz\$.*patterns\.ts/,
  );
  assert.throws(madeUpWith({ type: 'string', format: 'idn-email' }), /no words for the format idn-email/);
  assert.throws(madeUpWith({}), /no words for \{\}/);
  assert.throws(madeUpWith({ $ref: '#/$defs/gone' }), /refers to #\/\$defs\/gone, which does not exist/);
  assert.throws(madeUpWith({ $ref: 'gone.schema.json' }), /there is no schemas\/gone/);
});

test('what holds for an omitted key is taken from its description', () => {
  assert.is(fallback('UDP port; 4433 when omitted.'), '4433');
  assert.is(fallback('In one of these; any, even unknown, when omitted. IPv4 is IPv4.'), 'any, even unknown');
  assert.is(fallback('Where; when omitted, in every environment (at least one).'), 'in every environment');
  assert.is(fallback('The admin panel; its default is none.'), '');
});

test('each demand on keys together is a sentence', () => {
  const demands = conditions({
    minProperties: 1,
    oneOf: [{ required: ['reaches'] }, { required: ['denied'] }, { required: ['never'] }],
    dependentRequired: { reaches: ['port', 'at'], denied: ['port', 'at'] },
    dependentSchemas: {
      never: { oneOf: [{ required: ['a'] }, { required: ['b'] }], properties: { at: false } },
    },
  });
  assert.equal(demands, [
    'At least one key.',
    'Exactly one of `reaches`, `denied` and `never`.',
    'With `reaches` or `denied`: `port` and `at` too.',
    'With `never`: exactly one of `a` and `b` and no `at`.',
  ]);
  assert.throws(() => conditions({ if: { required: ['a'] } }), /no words for this `if`.*conditions\.ts/);
});

test('a definition that contains itself is listed once', () => {
  const tree = { type: 'object', properties: { child: { $ref: '#/$defs/tree' } } };
  const schema = { properties: { top: { $ref: '#/$defs/tree' } }, $defs: { tree } };
  assert.match(
    section('made-up', new Book([{ name: 'made-up', schema }])),
    /`top\.child` \| object, keys as in `top`/,
  );
});

test.run();
