import { warning, type Rule } from '../rule.ts';

export const emptyGroups: Rule = {
  id: 'empty-groups',
  says: 'Ensure that every group has a member or another group.',
  why: 'A policy for an empty group is about nobody; most often its members were lost in an edit.',
  *check(repository) {
    for (const [id, file] of repository.groups) {
      const { members = [], groups = [] } = file.value;
      if (members.length > 0 || groups.length > 0) continue;
      const key = file.value.members ? 'members' : 'id';
      yield warning(
        emptyGroups.id,
        file,
        [key],
        { message: `group \`${id}\` is empty`, remedy: 'add `members` or `groups`, or delete it' },
        'key',
      );
    }
  },
};
