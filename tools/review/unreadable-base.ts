import type { Finding } from '../finding/finding.ts';
import type { LoadResult } from '../load/load.ts';
import type { Repository } from '../load/repository.ts';
import { approversOf, keeper } from './approval.ts';
import type { Change, Objection } from './change.ts';
import { weakenedGuardrails } from './guardrails/weakened-guardrails.ts';

/** The first error of each file of the base that cannot be used. */
export function unreadableFiles({ findings }: LoadResult): Finding[] {
  const first = new Map<string, Finding>();
  for (const one of findings) if (one.severity === 'error' && !first.has(one.file)) first.set(one.file, one);
  return [...first.values()];
}

/**
 * The base to compare with, where some of its files cannot be read: without them, so that the change which fixes them
 * can be looked at. Where its guardrails cannot be read, those of the head guard the change.
 */
export function readableBase(base: LoadResult, head: LoadResult): Repository {
  const broken = unreadableFiles(base).some(({ file }) => file === 'policies/guardrails.yaml');
  return broken ? { ...base.repository, guardrails: head.repository.guardrails } : base.repository;
}

/**
 * An objection for each file of the base that cannot be read, until a person approves: what it allowed or denied is in no difference, so a
 * person of those who answer for the guardrails has to look.
 */
export function unreadableBase(change: Change, base: LoadResult): Objection[] {
  const owner = keeper(change);
  const approvedBy = approversOf(change.pull, owner);
  return unreadableFiles(base).map(({ file, line, column, message }) => ({
    rule: weakenedGuardrails.id,
    severity: 'error',
    ...{ file, line, column },
    message: `this file of the base cannot be read (${message}): what it allowed or denied is not compared`,
    remedy: `ask \`${owner}\` for a review, by a person who wrote none of this`,
    subject: file,
    side: 'before',
    needs: owner,
    ...(approvedBy.length > 0 && { approvedBy }),
  }));
}
