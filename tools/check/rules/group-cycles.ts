import type { Repository } from '../../load/repository.ts';
import { finding, type Rule } from '../rule.ts';

export const groupCycles: Rule = {
  id: 'group-cycles',
  says: 'Ensure that no group contains itself, at any depth.',
  why: 'In a cycle nobody can say any more which group a person was meant to be in: all of them have the same members.',
  *check(repository) {
    for (const [id, file] of repository.groups) {
      const cycle = cycleFrom(repository, id);
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

/** The shortest way from a group back to itself; undefined where there is none. */
function cycleFrom(repository: Repository, start: string): string[] | undefined {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const nested of repository.groups.get(way.at(-1)!)?.value.groups ?? []) {
      if (nested === start) return way;
      if (seen.has(nested)) continue;
      seen.add(nested);
      ways.push([...way, nested]);
    }
  }
  return undefined;
}
