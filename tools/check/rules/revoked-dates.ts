import { REVOCATIONS } from '../../access/wording/revocations.ts';
import { HOUR } from '../../access/values/time-zone.ts';
import { warning, type Rule } from '../rule.ts';

/** A day begins this long before it does in UTC, in the easternmost zone. */
const EARLIEST = 14 * HOUR;

export const revokedDates: Rule = {
  id: 'revoked-dates',
  says: 'Ensure that nothing was revoked in the future.',
  why: 'A revocation holds from the merge, whatever its date; a date to come makes a reader think that it does not hold yet.',
  *check({ revoked }, at) {
    for (const { list } of REVOCATIONS)
      for (const [index, { date }] of (revoked?.value[list] ?? []).entries()) {
        if (Date.parse(date) - EARLIEST <= at) continue;
        yield warning(revokedDates.id, revoked!, [list, index, 'date'], {
          message: `${date} is in the future`,
          remedy: 'write the day on which it was revoked',
        });
      }
  },
};
