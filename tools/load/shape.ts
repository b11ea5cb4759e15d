import accessTest from '../../schemas/access-test.schema.json' with { type: 'json' };
import common from '../../schemas/common.schema.json' with { type: 'json' };
import connector from '../../schemas/connector.schema.json' with { type: 'json' };
import environment from '../../schemas/environment.schema.json' with { type: 'json' };
import group from '../../schemas/group.schema.json' with { type: 'json' };
import guardrails from '../../schemas/guardrails.schema.json' with { type: 'json' };
import policy from '../../schemas/policy.schema.json' with { type: 'json' };
import revoked from '../../schemas/revoked.schema.json' with { type: 'json' };
import service from '../../schemas/service.schema.json' with { type: 'json' };
import type { Kind } from '../contract/kinds.ts';
import type { Path } from './repository.ts';

/** What of a JSON Schema the words of a finding need. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  multipleOf?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  required?: string[];
  properties?: Record<string, Schema | false>;
  additionalProperties?: Schema | boolean;
  propertyNames?: Schema;
  items?: Schema;
  oneOf?: Schema[];
  dependentSchemas?: Record<string, Schema>;
  if?: Schema;
}

/** By the name of the file; imported and not read, so that a bundle carries them. */
const SCHEMAS = {
  'access-test': accessTest,
  common,
  connector,
  environment,
  group,
  guardrails,
  policy,
  revoked,
  service,
} as unknown as Readonly<Record<string, Schema>>;

function schemaFile(name: string): Schema {
  const schema = SCHEMAS[name];
  if (!schema) throw new Error(`no schema ${name} stands here`);
  return schema;
}

/** A schema and the file it stands in, which its references start from. */
interface Located {
  file: string;
  schema: Schema;
}

/** What a kind of file may hold at a path, references followed; empty where the path leads out of the schema. */
export function shapeAt(kind: Kind, path: Path): Schema {
  let here: Located = resolved({ file: kind, schema: schemaFile(kind) });
  for (const step of path) here = resolved({ file: here.file, schema: below(here.schema, step) });
  return here.schema;
}

function below({ items, properties = {}, additionalProperties }: Schema, step: string | number): Schema {
  if (typeof step === 'number') return items ?? {};
  const own = Object.hasOwn(properties, step) ? properties[step] : undefined;
  return own || (typeof additionalProperties === 'object' ? additionalProperties : {});
}

/** Follows references; what stands beside one overrides what it leads to. */
function resolved({ file, schema }: Located): Located {
  const { $ref, ...own } = schema;
  if ($ref === undefined) return { file, schema };
  const [path, pointer = ''] = $ref.split('#');
  const home = path ? path.replace('.schema.json', '') : file;
  const target = pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], schemaFile(home)) as Schema;
  const followed = resolved({ file: home, schema: target });
  return { file: followed.file, schema: { ...followed.schema, ...own } };
}
