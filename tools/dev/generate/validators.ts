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

/** A module with one compiled validator per schema. */
export function validatorsModule(schemas: SchemaFile[]): string {
  const ajv = compiler();
  for (const file of schemas) ajv.addSchema(withReaders(file));
  const names = Object.fromEntries(
    validated(schemas).map(({ name, schema }) => [`validate${pascal(name)}`, schema.$id]),
  );
  const code = standalone(ajv, names);
  return `${HEADER}\n${readersCalled(errorsAppended(unusedSchemasRemoved(code)))}\n`;
}

/** ajv writes `require` even into an ES module. */
const HEADER = `// Generated from schemas/ by \`npm run generate\`. Do not edit.
import { createRequire } from 'node:module';
import { isValue } from '../values/kinds.ts';
const require = createRequire(import.meta.url);
const appended = (all, more) => { if (all === null) return more; for (const one of more) all.push(one); return all; };`;

/** ajv takes every format for one of its own package. */
function readersCalled(code: string): string {
  return code.replace(
    /require\("ajv-formats\/dist\/formats"\)\.fullFormats\["ztna-(\w+)"\]/g,
    '((text) => isValue("$1", text))',
  );
}

/** ajv copies all errors so far for each reference that fails: a list of 70,000 wrong items took a minute. */
function errorsAppended(code: string): string {
  return code.replace(
    /vErrors = vErrors === null \? (validate\d+)\.errors : vErrors\.concat\(\1\.errors\);/g,
    'vErrors = appended(vErrors, $1.errors);',
  );
}

/** ajv repeats every schema as a constant; few are read again, and all would be parsed at each start. */
function unusedSchemasRemoved(code: string): string {
  return code.replace(/^const (schema\d+) = \{.*\};$/gm, (line, name: string) =>
    code.split(new RegExp(`\\b${name}\\b`)).length > 2 ? line : '',
  );
}

/** The declarations of that module. */
export function validatorDeclarations(schemas: SchemaFile[]): string {
  const names = validated(schemas).map(({ name }) => pascal(name));
  return `// Generated from schemas/ by \`npm run generate\`. Do not edit.
import type { ErrorObject } from 'ajv';
import type * as types from './types.ts';
/** Answers whether a value fits its schema, and leaves what is wrong in \`errors\`. */
export interface Validator<T> { (value: unknown): value is T; errors?: ErrorObject[] | null }
${names.map((name) => `export const validate${name}: Validator<types.${name}>;`).join('\n')}\n`;
}
