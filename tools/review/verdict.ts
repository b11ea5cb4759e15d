import type { PullRequestUnderReview } from './change.ts';
import { changeOf, guard } from './guard.ts';
import { accessTests } from '../check/rules/access-tests.ts';
import type { PullRequestOutcome } from './outcome.ts';
import type { LoadResult } from '../load/load.ts';
import { codeownersFindings } from '../check/codeowners.ts';
import { byPlace, type Finding } from '../finding/finding.ts';
import { readableBase, unreadableBase, unreadableFiles } from './unreadable-base.ts';
import { checkLoad, isPartial } from '../check/check-load.ts';

/** One side of a pull request. */
export interface Side {
  commit: string;
  loaded: LoadResult;
  /** The text of CODEOWNERS; absent where there is none. */
  codeowners?: string | undefined;
}

/** Both sides of a pull request, as they were loaded. */
export interface PullRequestSides {
  base: Side;
  head: Side;
}

/** Everything there is to say of a change. @param at the present instant, in milliseconds */
export function verdictOf(
  { base, head }: PullRequestSides,
  pull: PullRequestUnderReview,
  notes: readonly string[],
  at: number,
): PullRequestOutcome {
  const { findings, files, accessTests: count } = checkLoad(head.loaded, at, base.loaded.repository);
  const failedTests = findings.filter(({ rule }) => rule === accessTests.id);
  const rest = [
    ...findings.filter(({ rule }) => rule !== accessTests.id),
    // Nobody must approve it, so that it says what the data says is held here, by the base's code.
    ...(isPartial(head.loaded)
      ? []
      : codeownersFindings(head.loaded.repository, head.codeowners, base.codeowners !== undefined)),
  ].sort(byPlace);
  const common = {
    base: base.commit,
    head: head.commit,
    findings: rest,
    failedTests,
    files,
    accessTests: count,
    notes: [...notes, ...unreadableFiles(base.loaded).map(leftOut)],
    at,
    author: pull.author,
    approvals: pull.approvals,
  };
  const obstacle = obstacleOf(head.loaded, 'files have errors');
  if (obstacle !== undefined) return { ...common, obstacle };
  const change = changeOf(readableBase(base.loaded, head.loaded), head.loaded.repository, pull, at);
  const guarded = guard(change);
  const unread = unreadableBase(change, base.loaded);
  const objections = [...unread.filter(({ approvedBy }) => !approvedBy), ...guarded.objections].sort(byPlace);
  const approved = [...unread.filter((one) => one.approvedBy), ...guarded.approved].sort(byPlace);
  const { difference, renames } = change;
  return { ...common, change: { difference, renames, guarded: { ...guarded, objections, approved } } };
}

/** What a reader should know of a file of the base that is not compared. */
function leftOut({ file, line, message }: Finding): string {
  return `${file}:${line} of the base cannot be read (${message}), and is left out of the comparison`;
}

function obstacleOf({ findings }: LoadResult, says: string): string | undefined {
  return findings.some(({ severity }) => severity === 'error') ? says : undefined;
}
