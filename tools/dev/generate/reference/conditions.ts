import type { JsonSchema } from '../schemas.ts';
import { code, list } from './markdown.ts';

/** What an object's schema demands of its keys together, one sentence each. */
export function conditions(schema: JsonSchema): string[] {
  return [
    ...(schema['minProperties'] ? [`At least ${counted(schema['minProperties'])}.`] : []),
    ...choice(schema).map((clause) => sentence(clause)),
    ...needs(schema['dependentRequired'] ?? {}),
    ...Object.entries<JsonSchema>(schema['dependentSchemas'] ?? {}).map(
      ([key, then]) => `With ${code(key)}: ${clauses(then)}.`,
    ),
    ...(schema['if'] ? [branch(schema)] : []),
  ];
}

/** Keys that an object needs only in some cases. */
export function dependent(schema: JsonSchema): Set<string> {
  const parts: JsonSchema[] = [
    schema['then'] ?? {},
    schema['else'] ?? {},
    ...Object.values<JsonSchema>(schema['dependentSchemas'] ?? {}),
  ];
  const choices = [schema, ...parts].flatMap(({ oneOf = [] }) => oneOf as JsonSchema[]);
  return new Set([
    ...[...parts, ...choices].flatMap(({ required = [] }) => required as string[]),
    ...Object.values<string[]>(schema['dependentRequired'] ?? {}).flat(),
  ]);
}

function counted(keys: number): string {
  return keys === 1 ? 'one key' : `${keys} keys`;
}

/** `oneOf` over the keys that must be there; over whole shapes it is no condition. */
function choice({ oneOf }: JsonSchema): string[] {
  if (!oneOf?.every((one: JsonSchema) => Object.keys(one).join() === 'required')) return [];
  return [
    `exactly one of ${list(oneOf.map(({ required }: JsonSchema) => list(required.map(code), 'with')))}`,
  ];
}

function needs(dependentRequired: Record<string, string[]>): string[] {
  const keys = new Map<string, string[]>();
  for (const [key, others] of Object.entries(dependentRequired)) {
    const needed = list(others.map(code));
    keys.set(needed, [...(keys.get(needed) ?? []), code(key)]);
  }
  return [...keys].map(([needed, who]) => `With ${list(who, 'or')}: ${needed} too.`);
}

function branch({ if: asked, then, else: otherwise }: JsonSchema): string {
  const [[key, value] = []] = Object.entries<JsonSchema>(asked.properties ?? {});
  if (key === undefined || !('const' in value!))
    throw new Error('no words for this `if`: add them to tools/dev/generate/reference/conditions.ts');
  const where = `With ${code(`${key}: ${value.const}`)}: ${clauses(then ?? {})}.`;
  return otherwise ? `${where} Otherwise: ${clauses(otherwise)}.` : where;
}

/** What a part of a condition demands, as the rest of a sentence. */
function clauses(schema: JsonSchema): string {
  const forbidden = Object.entries(schema['properties'] ?? {}).filter(([, value]) => value === false);
  return list([
    ...(schema['required'] ? [`${list(schema['required'].map(code))} too`] : []),
    ...choice(schema),
    ...(forbidden.length
      ? [
          `no ${list(
            forbidden.map(([key]) => code(key)),
            'or',
          )}`,
        ]
      : []),
  ]);
}

function sentence(clause: string): string {
  return `${clause[0]!.toUpperCase()}${clause.slice(1)}.`;
}
