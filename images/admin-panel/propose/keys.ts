import accessTest from '../../../schemas/access-test.schema.json' with { type: 'json' };
import common from '../../../schemas/common.schema.json' with { type: 'json' };
import connector from '../../../schemas/connector.schema.json' with { type: 'json' };
import environment from '../../../schemas/environment.schema.json' with { type: 'json' };
import group from '../../../schemas/group.schema.json' with { type: 'json' };
import guardrails from '../../../schemas/guardrails.schema.json' with { type: 'json' };
import policy from '../../../schemas/policy.schema.json' with { type: 'json' };
import revoked from '../../../schemas/revoked.schema.json' with { type: 'json' };
import service from '../../../schemas/service.schema.json' with { type: 'json' };
import { KINDS, type Kind } from '../../../tools/contract/kinds.ts';

/** What may stand at a place of a file: what an editor suggests. */
export interface KeysNode {
  /** What the schema says of it. */
  says?: string;
  keys?: Readonly<Record<string, KeysNode>>;
  values?: readonly string[];
}

/** The keys of a kind of file, and where such files are. */
export interface KeysOfKind extends KeysNode {
  /** A regular expression for paths. */
  path: string;
}

type Schema = { readonly [key: string]: unknown };

const SCHEMAS: Readonly<Record<Kind, Schema>> = {
  'access-test': accessTest,
  ...{ connector, environment, group, guardrails, policy, revoked, service },
};

/** How deep keys lie at most; a schema may refer to itself. */
const DEEPEST = 6;

/** Every key of the files that people edit, with its values where they are few: from the schemas, for an editor. */
export function keysOfKinds(): KeysOfKind[] {
  return KINDS.map(({ kind, path }) => ({
    path: `^${path.replace(/\./g, '\\.').replace(/\*/g, '[^/]+')}$`,
    ...nodeOf(SCHEMAS[kind], SCHEMAS[kind], 0),
  }));
}

function nodeOf(schema: Schema, file: Schema, depth: number): KeysNode {
  const all = [...parts(schema, file)];
  const says = all.map(({ schema: one }) => one['description']).find((text) => typeof text === 'string');
  const keys: Record<string, KeysNode> = {};
  if (depth < DEEPEST)
    for (const { schema: one, file: own } of all)
      for (const [key, value] of Object.entries((one['properties'] ?? {}) as Record<string, Schema>))
        keys[key] ??= nodeOf(value, own, depth + 1);
  const values = new Set(all.flatMap(({ schema: one }) => valuesOf(one)));
  return {
    ...(says !== undefined && { says: says as string }),
    ...(Object.keys(keys).length > 0 && { keys }),
    ...(values.size > 0 && { values: [...values] }),
  };
}

interface Part {
  schema: Schema;
  file: Schema;
}

/** A schema, and all that it refers to or is made of; a list is what its items are. */
function* parts(schema: Schema, file: Schema): Iterable<Part> {
  yield { schema, file };
  if (typeof schema['$ref'] === 'string') {
    const [name, pointer = ''] = schema['$ref'].split('#');
    const own = name === '' ? file : (common as Schema);
    yield* parts((own['$defs'] as Record<string, Schema>)[pointer.replace('/$defs/', '')]!, own);
  }
  for (const word of ['allOf', 'anyOf', 'oneOf'])
    for (const one of (schema[word] ?? []) as Schema[]) yield* parts(one, file);
  if (typeof schema['items'] === 'object') yield* parts(schema['items'] as Schema, file);
}

function valuesOf({ enum: values, const: only, type }: Schema): string[] {
  if (Array.isArray(values)) return values.map(String);
  if (only !== undefined) return [String(only)];
  return type === 'boolean' ? ['true', 'false'] : [];
}
