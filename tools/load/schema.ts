import type { ErrorObject } from 'ajv';
import type { KindOfFile } from '../contract/kinds.ts';
import type { Finding } from '../finding/finding.ts';
import type { Path } from './repository.ts';

/** What does not fit the schema, and at which path. */
export interface SchemaFault extends Pick<Finding, 'rule' | 'message' | 'expected' | 'found' | 'remedy'> {
  path: Path;
  target: 'value' | 'key';
}

/** Everything about a value that does not fit its kind of file, one fault each. */
export function schemaFaults(
  { validate, idFrom, kind }: KindOfFile,
  value: unknown,
  file: string,
): SchemaFault[] {
  if (!validate(value))
    return (validate.errors ?? []).flatMap((error) => faultOf(error, value, kind)).filter(distinct());
  if (!idFrom) return [];
  const parts = file.split('/');
  const wanted = idFrom === 'folder' ? parts.at(-2)! : parts.at(-1)!.replace(/\.yaml$/, '');
  const { id } = value as { id: string };
  if (id === wanted) return [];
  return [
    {
      rule: 'id',
      path: ['id'],
      target: 'value',
      message: `\`id\` is not the ${idFrom}'s name`,
      expected: wanted,
      found: id,
      remedy: `write \`id: ${wanted}\`, or rename the ${idFrom}`,
    },
  ];
}

function distinct(): (fault: SchemaFault) => boolean {
  const seen = new Set<string>();
  return ({ path }) => {
    const key = path.join('/');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}

function faultOf(
  { instancePath, keyword, params, schemaPath }: ErrorObject,
  root: unknown,
  kind: string,
): SchemaFault[] {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = JSON.stringify(at(root, path));
  const name = path.length === 0 ? `the ${kind}` : `\`${path.join('.')}\``;
  const base = {
    rule: `schema-${keyword}`,
    path,
    target: 'value' as const,
    found: found?.slice(0, 80) ?? 'nothing',
  };
  switch (keyword) {
    case 'required':
      return [
        {
          rule: base.rule,
          path: [...path, params['missingProperty']],
          target: 'key',
          message: `${name} lacks \`${params['missingProperty']}\``,
          remedy: `add \`${params['missingProperty']}:\``,
        },
      ];
    case 'additionalProperties':
      return [
        {
          rule: base.rule,
          path: [...path, params['additionalProperty']],
          target: 'key',
          message: `\`${params['additionalProperty']}\` is not a key of ${name}`,
          remedy: 'remove it, or see docs/reference.md',
        },
      ];
    case 'if':
      return [];
    default:
      return [
        { ...base, message: `${name} does not fit`, expected: expectation(keyword, params, schemaPath) },
      ];
  }
}

function expectation(keyword: string, params: Record<string, unknown>, schemaPath: string): string {
  if (keyword === 'type') return [params['type']].flat().join(' or ');
  if (keyword === 'enum') return `one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
  if (keyword === 'const') return JSON.stringify(params['allowedValue']);
  if (keyword === 'pattern') return `text like ${String(params['pattern'])}`;
  if (keyword === 'format') return String(params['format']);
  if ('limit' in params) return `${keyword} ${String(params['limit'])}`;
  return schemaPath;
}

function at(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], root);
}
