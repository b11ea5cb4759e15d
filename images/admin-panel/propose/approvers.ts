import type { Approver } from '../../../tools/contract/shapes.ts';
import type { Repository } from '../../../tools/load/repository.ts';
import { type PullRequestOutcome, wantedOf } from '../../../tools/review/outcome.ts';

/** Who must approve a change, as the base has it, and why; any owner where no guardrail names one. */
export function approversOf({ change }: PullRequestOutcome, base: Repository): Approver[] {
  const objections = change?.guarded.objections ?? [];
  const wanted = wantedOf(objections).map((owner) => ({
    owner,
    because: [...new Set(objections.filter(({ needs }) => needs === owner).map(({ message }) => message))],
  }));
  if (wanted.length > 0 || !base.guardrails) return wanted;
  const owners = base.guardrails.value.owners.map(({ id }) => id).join(', ');
  return [{ owner: `one of ${owners}`, because: ['every change needs a review by somebody else'] }];
}
