import { parseInstant } from '../../access/values/time-zone.ts';
import { warning, type Rule } from '../rule.ts';

export const expiredPolicies: Rule = {
  id: 'expired-policies',
  says: 'Ensure that policies which have expired are removed.',
  why: 'An expired policy does nothing, but anyone who reads it takes it for one that holds.',
  *check(repository, at) {
    for (const file of repository.policies.values()) {
      const { start, expires } = file.value.when ?? {};
      if (expires === undefined || parseInstant(expires) > at) continue;
      // One that never began is a matter of `lifetimes`.
      if (start !== undefined && parseInstant(start) >= parseInstant(expires)) continue;
      const message = `this policy has expired, and ${file.value.effect === 'allow' ? 'allows' : 'denies'} nothing any more`;
      yield warning(expiredPolicies.id, file, ['when', 'expires'], {
        message,
        found: expires,
        remedy: 'delete the file, or renew it',
      });
    }
  },
};
