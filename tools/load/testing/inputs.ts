import fc from 'fast-check';
import { stringify } from 'yaml';
import { KINDS, type Kind } from '../../contract/kinds.ts';
import { readSchemas, type SchemaNode } from './constraints.ts';

/** One file that a person might have typed, and where. */
export interface InputFile {
  path: string;
  bytes: Buffer;
}

/** What breaks YAML, means something to it, or is read in several ways. */
const TOKENS = [
  ...[
    '&a ',
    '*a',
    '!!str ',
    '!x ',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '\t',
    '\n',
    ' ',
    '  ',
    ': ',
    '- ',
    '? ',
    '#',
    ' #',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '|2-\n',
    '@',
    '`',
    '%',
    '\\',
    '<<: ',
    '=',
    '<<<<<<< HEAD\n',
    '\r',
  ],
  ...[
    '\ufeff',
    '\u0000',
    '\u0007',
    '\u0085',
    '\u2028',
    '\u202e',
    '\ud83d\ude00',
    'é',
    '__proto__: x\n',
    '[['.repeat(40),
  ],
];

/** Scalars of every kind, right and wrong. */
const SCALARS = [
  ...[
    'yes',
    'on',
    'n',
    '1_000',
    '0777',
    '0x1f',
    '08:00',
    '2026-02-11',
    '.nan',
    '-.inf',
    '1e999',
    '1e3',
    '-1',
    '0',
    '443',
  ],
  ...[
    '9007199254740993',
    'null',
    '~',
    '',
    'true',
    'false',
    '[]',
    '{}',
    '"text"',
    "'text'",
    'text',
    'a b',
    'allow',
  ],
  ...[
    'alice@example.com',
    '2026-01-01T00:00:00Z',
    '10.0.0.0/8',
    '"a\\nb"',
    '"\\x"',
    '[a, [b, {c: d}]]',
    '*a',
    '&a x',
  ],
];

const KEYS = [
  'id',
  'owner',
  'who',
  'what',
  'expect',
  'never',
  'runs',
  'labels',
  '__proto__',
  'constructor',
  'Id',
  'ports',
  '<<',
  '? x',
  '443',
  'no',
];

type Edit = (text: string, at: number) => string;

const lines =
  (edit: (lines: string[], line: number) => void): Edit =>
  (text, at) => {
    const all = text.split('\n');
    edit(all, at % all.length);
    return all.join('\n');
  };

const EDITS: fc.Arbitrary<Edit>[] = [
  fc.constantFrom(...TOKENS).map(
    (token): Edit =>
      (text, at) =>
        text.slice(0, at) + token + text.slice(at),
  ),
  fc.nat(20).map(
    (count): Edit =>
      (text, at) =>
        text.slice(0, at) + text.slice(at + count),
  ),
  fc
    .constantFrom(...SCALARS)
    .map((scalar) => lines((all, line) => (all[line] = all[line]!.replace(/: .*$/, `: ${scalar}`)))),
  fc
    .constantFrom(...SCALARS)
    .map((scalar) => lines((all, line) => (all[line] = all[line]!.replace(/- .*$/, `- ${scalar}`)))),
  fc
    .constantFrom(...KEYS)
    .map((key) => lines((all, line) => (all[line] = all[line]!.replace(/\w+:/, `${key}:`)))),
  fc.constant(lines((all, line) => all.splice(line, 1))),
  fc.constant(lines((all, line) => all.splice(line, 0, all[line]!))),
  fc.nat(4).map((count) => lines((all, line) => (all[line] = ' '.repeat(count) + all[line]))),
  fc.constant(lines((all, line) => (all[line] = all[line]!.replace(/^ +/, '')))),
  fc.constant((text: string) => text.replaceAll('\n', '\r\n')),
  fc.constant((text: string) => text.replace(/[a-z](?=[a-z]*:)/, '')),
];

const BYTES = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0x80, max: 0xff }) });

