import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Ajv2020 as AjvClass } from 'ajv/dist/2020.js';
import { KINDS, type Kind } from '../../contract/kinds.ts';
import { parted } from '../../testing/schemas.ts';

/** A JSON Schema as data. */
export type SchemaNode = { [key: string]: any };

/** Every schema file that the kinds of file need: its name to its content. */
export type Schemas = ReadonlyMap<string, SchemaNode>;

/** One thing that a schema asks for. */
export interface Constraint {
  /** The schema file, such as `common`. */
  file: string;
  /** The way to it from that file's root; its last step is what would be deleted. */
  steps: readonly string[];
  /** Whether it only says when something else is asked for: without it, more is refused and not less. */
  conditional: boolean;
  /** The kinds of file that reach it. */
  kinds: Set<Kind>;
}

/** Keywords that a value can break by itself. */
const SIMPLE = [
  ...['$ref', 'type', 'enum', 'const', 'pattern', 'format', 'minLength', 'maxLength', 'uniqueItems'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minItems', 'maxItems'],
  ...['minProperties', 'maxProperties', 'oneOf', 'anyOf', 'not', 'contains'],
];

/** Keywords that say nothing about a value, or are gone into. */
const OTHER = [
  ...['$schema', '$id', '$defs', 'title', 'description', 'properties', 'items', 'additionalProperties'],
  ...['propertyNames', 'required', 'dependentRequired', 'dependentSchemas', 'if', 'then', 'else'],
];

/** The schema files, with what they share in `common` alone. */
export function readSchemas(): Schemas {
  const names = ['common', ...KINDS.map(({ kind }) => kind)];
  const read = (name: string) =>
    JSON.parse(
      readFileSync(new URL(`../../../schemas/${name}.schema.json`, import.meta.url), 'utf8'),
    ) as SchemaNode;
  const common = read('common');
  return new Map(names.map((name) => [name, parted(read(name), common)]));
}

const require = createRequire(import.meta.url);
const { Ajv2020 } = require('ajv/dist/2020') as { Ajv2020: typeof AjvClass };
const addFormats = require('ajv-formats').default as (ajv: AjvClass) => void;

/** Answers whether a value fits a kind's schema; compiled for a few questions, not for speed or words. */
export function validator(schemas: Schemas): (kind: Kind, value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, meta: false, code: { optimize: false } });
  addFormats(ajv);
  for (const schema of schemas.values()) ajv.addSchema(schema);
  return (kind, value) => ajv.validate(schemas.get(kind)!['$id'], value) as boolean;
}

/** The name by which a constraint is spoken of: `common#/$defs/id/pattern`. */
export function nameOf({ file, steps }: Constraint): string {
  return `${file}#/${steps.join('/')}`;
}

/** Every constraint that any kind of file can meet, by name; references are followed, and are constraints too. */
export function constraintsOf(schemas: Schemas): Map<string, Constraint> {
  const found = new Map<string, Constraint>();
  for (const { kind } of KINDS) {
    const seen = new Set<string>();
    const add = (file: string, steps: readonly string[], conditional: boolean): void => {
      const constraint = { file, steps, conditional, kinds: new Set<Kind>() };
      const known = found.get(nameOf(constraint)) ?? constraint;
      found.set(nameOf(known), known);
      known.kinds.add(kind);
    };
    const walk = (file: string, steps: readonly string[], conditional: boolean): void => {
      const place = `${file}#${steps.join('/')} ${conditional}`;
      if (seen.has(place)) return;
      seen.add(place);
      visit(nodeAt(schemas, file, steps), file, steps, conditional, add, walk);
    };
    walk(kind, [], false);
  }
  return found;
}

type Add = (file: string, steps: readonly string[], conditional: boolean) => void;

function visit(
  node: SchemaNode,
  file: string,
  steps: readonly string[],
  conditional: boolean,
  add: Add,
  walk: Add,
): void {
  const below = (...more: string[]) => [...steps, ...more];
  for (const [key, value] of Object.entries(node)) {
    if (SIMPLE.includes(key)) add(file, below(key), conditional);
    else if (!OTHER.includes(key))
      throw new Error(`nobody has said how ${key} is proved (${file}#/${steps.join('/')})`);
    if (key === 'required') for (const index of value.keys()) add(file, below(key, `${index}`), conditional);
    if (key === 'additionalProperties' && value === false) add(file, below(key), conditional);
    if (key === 'dependentRequired')
      for (const [one, needed] of Object.entries<string[]>(value))
        for (const index of needed.keys()) add(file, below(key, one, `${index}`), conditional);
    if (['items', 'propertyNames', 'additionalProperties', 'then', 'else'].includes(key) && value !== false)
      walk(file, below(key), conditional);
    if (key === 'if') walk(file, below(key), true);
    if (key === 'oneOf' || key === 'anyOf')
      for (const index of value.keys()) walk(file, below(key, `${index}`), true);
    if (key === 'properties' || key === 'dependentSchemas')
      for (const [one, schema] of Object.entries(value))
        if (schema === false) add(file, below(key, one), conditional);
        else walk(file, below(key, one), conditional);
  }
  if (typeof node['$ref'] !== 'string') return;
  const [path, pointer = ''] = node['$ref'].split('#');
  walk(path ? path.replace('.schema.json', '') : file, pointer.split('/').slice(1), conditional);
}

function nodeAt(schemas: Schemas, file: string, steps: readonly string[]): SchemaNode {
  return steps.reduce((node, step) => node[step], schemas.get(file)!);
}

/** The schemas with one constraint deleted, and nothing else changed. */
export function without({ file, steps }: Constraint, schemas: Schemas): Schemas {
  const copy = structuredClone(schemas.get(file)!);
  const parent = steps.slice(0, -1).reduce((node, step) => node[step], copy);
  const last = steps.at(-1)!;
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return new Map([...schemas, [file, copy]]);
}
