import { compile } from 'json-schema-to-typescript';
import type { JSONSchema as JSONSchema4 } from 'json-schema-to-typescript';
import { pascal, type JsonSchema, type SchemaFile } from './schemas.ts';

const BANNER = '// Generated from schemas/ by `npm run generate`. Do not edit.';

/** They say nothing that a type can express, and confuse the compiler. */
const CONDITIONS = ['if', 'then', 'else', 'dependentSchemas', 'dependentRequired', 'discriminator'];

/** One TypeScript module with a type for every schema and every definition in them. */
export async function typesModule(schemas: SchemaFile[]): Promise<string> {
  const definitions: JsonSchema = {};
  const define = (name: string, definition: JsonSchema) => {
    if (definitions[name]) throw new Error(`two definitions are called ${name}`);
    definitions[name] = definition;
  };
  for (const { name, schema } of schemas) {
    for (const [key, definition] of Object.entries(schema.$defs ?? {})) {
      define(definitionName(name, key, schemas), local(definition, name, schemas));
    }
    const { $defs: _, $id: __, $schema: ___, ...top } = schema;
    if (name !== 'common') define(pascal(name), local(top, name, schemas));
  }
  const all = { title: 'Schemas', type: 'object', additionalProperties: false, definitions };
  const text = await compile(all as JSONSchema4, 'Schemas', {
    bannerComment: BANNER,
    unreachableDefinitions: true,
    format: false,
    ignoreMinAndMaxItems: true,
  });
  return `${withoutNoise(text)}\n${attributeTable(schemas)}`;
}

/** Drops the empty root type, and notes on which definition a type came from. */
function withoutNoise(text: string): string {
  return text
    .replace(/( \*\n)? \* This interface was referenced by [^\n]*\n \* via [^\n]*\n/g, '')
    .replace(/\/\*\*\n \*\/\n/g, '')
    .replace(/export interface Schemas \{\s*\}\n/, '');
}

/** Rewrites references between files into references inside the one combined schema. */
function local(node: any, file: string, schemas: SchemaFile[]): any {
  if (Array.isArray(node)) return node.map((item) => local(item, file, schemas));
  if (node === null || typeof node !== 'object') return node;
  if (typeof node.$ref === 'string') return { $ref: `#/definitions/${target(node.$ref, file, schemas)}` };
  if (node.minItems === 2 && node.maxItems === 2) return { tsType: pairType(node.items) };
  const { title, ...untitled } = node;
  // A key that is called so is no title.
  const rest = typeof title === 'string' ? untitled : { ...node };
  for (const key of CONDITIONS) delete rest[key];
  if (rest.properties) delete rest.oneOf;
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, local(value, file, schemas)]));
}

/** The compiler cannot say a pair of a fixed length together with lists of any length. */
function pairType(items: JsonSchema): string {
  return items.$ref.endsWith('instant') ? '[begin: string, end: string]' : '[first: number, last: number]';
}

function target(reference: string, file: string, schemas: SchemaFile[]): string {
  const [path, pointer = ''] = reference.split('#');
  const owner = path ? path.replace('.schema.json', '') : file;
  return pointer ? definitionName(owner, pointer.replace('/$defs/', ''), schemas) : pascal(owner);
}

/** A definition's title is its type's name; one without is named after its key. */
function definitionName(file: string, key: string, schemas: SchemaFile[]): string {
  const definition = schemas.find(({ name }) => name === file)?.schema.$defs?.[key];
  if (!definition) throw new Error(`no definition ${key} in schemas/${file}.schema.json`);
  return definition.title ?? key[0]!.toUpperCase() + key.slice(1);
}

/** The device attributes and their values, as strings, from the one place that lists them. */
function attributeTable(schemas: SchemaFile[]): string {
  const facts = schemas.find(({ name }) => name === 'access-test')?.schema.$defs.deviceFacts
    .properties as JsonSchema;
  const values = Object.entries(facts).map(([name, fact]) => [name, fact.enum ?? ['false', 'true']]);
  return `/** Every device attribute and the values it can have. */
export const DEVICE_ATTRIBUTES: Record<string, readonly string[]> = ${JSON.stringify(Object.fromEntries(values))};\n`;
}
