import { parseInstant } from '../../access/values/time-zone.ts';
import { finding, type Rule } from '../rule.ts';

export const lifetimes: Rule = {
  id: 'lifetimes',
  says: 'Ensure that a policy starts before it expires.',
  why: 'A policy that ends before it begins never holds; most often a year was not changed.',
  *check(repository) {
    for (const file of repository.policies.values()) {
      const { start, expires } = file.value.when ?? {};
      if (start === undefined || expires === undefined || parseInstant(start) < parseInstant(expires))
        continue;
      yield finding(lifetimes.id, file, ['when', 'expires'], {
        message: 'this policy expires before it starts',
        expected: `an instant after ${start}`,
        found: expires,
        remedy: 'correct one of the two',
      });
    }
  },
};
