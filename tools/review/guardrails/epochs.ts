import { keeper, unlessApproved } from '../approval.ts';
import type { Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';

export const epochs: Guardrail = {
  id: 'epochs',
  says: 'Ensure that no epoch is lowered, or raised by more than one, unless the one who answers for guardrails.yaml approves.',
  why: 'Followers take nothing of an epoch below the one they have seen, and a raised one cannot be taken back: of an epoch far ahead the holds and the state of the one before are not found any more.',
  *check(change) {
    for (const [id, after] of change.head.environments) {
      const before = change.base.environments.get(id)?.value.epoch;
      const { epoch } = after.value;
      if (before === undefined || epoch === before || epoch === before + 1) continue;
      const owner = keeper(change);
      const way = epoch < before ? 'be lowered' : 'jump';
      yield* unlessApproved(epochs.id, change, owner, {
        subject: `${id}/epoch`,
        spot: spotOf('after', after, ['epoch']),
        words: {
          message: `the epoch of ${id} would ${way} from ${before} to ${epoch}`,
          expected: `${epoch < before ? before : before + 1}, or approval of \`${owner}\``,
        },
      });
    }
  },
};
