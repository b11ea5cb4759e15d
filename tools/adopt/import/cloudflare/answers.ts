import { type Address, isInside, parsePrefix } from '../../../contract/values/address.ts';
import type { OldRequest } from '../draft.ts';
import { objectOf, objectsOf } from '../json.ts';
import {
  ALLOWS,
  type AccessApp,
  type AccessPolicy,
  type JsonObject,
  type Rules,
  ipOf,
  rulesOf,
} from './apps.ts';
import { PARTIAL, isAbout, strangerIn } from './somebody.ts';

/** The old system's answer: the first policy that matches decides. */
export function isAllowed(
  value: unknown,
  apps: readonly AccessApp[],
  { principal, service, source }: OldRequest,
): boolean {
  const groups = new Map(
    objectsOf(objectOf(value)['groups']).map((one) => [String(one['id']), rulesOf(one)]),
  );
  const matches = (rules: Rules, allows: boolean, depth = 0): boolean => {
    // What nothing here can ask for is so of its own stranger; of others whatever keeps the most access.
    const is = (rule: JsonObject, unknown: boolean): boolean => {
      const ip = ipOf(rule);
      if (ip !== undefined) return isFrom(ip, source);
      const inner = groups.get(String(objectOf(rule['group'])['id']));
      if (inner && depth < 8) return matches(inner, allows, depth + 1);
      const about = isAbout(rule, principal, groups);
      if (about !== 'unknown') return about;
      if (principal === undefined && PARTIAL.some((kind) => rule[kind] !== undefined)) return false;
      return strangerIn(rule) === principal || unknown;
    };
    const { include, require, exclude } = rules;
    return (
      include.some((rule) => is(rule, false)) &&
      require.every((rule) => is(rule, allows)) &&
      !exclude.some((rule) => is(rule, false))
    );
  };
  const policies = apps.find((app) => app.service.id === service)?.policies ?? [];
  const isAllow = ({ decision }: AccessPolicy): boolean => ALLOWS.includes(decision);
  const deciding = policies.find((policy) => matches(policy, isAllow(policy)));
  return deciding !== undefined && isAllow(deciding);
}

function isFrom(text: string, source: Address | undefined): boolean {
  const prefix = parsePrefix(text);
  return !!prefix && !!source && isInside(source, prefix);
}
