import type { Repository } from '../load/repository.ts';
import type { FindingWords } from '../check/rule.ts';
import type { Change, Objection, PullRequestUnderReview, Spot } from './change.ts';

/** Whether a person of an owner's team approves who is neither author nor co-author. */
export function isApproved({ author, coAuthors, approvals }: PullRequestUnderReview, owner: string): boolean {
  const writers = new Set([author, ...coAuthors].map((login) => login.toLowerCase()));
  return approvals.some(({ login, teams }) => teams.includes(owner) && !writers.has(login.toLowerCase()));
}

/** The owner of a service as of the base; for a new service, the owner that it names. */
export function ownerOf({ base, head }: Change, service: string): string {
  return (base.services.get(service) ?? head.services.get(service))!.value.owner;
}

/** Who answers for guardrails.yaml as of the base; where there is none yet, as the head says. */
export function keeper({ base, head }: Pick<Change, 'base' | 'head'>): string {
  return keeperOf(base) ?? keeperOf(head) ?? 'nobody';
}

function keeperOf({ guardrails }: Repository): string | undefined {
  return guardrails && (guardrails.value.owner ?? guardrails.value.owners[0]!.id);
}

/** An objection until the owner approves; nothing once it has. */
export function* unlessApproved(
  guardrail: string,
  { pull }: Change,
  owner: string,
  about: { subject: string; spot: Spot; words: FindingWords },
): Iterable<Objection> {
  if (isApproved(pull, owner)) return;
  const { subject, spot, words } = about;
  const asked = `ask \`${owner}\` for a review, by a person who wrote none of this`;
  yield {
    rule: guardrail,
    severity: 'error',
    ...spot.file.place(spot.path),
    ...words,
    remedy: [words.remedy, asked].filter(Boolean).join('; '),
    subject,
    side: spot.side,
    needs: owner,
  };
}
