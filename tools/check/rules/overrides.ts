import { DAY, parseInstant } from '../../access/values/time-zone.ts';
import { finding, warning, type Rule } from '../rule.ts';

/** The longest that an override may be asked for in advance, in days. */
const LONGEST = 30;

/** The reason in a line that a guardrail proposes, to be replaced. */
export const WHY = '<why>';

export const overrides: Rule = {
  id: 'overrides',
  says: 'Ensure that overrides of guardrails say why, end within 30 days, and are removed when they have.',
  why: 'An exemption without an end becomes the rule, and a list of old ones hides the one that counts.',
  *check({ guardrails }, at) {
    for (const [index, { until, reason }] of (guardrails?.value.overrides ?? []).entries()) {
      if (reason.trim() === WHY)
        yield finding(overrides.id, guardrails!, ['overrides', index, 'reason'], {
          message: 'this override does not say why',
          found: WHY,
          remedy: 'write why it is meant, for the person who approves it',
        });
      const path = ['overrides', index, 'until'];
      const days = (parseInstant(until) - at) / DAY;
      if (days <= 0) {
        const message = `this override ended ${until}`;
        yield warning(overrides.id, guardrails!, path, {
          message,
          remedy: 'remove it',
          edits: [{ path: ['overrides', index], remove: true }],
        });
      } else if (days > LONGEST) {
        const message = 'this override lasts too long';
        const expected = `an end at most ${LONGEST} days ahead`;
        yield finding(overrides.id, guardrails!, path, {
          message,
          expected,
          found: until,
          remedy: 'let it end earlier',
        });
      }
    }
  },
};
