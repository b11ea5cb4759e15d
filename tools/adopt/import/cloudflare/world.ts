import { principalOf } from '../draft.ts';
import { objectOf, objectsOf } from '../json.ts';
import { type JsonObject, type Rules, rulesOf } from './apps.ts';

export interface OldCompany {
  groups: Map<string, Rules>;
  principals: string[];
}

export function worldOf(root: JsonObject): OldCompany {
  const groups = new Map(objectsOf(root['groups']).map((one) => [String(one['id']), rulesOf(one)]));
  return { groups, principals: [...new Set(namesIn(root))].sort() };
}

/** Everybody and every machine that any rule names, wherever it is. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  const named = Object.entries(value as JsonObject).flatMap(
    ([kind, of]) => principalIn(kind, objectOf(of)) ?? [],
  );
  return [...named, ...Object.values(value).flatMap(namesIn)];
}

export function prefixesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(prefixesIn);
  if (typeof value !== 'object' || value === null) return [];
  const ip = objectOf((value as JsonObject)['ip'])['ip'];
  return [...(typeof ip === 'string' ? [ip] : []), ...Object.values(value).flatMap(prefixesIn)];
}

/** The principal that a rule of a kind names. */
export function principalIn(kind: string, of: JsonObject): string | undefined {
  if (kind === 'email' && typeof of['email'] === 'string') return principalOf(of['email']);
  if (kind === 'service_token' && typeof of['token_id'] === 'string')
    return principalOf(`token-${of['token_id']}`);
  if (kind === 'common_name' && typeof of['common_name'] === 'string') return principalOf(of['common_name']);
  return undefined;
}
