import type { OpenApiNode } from './openapi-extract.ts';

/** Values for what a schema asks for and nobody gives. */
const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-06-01T12:00:00Z',
  uri: 'https://github.test/',
  email: 'somebody@example.com',
};

/**
 * A value that a schema describes: what is given, completed with the least that the schema requires.
 * @param schemas where references lead
 */
export function shaped(
  schema: OpenApiNode,
  given: unknown,
  schemas: Readonly<Record<string, OpenApiNode>>,
): unknown {
  const at = (one: OpenApiNode, value: unknown) => shaped(one, value, schemas);
  if (given === null) return null;
  if (schema['nullable'] && given === undefined) return null;
  if (typeof schema['$ref'] === 'string')
    return at(schemas[schema['$ref'].replace('#/schemas/', '')]!, given);
  if (schema['allOf'])
    return schema['allOf'].reduce((value: unknown, one: OpenApiNode) => at(one, value), given);
  const choice = (schema['oneOf'] ?? schema['anyOf']) as OpenApiNode[] | undefined;
  if (choice && !schema['properties']) return chosen(choice, given, schemas);
  if (schema['type'] === 'array') return ((given ?? []) as unknown[]).map((one) => at(schema['items'], one));
  if (schema['type'] === 'object' || schema['properties'])
    return object(schema, (given ?? {}) as OpenApiNode, at);
  return given ?? least(schema);
}

/** The first choice that is a list where a list is given, and an object where an object is. */
function chosen(
  choices: readonly OpenApiNode[],
  given: unknown,
  schemas: Readonly<Record<string, OpenApiNode>>,
): unknown {
  if (given !== undefined && typeof given !== 'object') return given;
  const typeOf = (one: OpenApiNode): unknown =>
    one['$ref'] === undefined ? one['type'] : schemas[one['$ref'].replace('#/schemas/', '')]!['type'];
  const wanted = Array.isArray(given) ? 'array' : 'object';
  const choice = choices.find((one) => given !== undefined && typeOf(one) === wanted) ?? choices[0]!;
  return shaped(choice, given, schemas);
}

function object(
  schema: OpenApiNode,
  given: OpenApiNode,
  at: (one: OpenApiNode, value: unknown) => unknown,
): OpenApiNode {
  const properties = (schema['properties'] ?? {}) as Record<string, OpenApiNode>;
  const keys = new Set([...((schema['required'] ?? []) as string[]), ...Object.keys(given)]);
  const entries = [...keys].map((key) => [
    key,
    properties[key] ? at(properties[key], given[key]) : given[key],
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function least({ enum: values, type, format }: OpenApiNode): unknown {
  if (values) return values[0];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return false;
  return FORMATS[format as string] ?? 'x';
}
