import { REVOCATIONS } from '../../access/wording/revocations.ts';
import type { Repository } from '../../load/repository.ts';
import { keeper, unlessApproved } from '../approval.ts';
import type { Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';

export const revocations: Guardrail = {
  id: 'revocations',
  says: 'Ensure that what is revoked, a certificate, principal or client CA, stays revoked unless the one who answers for guardrails.yaml approves.',
  why: 'A line less in revoked.yaml gives a stolen laptop back all that its owner could reach, and no policy changes.',
  *check(change) {
    const { revoked } = change.base;
    const { head } = change;
    if (!revoked) return;
    for (const { kind, list, of } of REVOCATIONS) {
      const still = new Set(head.revoked ? of(head.revoked.value).map(({ subject }) => subject) : []);
      for (const [index, { subject, reason }] of of(revoked.value).entries()) {
        if (still.has(subject) || (kind === 'ca' && !isAccepted(subject, head))) continue;
        const owner = keeper(change);
        yield* unlessApproved(revocations.id, change, owner, {
          subject,
          spot: spotOf('before', revoked, [list, index]),
          words: {
            message: `${NAMES[kind](subject)} (${reason}) would be accepted again`,
            expected: `approval of \`${owner}\``,
          },
        });
      }
    }
  },
};

const NAMES = {
  certificate: (fingerprint: string) => `certificate ${fingerprint.slice(0, 12)}...`,
  principal: (principal: string) => principal,
  ca: (id: string) => `client CA \`${id}\``,
};

/** Whether some environment names a client CA: one that none names is accepted nowhere. */
function isAccepted(ca: string, { environments }: Repository): boolean {
  return [...environments.values()].some(({ value }) => value.clientCas.some(({ id }) => id === ca));
}
