import { zone } from '../../access/values/time-zone.ts';
import { didYouMean } from '../../finding/nearest.ts';
import { finding, type Rule } from '../rule.ts';

export const timeZones: Rule = {
  id: 'time-zones',
  says: 'Ensure that every time zone is a name in the tz database.',
  why: 'In a zone that does not exist it is never eight in the morning: an allow never opens, and a deny never closes.',
  *check(repository) {
    for (const file of repository.policies.values()) {
      const name = file.value.when?.hours?.timezone;
      // Some runtimes take +02:00 for a zone and others do not; none of them knows its summer time.
      if (name === undefined || (/^[A-Za-z]/.test(name) && zone(name))) continue;
      yield finding(timeZones.id, file, ['when', 'hours', 'timezone'], {
        message: `there is no time zone ${name}`,
        expected: 'a name such as Europe/Berlin',
        remedy: didYouMean(
          name,
          ['UTC', ...Intl.supportedValuesOf('timeZone')],
          'use the name of a large city near by',
        ),
      });
    }
  },
};
