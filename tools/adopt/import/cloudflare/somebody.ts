import { isStranger, strangerOf } from '../draft.ts';
import { objectOf } from '../json.ts';
import { type AccessApp, type JsonObject, type Rules, ipOf } from './apps.ts';
import { type OldCompany, principalIn } from './world.ts';

/** Somebody whom a rule is asked about: a principal of the files, a person whom they do not name, or a stranger. */
export type Somebody = string | undefined;

/** Kinds of rule that are about principals of the files, and also about others whom no file names. */
export const PARTIAL = ['email_domain', 'any_valid_service_token'];

/** Whoever matches a rule that nothing here can ask for: its kind, and what it asks. */
export function strangerIn(rule: JsonObject): string {
  const [kind = '', value] = Object.entries(rule)[0] ?? [];
  const asked = Object.values(objectOf(value)).filter((one) => typeof one === 'string');
  return strangerOf(`\`${kind}\`${asked.length > 0 ? ` (${asked.join(', ')})` : ''}`);
}

/** A stranger for each rule of any policy, and of groups in it, that nothing here can ask of whoever no file names. */
export function strangersIn(apps: readonly AccessApp[], groups: OldCompany['groups']): string[] {
  const rules = (list: Rules): JsonObject[] => [...list.include, ...list.require, ...list.exclude];
  const all = [...apps.flatMap(({ policies }) => policies), ...groups.values()].flatMap(rules);
  const known = (rule: JsonObject) => groups.has(String(objectOf(rule['group'])['id']));
  const unknown = all.filter(
    (rule) => ipOf(rule) === undefined && !known(rule) && isAbout(rule, undefined, groups) === 'unknown',
  );
  return [...new Set(unknown.map(strangerIn))].sort();
}

/** Whether a rule is about somebody; `unknown` where nothing here can tell. Source addresses are left to `ipOf`. */
export function isAbout(
  rule: JsonObject,
  one: Somebody,
  groups: OldCompany['groups'],
  depth = 0,
): boolean | 'unknown' {
  const [kind = '', value] = Object.entries(rule)[0] ?? [];
  const of = objectOf(value);
  if (kind === 'everyone' || kind === 'certificate') return true;
  const named = principalIn(kind, of);
  if (named !== undefined) return named === one;
  if (PARTIAL.includes(kind) && (one === undefined || isStranger(one))) return 'unknown';
  if (kind === 'email_domain') return one!.endsWith(`@${String(of['domain']).toLowerCase()}`);
  if (kind === 'any_valid_service_token') return one!.startsWith('token-');
  if (kind !== 'group' || depth > 8) return 'unknown';
  const group = groups.get(String(of['id']));
  if (!group) return 'unknown';
  const all = (rules: readonly JsonObject[]) => rules.map((inner) => isAbout(inner, one, groups, depth + 1));
  const [include, require, exclude] = [all(group.include), all(group.require), all(group.exclude)];
  if (exclude.includes(true) || require.includes(false) || include.every((some) => some === false))
    return false;
  return include.includes(true) && ![...require, ...exclude].includes('unknown') ? true : 'unknown';
}
