import { finding, type Rule } from '../rule.ts';

export const observedAllows: Rule = {
  id: 'observed-allows',
  says: 'Ensure that only policies which deny are observed.',
  why: 'What `observe` reports is who would be cut off; an allow cuts nobody off, and observed it would silently allow nothing, or everything.',
  *check(repository) {
    for (const file of repository.policies.values()) {
      const { observe, effect } = file.value;
      if (!observe || effect === 'deny') continue;
      const message = 'a policy that allows cannot be only observed';
      const remedy = 'remove `observe`, or write the deny that is to be tried';
      yield finding(
        observedAllows.id,
        file,
        ['observe'],
        { message, expected: 'effect: deny', remedy },
        'key',
      );
    }
  },
};
