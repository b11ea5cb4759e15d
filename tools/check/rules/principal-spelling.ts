import { principalKey } from '../../access/values/membership.ts';
import type { Repository } from '../../load/repository.ts';
import { namedInGroups, namedInPolicies, namedInTests, type PrincipalMention } from '../common/names.ts';
import { warning, type Rule } from '../rule.ts';

export const principalSpelling: Rule = {
  id: 'principal-spelling',
  says: 'Ensure that a principal is spelled in one way everywhere.',
  why: 'Upper and lower case are the same person to policy, but not to the person who searches for the name before taking access away.',
  *check(repository) {
    for (const spellings of bySpelling(repository).values()) {
      if (spellings.size === 1) continue;
      // What most write is right; of equals, lower case, which sorts last.
      const [[usual, [first]], ...others] = [...spellings].sort(
        ([a, one], [b, other]) => other.length - one.length || (a < b ? 1 : -1),
      ) as [[string, PrincipalMention[]], ...[string, PrincipalMention[]][]];
      for (const { file, path, name } of others.flatMap(([, places]) => places)) {
        yield warning(principalSpelling.id, file, path, {
          message: `${name} is spelled ${usual} in ${first!.file.file}`,
          remedy: `write ${usual} everywhere`,
          edits: [{ path, write: usual }],
        });
      }
    }
  },
};

/** Every place that names a principal, by principal and spelling. */
function bySpelling(repository: Repository): Map<string, Map<string, PrincipalMention[]>> {
  const found = new Map<string, Map<string, PrincipalMention[]>>();
  for (const named of [
    ...namedInGroups(repository),
    ...namedInPolicies(repository),
    ...namedInTests(repository),
  ]) {
    const key = principalKey(named.name);
    if (!found.has(key)) found.set(key, new Map());
    const spellings = found.get(key)!;
    if (!spellings.has(named.name)) spellings.set(named.name, []);
    spellings.get(named.name)!.push(named);
  }
  return found;
}
