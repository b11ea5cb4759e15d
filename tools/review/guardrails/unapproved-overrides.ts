import { keeper, unlessApproved } from '../approval.ts';
import type { Guardrail } from '../change.ts';
import { newOverrides } from '../overrides.ts';
import { spotOf } from '../locations.ts';

export const unapprovedOverrides: Guardrail = {
  id: 'unapproved-overrides',
  says: 'Ensure that the one who answers for guardrails.yaml approves an override.',
  why: 'An exemption that its author grants himself is the end of the guardrail.',
  *check(change) {
    const owner = keeper(change);
    for (const { override, file, index } of newOverrides(change)) {
      const { guardrail, subject, until } = override;
      yield* unlessApproved(unapprovedOverrides.id, change, owner, {
        subject: `${guardrail} of ${subject}`,
        spot: spotOf('after', file, ['overrides', index]),
        words: {
          message: `\`${guardrail}\` would be overridden for ${subject} until ${until}`,
          expected: `approval of \`${owner}\``,
        },
      });
    }
  },
};
