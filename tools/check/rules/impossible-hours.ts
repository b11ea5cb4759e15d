import { DAY, parseInstant } from '../../access/values/time-zone.ts';
import { windowOf, windowInstants } from '../../access/values/hours.ts';
import { hoursText } from '../../access/wording/condition-text.ts';
import { warning, type Rule } from '../rule.ts';

/** A weekly window opens within this time, even where the clocks skip it once. */
const LONG_ENOUGH = 35 * DAY;

export const impossibleHours: Rule = {
  id: 'impossible-hours',
  says: 'Ensure that the hours of a policy come round between its start and its expiry.',
  why: 'A policy for a weekend that lives from Monday to Friday can never hold.',
  *check(repository) {
    for (const file of repository.policies.values()) {
      const { hours, start, expires } = file.value.when ?? {};
      const window = hours && windowOf(hours);
      if (!window || start === undefined || expires === undefined) continue;
      const [begin, end] = [parseInstant(start), parseInstant(expires)];
      if (begin >= end || end - begin > LONG_ENOUGH || windowInstants(window, begin, end).length > 0)
        continue;
      yield warning(
        impossibleHours.id,
        file,
        ['when', 'hours'],
        {
          message: 'these hours never come while the policy lives',
          expected: `${hoursText(hours)} at least once from ${start} to ${expires}`,
          remedy: 'change the hours, or the dates',
        },
        'key',
      );
    }
  },
};
