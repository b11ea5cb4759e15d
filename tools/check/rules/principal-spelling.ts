import { principalKey } from '../../access/members.ts';
import { namedInGroups, namedInPolicies, namedInTests, type Named } from '../names.ts';
import { warning, type Rule } from '../rule.ts';

export const principalSpelling: Rule = {
  id: 'principal-spelling',
  says: 'Ensure that a principal is spelled in one way everywhere.',
  why: 'Upper and lower case are the same person to policy, but not to whoever searches for the name before taking access away.',
  *check(repository) {
    const first = new Map<string, Named>();
    for (const named of [
      ...namedInGroups(repository),
      ...namedInPolicies(repository),
      ...namedInTests(repository),
    ]) {
      const other = first.get(principalKey(named.name));
      if (!other) first.set(principalKey(named.name), named);
      else if (other.name !== named.name) {
        yield warning(principalSpelling.id, named.file, named.path, {
          message: `${named.name} is spelled ${other.name} in ${other.file.file}`,
          remedy: 'write it in one way',
        });
      }
    }
  },
};