/** Real files with one to three edits, some of them of single bytes. */
export function mutated(files: readonly InputFile[]): fc.Arbitrary<InputFile> {
  const edits = fc.array(fc.record({ edit: fc.oneof(...EDITS), at: fc.nat() }), {
    minLength: 1,
    maxLength: 3,
  });
  const broken = fc.oneof({ weight: 15, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: BYTES });
  return fc.tuple(fc.constantFrom(...files), edits, broken).map(([{ path, bytes }, all, byte]) => {
    const text = all.reduce((old, { edit, at }) => edit(old, at % (old.length + 1)), bytes.toString('utf8'));
    const result = Buffer.from(text);
    if (byte && result.length > 0) result[byte.at % result.length] = byte.byte;
    return { path, bytes: result };
  });
}

const schemas = readSchemas();

/** Files grown from the schemas, most of them with nothing wrong, some with a wrong value somewhere. */
export function grown(): fc.Arbitrary<InputFile> {
  const style = fc.record({
    indent: fc.integer({ min: 1, max: 8 }),
    flow: fc.boolean(),
    wild: fc.integer({ min: 0, max: 99 }),
  });
  const ofKind = ({ kind }: (typeof KINDS)[number]): fc.Arbitrary<InputFile> =>
    fc
      .tuple(valueOf(kind, schemas.get(kind)!), style, fc.constantFrom(...TOKENS))
      .map(([value, { indent, flow, wild }, token]) => {
        const text = stringify(value, {
          indent,
          version: '1.1',
          aliasDuplicateObjects: false,
          ...(flow && { collectionStyle: 'flow' as const }),
        });
        return { path: pathOf(kind, value), bytes: Buffer.from(wild < 15 ? token + text : text) };
      });
  return fc.oneof(...KINDS.map(ofKind));
}

function pathOf(kind: Kind, value: unknown): string {
  const id = String((value as { id?: unknown } | null)?.id ?? 'x').replaceAll('/', '-');
  const { path } = KINDS.find((one) => one.kind === kind)!;
  return path.replace(/\*(?=\/connectors)/, 'live').replace('*', id);
}

const FORMATS: Record<string, string[]> = {
  ipv4: ['10.100.0.2'],
  date: ['2026-02-11'],
  'date-time': ['2026-01-01T00:00:00Z'],
  hostname: ['one.example.com'],
  uri: ['https://id.example.com'],
};

const WRONG = fc.constantFrom<unknown>(null, 0, -1, 1e6, true, 'X y', '', [], {}, [[]], { colour: 'red' });
const known = new Map<SchemaNode, fc.Arbitrary<unknown>>();

/** A value that a schema allows, and one in two hundred that it may not; built once for each schema. */
function valueOf(file: string, schema: SchemaNode): fc.Arbitrary<unknown> {
  const made =
    known.get(schema) ??
    fc.oneof({ weight: 199, arbitrary: rightValue(file, schema) }, { weight: 1, arbitrary: WRONG });
  known.set(schema, made);
  return made;
}

function rightValue(file: string, schema: SchemaNode): fc.Arbitrary<unknown> {
  if (schema['$ref']) {
    const [path, pointer] = schema['$ref'].split('#') as [string, string];
    const home = path ? path.replace('.schema.json', '') : file;
    const target = pointer
      .split('/')
      .slice(1)
      .reduce((node: SchemaNode, step) => node[step], schemas.get(home)!);
    return valueOf(home, target);
  }
  if ('const' in schema) return fc.constant(schema['const']);
  if (schema['enum']) return fc.constantFrom(...schema['enum']);
  switch ([schema['type']].flat()[0]) {
    case 'object':
      return objectOf(file, schema);
    case 'array': {
      const options = { minLength: schema['minItems'] ?? 0, maxLength: 3 };
      const items = valueOf(file, schema['items']);
      return schema['uniqueItems']
        ? fc.uniqueArray(items, { ...options, selector: JSON.stringify })
        : fc.array(items, options);
    }
    case 'integer':
      return fc
        .integer({ min: schema['minimum'], max: schema['maximum'] })
        .map((one) => one - (one % (schema['multipleOf'] ?? 1)));
    case 'number':
      return fc.constantFrom(0.25, 0.5, 1);
    case 'boolean':
      return fc.boolean();
    default:
      if (schema['format']) return fc.constantFrom(...FORMATS[schema['format']]!);
      if (schema['pattern']) return fc.stringMatching(new RegExp(schema['pattern']));
      return fc.stringMatching(/^[a-zA-Z .é]{2,40}$/);
  }
}

