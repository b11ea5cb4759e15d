import { createRequire } from 'node:module';
import type { Ajv2020 as AjvClass } from 'ajv/dist/2020.js';
import { formatOf, isValue, VALUE_KINDS, type ValueKind } from '../../contract/values/kinds.ts';
import { pascal, type SchemaFile } from './schemas.ts';

const require = createRequire(import.meta.url);
const { Ajv2020 } = require('ajv/dist/2020') as { Ajv2020: typeof AjvClass };
const standalone = require('ajv/dist/standalone').default as (ajv: AjvClass, names: object) => string;
const addFormats = require('ajv-formats').default as (ajv: AjvClass) => void;

/** The one set of options with which schemas are compiled. */
export function compiler(): AjvClass {
  const ajv = new Ajv2020({
    allErrors: true,
    discriminator: true,
    inlineRefs: false,
    messages: false,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    code: { source: true, esm: true, lines: true },
  });
  addFormats(ajv);
  for (const kind of Object.keys(VALUE_KINDS) as ValueKind[])
    ajv.addFormat(formatOf(kind), (text: string) => isValue(kind, text));
  return ajv;
}

/** Keywords about the form of a text: where a kind has its reader, that alone judges. */
const FORMS = ['pattern', 'format', 'minLength', 'maxLength'];

/** A schema whose kinds of scalars are read by their readers; the files keep to formats that every program knows. */
function withReaders({ name, schema }: SchemaFile): SchemaFile['schema'] {
  if (name !== 'common') return schema;
  const copy = structuredClone(schema);
  for (const kind of Object.keys(VALUE_KINDS) as ValueKind[]) {
    const own = kind === 'portRange' ? copy.$defs?.['ports']?.items : copy.$defs?.[kind];
    if (!own) throw new Error(`common.schema.json has no ${kind}`);
    for (const key of FORMS) delete own[key];
    own['format'] = formatOf(kind);
  }
  return copy;
}

const validated = (schemas: SchemaFile[]) => schemas.filter(({ name }) => name !== 'common');

/** Where the validators are, below the repository's root. */
const FOLDER = 'tools/contract/generated/validators';

/**
 * One module per schema, so that a program carries and reads only the validators that it calls, and one that names
 * them all. @returns path below the repository's root to text
 */
export function validatorModules(schemas: SchemaFile[]): Map<string, string> {
  const ajv = compiler();
  for (const file of schemas) ajv.addSchema(withReaders(file));
  const named = validated(schemas);
  const modules = named.map((one) => [`${FOLDER}/${one.name}.ts`, validatorModule(ajv, one)] as const);
  return new Map([...modules, [`${FOLDER}.ts`, indexModule(named)]]);
}

function validatorModule(ajv: AjvClass, { name, schema }: SchemaFile): string {
  const code = standalone(ajv, { compiled: schema.$id }).replace(/^export const compiled = .*;$/m, (line) =>
    line.replace('export const compiled', 'const compiled: unknown'),
  );
  const body = imported(
    readersCalled(errorsAppended(unusedSchemasRemoved(code.replace('"use strict";\n', '')))),
  );
  return `${HEADER}\n${body}\nexport const validate${pascal(name)} = compiled as Validator<${pascal(name)}>;\n`.replace(
    NAMES,
    `import type { ${pascal(name)} } from '../types.ts';`,
  );
}

const NAMES = '/* the type */';

const HEADER = `// @ts-nocheck: compiled. Generated from schemas/ by \`npm run generate\`. Do not edit.
${NAMES}
import type { Validator } from '../validators.ts';`;

const APPENDED =
  'const appended = (all, more) => { if (all === null) return more; for (const one of more) all.push(one); return all; };\n';

/** ajv writes `require` even into an ES module: its helpers are imported instead, so that the module can be bundled. */
function imported(code: string): string {
  const modules: string[] = [];
  const body = code.replace(/require\("([^"]+)"\)/g, (_, module: string) => {
    if (!modules.includes(module)) modules.push(module);
    return `helpers${modules.indexOf(module)}`;
  });
  const readers = body.includes('isValue(') ? "import { isValue } from '../../values/kinds.ts';\n" : '';
  return readers + modules.map((module, at) => `import helpers${at} from '${module}.js';\n`).join('') + body;
}

/** ajv takes every format for one of its own package. */
function readersCalled(code: string): string {
  return code.replace(
    /require\("ajv-formats\/dist\/formats"\)\.fullFormats\["ztna-(\w+)"\]/g,
    '((text) => isValue("$1", text))',
  );
}

/** ajv copies all errors so far for each reference that fails: a list of 70,000 wrong items took a minute. */
function errorsAppended(code: string): string {
  const shared = code.replace(
    /vErrors = vErrors === null \? (validate\d+)\.errors : vErrors\.concat\(\1\.errors\);/g,
    'vErrors = appended(vErrors, $1.errors);',
  );
  return shared === code ? code : APPENDED + shared;
}

/** ajv repeats every schema as a constant; few are read again, and all would be parsed at each start. */
function unusedSchemasRemoved(code: string): string {
  return code.replace(/^const (schema\d+) = \{.*\};$/gm, (line, name: string) =>
    code.split(new RegExp(`\\b${name}\\b`)).length > 2 ? line : '',
  );
}

/** The module that names every validator. */
function indexModule(schemas: SchemaFile[]): string {
  const lines = schemas.map(
    ({ name }) => `export { validate${pascal(name)} } from './validators/${name}.ts';`,
  );
  return `// Generated from schemas/ by \`npm run generate\`. Do not edit.
import type { ErrorObject } from 'ajv';
/** Answers whether a value fits its schema, and leaves what is wrong in \`errors\`. */
export interface Validator<T> {
  (value: unknown): value is T;
  errors?: ErrorObject[] | null;
}
${lines.join('\n')}
`;
}
