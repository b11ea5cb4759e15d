import type { Repository } from '../load/repository.ts';
import type { FindingWords } from '../check/rule.ts';
import type { Change, Gist, Objection, PullRequestUnderReview, Spot } from './change.ts';

/** Who of an owner's team approves, and is neither author nor co-author: logins as GitHub writes them, sorted. */
export function approversOf(
  { author, coAuthors, approvals }: PullRequestUnderReview,
  owner: string,
): string[] {
  const writers = new Set([author, ...coAuthors].map((login) => login.toLowerCase()));
  const valid = approvals.filter(
    ({ login, teams }) => teams.includes(owner) && !writers.has(login.toLowerCase()),
  );
  return valid.map(({ login }) => login).sort();
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

/** What an owner has to approve: an objection until then, and afterwards what was approved, by whom. */
export function* unlessApproved(
  guardrail: string,
  { pull }: Pick<Change, 'pull'>,
  owner: string,
  about: { subject: string; spot: Spot; words: FindingWords; gist?: Gist },
): Iterable<Objection> {
  const { subject, spot, words, gist } = about;
  const approvedBy = approversOf(pull, owner);
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
    ...(gist && { gist }),
    ...(approvedBy.length > 0 && { approvedBy }),
  };
}
