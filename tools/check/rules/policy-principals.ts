import { principalKey } from '../../access/values/membership.ts';
import type { Policy } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { once } from '../each.ts';
import { isLater, OR_LATER, principalNames, type FileWithLater } from '../common/later.ts';
import {
  namedAsOutsiders,
  namedInGroups,
  namedInPolicies,
  namedInRevoked,
  namedInTests,
  NearNames,
  type PrincipalMention,
} from '../common/names.ts';
import { didYouMean } from '../../finding/nearest.ts';
import { finding, type Rule } from '../rule.ts';

export const policyPrincipals: Rule = {
  id: 'policy-principals',
  says: 'Ensure that a principal whom a policy, revoked.yaml or an access test names is in a group, or an outsider.',
  why: 'A name that was misspelt in a deny, an exception or a test protects nobody; one that only an allow has is kept for ever when the person leaves.',
  whole: true,
  *check(repository) {
    const known = knownIn(repository);
    let near: NearNames | undefined;
    for (const [{ file, path, name }, severity] of mentions(repository)) {
      const key = principalKey(name);
      const own = file as FileWithLater;
      if (known.has(key) || isLater(own, principalNames(own, name))) continue;
      // That it is a group is said by principal-names, which says where it belongs.
      if (repository.groups.has(key)) continue;
      near ??= new NearNames(known);
      const otherwise =
        severity === 'warning'
          ? 'add it to a group'
          : `add it to a group, or to \`outsiders\` in guardrails.yaml, ${OR_LATER}`;
      const remedy = didYouMean(key, near.like(key), otherwise);
      yield finding(policyPrincipals.id, file, path, { severity, message: `${name} is in no group`, remedy });
    }
  },
};

const knownIn = once(
  (repository) =>
    new Set(
      [...namedInGroups(repository), ...namedAsOutsiders(repository)].map(({ name }) => principalKey(name)),
    ),
);

/** Every name in a policy, revoked.yaml or a test, and how grave it is where nobody else knows it. */
function* mentions(repository: Repository): Iterable<[PrincipalMention, 'error' | 'warning']> {
  const allowed = new Set<string>();
  const policies = [...namedInPolicies(repository)];
  for (const one of policies) if (!protects(one)) allowed.add(principalKey(one.name));
  // What an allow names is not misspelt here alone: it is said there.
  for (const one of policies)
    yield [one, protects(one) && !allowed.has(principalKey(one.name)) ? 'error' : 'warning'];
  // Who leaves is revoked and taken out of the groups at once.
  for (const one of namedInRevoked(repository)) yield [one, 'warning'];
  for (const one of namedInTests(repository)) if (!allowed.has(principalKey(one.name))) yield [one, 'error'];
}

/** Whether a name in a policy takes access away: in a deny, or in an exception. */
function protects({ file, path }: PrincipalMention): boolean {
  return (file.value as Policy).effect === 'deny' || path.includes('except');
}
