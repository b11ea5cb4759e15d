import { principalKey } from '../../access/values/membership.ts';
import type { Path } from '../../load/repository.ts';
import {
  namedAsOutsiders,
  namedInGroups,
  namedInPolicies,
  namedInRevoked,
  namedInTests,
} from '../common/names.ts';
import { finding, type Rule } from '../rule.ts';

export const principalNames: Rule = {
  id: 'principal-names',
  says: 'Ensure that no principal is called like a group.',
  why: 'A group among principals is one person who does not exist: the deny denies nobody, revoking it revokes nobody, and the allow waits for a certificate in that name.',
  whole: true,
  *check(repository) {
    for (const { file, path, name } of [
      ...namedInGroups(repository),
      ...namedInPolicies(repository),
      ...namedInRevoked(repository),
      ...namedInTests(repository),
      ...namedAsOutsiders(repository),
    ]) {
      const id = principalKey(name);
      if (!repository.groups.has(id)) continue;
      const message = `\`${id}\` is a group, and not a principal`;
      yield finding(principalNames.id, file, path, { message, remedy: remedyFor(path, id) });
    }
  },
};

function remedyFor(path: Path, id: string): string {
  if (path[0] === 'outsiders') return 'remove it';
  if (isRevoked(path)) return 'name each of its members';
  return path[0] === 'expect' ? `write \`group: ${id}\`` : `write it under \`groups\`: [${id}]`;
}

/** Whether it is one of revoked.yaml, which names no groups: `principals[0].principal`. */
function isRevoked(path: Path): boolean {
  return path[0] === 'principals';
}
