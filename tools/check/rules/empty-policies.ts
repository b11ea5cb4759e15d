import { membership } from '../../access/values/membership.ts';
import type { Policy, Selection, What } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { environmentsOf, registeredIn, selectorOf } from '../each.ts';
import { finding, type Rule, type FindingWords } from '../rule.ts';

export const emptyPolicies: Rule = {
  id: 'empty-policies',
  says: 'Ensure that every policy is about some principal, and about a service of its environments.',
  why: 'A policy about nobody or nothing looks like one that grants or forbids, and does neither.',
  whole: true,
  *check(repository) {
    for (const file of repository.policies.values()) {
      const { who, what, effect } = file.value;
      // An allow that is about nobody opens nothing; a deny about nobody, or an empty exception, protects nobody.
      const severity = effect === 'deny' ? 'error' : 'warning';
      const tell = (key: string[], words: FindingWords) =>
        finding(emptyPolicies.id, file, key, { severity, ...words }, 'key');
      if (namesNobody(who))
        yield tell(['who'], {
          message: 'this policy is about nobody',
          remedy: 'name groups, principals or `all: true`',
        });
      else if (who.except && namesNobody(who.except))
        yield tell(['who', 'except'], {
          severity: 'error',
          message: '`except` names nobody',
          remedy: 'name groups or principals, or remove it',
        });
      else if (exceptsAll(repository, who))
        yield tell(['who', 'except'], {
          message: '`except` takes away everybody',
          remedy: 'except fewer, or delete the policy',
        });
      if (namesNothing(what))
        yield tell(['what'], {
          message: 'this policy is about no service',
          remedy: 'name services, labels or `all: true`',
        });
      else if (elsewhere(repository, file.value))
        yield tell(['environments'], { severity: 'warning', ...absent(repository, file.value) });
    }
  },
};

function namesNobody({ all, groups = [], principals = [] }: Selection): boolean {
  return !all && groups.length === 0 && principals.length === 0;
}

function namesNothing({ all, services = [], labels = {} }: What): boolean {
  return !all && services.length === 0 && Object.keys(labels).length === 0;
}

/** Whether an exception leaves nobody of those who were named. */
function exceptsAll(repository: Repository, { except, ...named }: Policy['who']): boolean {
  if (!except) return false;
  const before = membership(repository).who(named);
  const after = membership(repository).who({ ...named, except });
  const anybody = (one: typeof before) => one.anyoneElse || one.members.length > 0;
  return anybody(before) && !anybody(after);
}

/** Whether its services are served, but in none of its environments. */
function elsewhere(repository: Repository, policy: Policy): boolean {
  const environments = environmentsOf(repository, policy);
  const served = selectorOf(repository)
    .ids(policy.what)
    .map((id) => registeredIn(repository).get(id))
    .filter((one) => one !== undefined);
  return (
    environments.length > 0 &&
    served.length > 0 &&
    served.every((has) => !environments.some((id) => has.has(id)))
  );
}

function absent(repository: Repository, policy: Policy): FindingWords {
  const message = `no service of this policy is registered in ${environmentsOf(repository, policy).join(' or ')}`;
  return { message, remedy: 'change `environments`, or register one there' };
}
