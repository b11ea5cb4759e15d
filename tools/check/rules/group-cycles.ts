import { cycleFrom } from '../common/cycles.ts';
import { finding, type Rule } from '../rule.ts';

export const groupCycles: Rule = {
  id: 'group-cycles',
  says: 'Ensure that no group contains itself, at any depth.',
  why: 'In a cycle nobody can say any more which group a person was meant to be in: all of them have the same members.',
  *check(repository) {
    for (const [id, file] of repository.groups) {
      const cycle = cycleFrom(id, (other) => repository.groups.get(other)?.value.groups);
      // A cycle is told once, at its first group.
      if (!cycle || cycle.some((other) => other < id)) continue;
      const index = file.value.groups!.indexOf(cycle[1] ?? id);
      const message = `group \`${id}\` contains itself`;
      const found = [...cycle, id].join(' > ');
      yield finding(groupCycles.id, file, ['groups', index], {
        message,
        found,
        remedy: 'take one of these groups out of the other',
      });
    }
  },
};
