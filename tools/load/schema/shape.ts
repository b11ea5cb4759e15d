import accessTest from '../../../schemas/access-test.schema.json' with { type: 'json' };
import connector from '../../../schemas/connector.schema.json' with { type: 'json' };
import environment from '../../../schemas/environment.schema.json' with { type: 'json' };
import group from '../../../schemas/group.schema.json' with { type: 'json' };
import guardrails from '../../../schemas/guardrails.schema.json' with { type: 'json' };
import policy from '../../../schemas/policy.schema.json' with { type: 'json' };
import revoked from '../../../schemas/revoked.schema.json' with { type: 'json' };
import service from '../../../schemas/service.schema.json' with { type: 'json' };
import type { Kind } from '../../contract/kinds.ts';
import type { Path } from '../repository.ts';

/** What of a JSON Schema the words of a finding need. */
export interface SchemaShape {
  $ref?: string;
  $defs?: Record<string, SchemaShape>;
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
  properties?: Record<string, SchemaShape | false>;
  additionalProperties?: SchemaShape | boolean;
  propertyNames?: SchemaShape;
  items?: SchemaShape;
  oneOf?: SchemaShape[];
  dependentSchemas?: Record<string, SchemaShape>;
  if?: SchemaShape;
}

/** By the name of the file; imported and not read, so that a bundle carries them. */
const SCHEMAS = {
  'access-test': accessTest,
  connector,
  environment,
  group,
  guardrails,
  policy,
  revoked,
  service,
} as unknown as Readonly<Record<string, SchemaShape>>;

function schemaFile(name: string): SchemaShape {
  const schema = SCHEMAS[name];
  if (!schema) throw new Error(`no schema ${name} is here`);
  return schema;
}

/** A schema and the file it is in, which its references start from. */
interface SchemaAt {
  file: string;
  schema: SchemaShape;
}

/** What a kind of file may hold at a path, references followed; empty where the path leads out of the schema. */
export function shapeAt(kind: Kind, path: Path): SchemaShape {
  let here: SchemaAt = resolved({ file: kind, schema: schemaFile(kind) });
  for (const step of path) here = resolved({ file: here.file, schema: below(here.schema, step) });
  return here.schema;
}

function below(
  { items, properties = {}, additionalProperties }: SchemaShape,
  step: string | number,
): SchemaShape {
  if (typeof step === 'number') return items ?? {};
  const own = Object.hasOwn(properties, step) ? properties[step] : undefined;
  return own || (typeof additionalProperties === 'object' ? additionalProperties : {});
}

/** Follows references; what is beside one overrides what it leads to. */
function resolved({ file, schema }: SchemaAt): SchemaAt {
  const { $ref, ...own } = schema;
  if ($ref === undefined) return { file, schema };
  const [path, pointer = ''] = $ref.split('#');
  const home = path ? path.replace('.schema.json', '') : file;
  const target = pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], schemaFile(home)) as SchemaShape;
  const followed = resolved({ file: home, schema: target });
  return { file: followed.file, schema: { ...followed.schema, ...own } };
}
