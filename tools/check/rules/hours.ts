import { finding, type Rule } from '../rule.ts';

export const hours: Rule = {
  id: 'hours',
  says: 'Ensure that hours do not end when they begin.',
  why: 'From 08:00 to 08:00 is all day to one reader and never to another; nobody should have to guess which.',
  *check(repository) {
    for (const file of repository.policies.values()) {
      const window = file.value.when?.hours;
      if (!window || window.from !== window.to) continue;
      yield finding(hours.id, file, ['when', 'hours', 'to'], {
        message: '`hours` end when they begin',
        found: `${window.from} to ${window.to}`,
        remedy: 'for the whole day write from: "00:00", to: "24:00"',
      });
    }
  },
};
