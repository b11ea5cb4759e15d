/** The same policies for casbin: groups as roles, and conditions as a function of the request's facts. */
import { newEnforcer, newModelFromString, type Enforcer } from 'casbin';
import { conditionOf, meets } from '../../access/values/condition.ts';
import { typed } from '../../access/request.ts';
import type { Request } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';

const MODEL = `
[request_definition]
r = sub, obj, facts
[policy_definition]
p = who, what, id, eft
[role_definition]
g = _, _
g2 = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.who) && g2(r.obj, p.what) && holds(r.facts, r.sub, p.id)
`;

/** A repository that casbin decides on. */
export interface Casbin {
  ask(request: Request): Promise<'allow' | 'deny'>;
}

/** Hands a repository's policies to casbin. */
export async function casbinOf(repository: Repository): Promise<Casbin> {
  const enforcer = await newEnforcer(newModelFromString(MODEL));
  const policies = [...repository.policies.values()].map(({ value }) => value);
  const conditions = new Map(
    policies.map(({ id, effect, when }) => [id, { effect, condition: conditionOf(when ?? {}) }]),
  );
  const except = new Map(policies.map(({ id, who }) => [id, who.except?.groups ?? []]));
  await addRoles(enforcer, repository);
  await enforcer.addPolicies(
    policies.flatMap(({ id, effect, who, what }) => {
      const whos = who.all ? ['everybody'] : [...(who.groups ?? []), ...(who.principals ?? [])];
      const labels = Object.entries(what.labels ?? {})
        .map(([name, value]) => `${name}=${value}`)
        .sort();
      const whats = [...(what.services ?? []), ...(labels.length > 0 ? [labels.join('&')] : [])];
      return whos.flatMap((one) => whats.map((other) => [one, other, id, effect]));
    }),
  );
  const roles = enforcer.getRoleManager();
  await enforcer.addFunction(
    'holds',
    async (facts: ReturnType<typeof typed>, principal: string, id: string) => {
      for (const group of except.get(id)!) if (await roles.hasLink(principal, group)) return false;
      const { effect, condition } = conditions.get(id)!;
      return meets(condition, facts, effect === 'deny');
    },
  );
  return {
    async ask(request) {
      return (await enforcer.enforce(request.principal, request.service, typed(request))) ? 'allow' : 'deny';
    },
  };
}

async function addRoles(enforcer: Enforcer, repository: Repository): Promise<void> {
  const groups = [...repository.groups.values()].map(({ value }) => value);
  const links = groups.flatMap(({ id, members = [], groups: nested = [] }) =>
    [...members.map((name) => name.toLowerCase()), ...nested].map((inner) => [inner, id]),
  );
  const everybody = [...new Set(groups.flatMap(({ members = [] }) => members))].map((name) => [
    name,
    'everybody',
  ]);
  await enforcer.addGroupingPolicies([...links, ...everybody]);
  const carried = [...repository.services.values()].flatMap(({ value: { id, labels = {} } }) => {
    const pairs = Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .sort();
    return [...pairs, pairs.join('&')].map((role) => [id, role]);
  });
  await enforcer.addNamedGroupingPolicies('g2', carried);
}