function objectOf(file: string, schema: SchemaNode): fc.Arbitrary<unknown> {
  if (typeof schema['additionalProperties'] === 'object')
    return fc.dictionary(
      fc.constantFrom('tier', 'team', 'zone'),
      valueOf(file, schema['additionalProperties']),
      { maxKeys: 3 },
    );
  const model = Object.fromEntries(
    Object.entries<SchemaNode>(schema['properties']).map(([key, one]) => [key, valueOf(file, one)]),
  );
  const keys = (required: string[], without: string[] = []) =>
    fc.record(Object.fromEntries(Object.entries(model).filter(([key]) => !without.includes(key))), {
      requiredKeys: required.filter((key) => !without.includes(key)),
      noNullPrototype: true,
    });
  const required: string[] = schema['required'] ?? [];
  // The three schemas whose keys depend on each other: one shape for each way to satisfy them.
  if (schema['title'] === 'Expectation')
    return fc.oneof(
      keys(
        ['principal', 'reaches', 'port', 'at'],
        ['denied', 'never', 'group', 'anyoneElse', 'withoutCertificate'],
      ),
      keys(
        ['withoutCertificate', 'denied', 'port', 'at'],
        ['reaches', 'never', 'group', 'anyoneElse', 'principal'],
      ),
      keys(
        ['group', 'never'],
        [
          'principal',
          'anyoneElse',
          'withoutCertificate',
          'reaches',
          'denied',
          'port',
          'at',
          'from',
          'device',
        ],
      ),
    );
  if (schema['title'] === 'Ring')
    return fc.oneof(
      keys([...required, 'share'], ['components']),
      keys([...required, 'components'], ['share']),
    );
  if (schema['title'] === 'OnStale') return keys([...required, 'afterHours']);
  if (schema['title'] === 'Connector') return keys([...required, 'subnets', 'size']);
  return schema['minProperties'] ? keys([Object.keys(model)[0]!]) : keys(required);
}

/** Text put together from the parts of YAML, without regard for what any of it means. */
export function scribbled(): fc.Arbitrary<InputFile> {
  const scalar = fc.constantFrom(...SCALARS);
  const { node } = fc.letrec<{ node: string; inner: string }>((tie) => ({
    inner: fc.oneof({ maxDepth: 4 }, scalar, tie('node')),
    node: fc.oneof(
      { maxDepth: 4 },
      fc
        .array(fc.tuple(fc.constantFrom(...KEYS), tie('inner')), { maxLength: 5 })
        .map((pairs) => pairs.map(([key, one]) => `${key}: ${under(one)}`).join('\n')),
      fc
        .array(tie('inner'), { maxLength: 4 })
        .map((items) => items.map((one) => `- ${one.replaceAll('\n', '\n  ')}`).join('\n')),
      fc.array(scalar, { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
      fc.array(fc.constantFrom(...TOKENS, ...SCALARS), { maxLength: 8 }).map((parts) => parts.join('')),
    ),
  }));
  const paths = KINDS.map(({ path }) => path.replaceAll('*', 'x'));
  return fc
    .tuple(fc.constantFrom(...paths), node)
    .map(([path, text]) => ({ path, bytes: Buffer.from(`${text}\n`) }));
}

function under(text: string): string {
  return text.includes('\n') ? `\n  ${text.replaceAll('\n', '\n  ')}` : text;
}
