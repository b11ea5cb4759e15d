import { principalKey } from '../../access/values/membership.ts';
import { namedInGroups, namedInPolicies, namedInRevoked, NearNames } from '../names.ts';
import { didYouMean } from '../../finding/nearest.ts';
import { warning, type Rule } from '../rule.ts';

export const policyPrincipals: Rule = {
  id: 'policy-principals',
  says: 'Ensure that a principal whom a policy or revoked.yaml names is in a group.',
  why: 'A person who leaves is taken out of the groups; a name that only a policy has is kept for ever, or was misspelt.',
  whole: true,
  *check(repository) {
    const known = new Set<string>();
    for (const { name } of namedInGroups(repository)) known.add(principalKey(name));
    let near: NearNames | undefined;
    for (const { file, path, name } of [...namedInPolicies(repository), ...namedInRevoked(repository)]) {
      const key = principalKey(name);
      if (known.has(key)) continue;
      near ??= new NearNames(known);
      const remedy = didYouMean(key, near.like(key), 'add it to a group');
      yield warning(policyPrincipals.id, file, path, { message: `${name} is in no group`, remedy });
    }
  },
};
