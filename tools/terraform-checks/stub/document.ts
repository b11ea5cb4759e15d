import type { Json, Values } from './wire.ts';

/** What the data source `aws_iam_policy_document` makes of its configuration: an IAM document in JSON. */
export function policyDocument(config: Values): string {
  const sources = lists(config['source_policy_documents']).concat(lists(config['override_policy_documents']));
  const inherited = sources.flatMap((text) => statementsOf(String(text)));
  const own = blocks(config['statement']).map(statement);
  return JSON.stringify({ Version: '2012-10-17', Statement: [...inherited, ...own] });
}

function statementsOf(text: string): unknown[] {
  const found = (JSON.parse(text) as { Statement: unknown }).Statement;
  return Array.isArray(found) ? found : [found];
}

function statement(block: Values): Record<string, unknown> {
  const list = (key: string, from: string): Record<string, unknown> => {
    const values = lists(block[from]);
    return values.length > 0 ? { [key]: values } : {};
  };
  return {
    ...(block['sid'] ? { Sid: block['sid'] } : {}),
    Effect: block['effect'] ?? 'Allow',
    ...principals('Principal', block['principals']),
    ...principals('NotPrincipal', block['not_principals']),
    ...list('Action', 'actions'),
    ...list('NotAction', 'not_actions'),
    ...list('Resource', 'resources'),
    ...list('NotResource', 'not_resources'),
    ...conditions(block['condition']),
  };
}

function principals(key: string, value: Json | undefined): Record<string, unknown> {
  const named = blocks(value).map((one) => [String(one['type']), lists(one['identifiers'])] as const);
  if (named.length === 0) return {};
  if (named.some(([type, ids]) => type === '*' && ids.includes('*'))) return { [key]: '*' };
  const types = [...new Set(named.map(([type]) => type))];
  return {
    [key]: Object.fromEntries(
      types.map((type) => [type, named.filter(([one]) => one === type).flatMap(([, ids]) => ids)]),
    ),
  };
}

function conditions(value: Json | undefined): Record<string, unknown> {
  const found: Record<string, Record<string, Json[]>> = {};
  for (const { test, variable, values } of blocks(value))
    (found[String(test)] ??= {})[String(variable)] = lists(values);
  return Object.keys(found).length > 0 ? { Condition: found } : {};
}

const lists = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const blocks = (value: Json | undefined): Values[] => lists(value) as Values[];
