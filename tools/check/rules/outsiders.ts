import { principalKey } from '../../access/values/membership.ts';
import { namedAsOutsiders, namedInGroups } from '../common/names.ts';
import { warning, type Rule } from '../rule.ts';

export const outsiders: Rule = {
  id: 'outsiders',
  says: 'Ensure that an outsider is in no group.',
  why: 'Whoever reads the list takes them for strangers, and the list would hide it when they are taken out of their group by mistake.',
  *check(repository) {
    const groups = new Map<string, string>();
    for (const { file, name } of namedInGroups(repository)) groups.set(principalKey(name), file.file);
    for (const { file, path, name } of namedAsOutsiders(repository)) {
      const group = groups.get(principalKey(name));
      if (group === undefined) continue;
      const message = `${name} is in a group: ${group}`;
      yield warning(outsiders.id, file, path, { message, remedy: 'remove it here, or there' });
    }
  },
};
