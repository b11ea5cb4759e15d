import { keeper, unlessApproved } from '../approval.ts';
import type { Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';

export const revocations: Guardrail = {
  id: 'revocations',
  says: 'Ensure that a revoked certificate stays revoked unless the one who answers for guardrails.yaml approves.',
  why: 'A line less in revoked.yaml gives a stolen laptop back all that its owner could reach, and no policy changes.',
  *check(change) {
    const { revoked } = change.base;
    const now = new Set(change.head.revoked?.value.certificates.map(({ fingerprint }) => fingerprint));
    for (const [index, { fingerprint, reason }] of (revoked?.value.certificates ?? []).entries()) {
      if (now.has(fingerprint)) continue;
      const owner = keeper(change);
      yield* unlessApproved(revocations.id, change, owner, {
        subject: fingerprint,
        spot: spotOf('before', revoked!, ['certificates', index]),
        words: {
          message: `certificate ${fingerprint.slice(0, 12)}... (${reason}) would be accepted again`,
          expected: `approval of \`${owner}\``,
        },
      });
    }
  },
};
