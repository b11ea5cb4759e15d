import type { Approval, Objection } from './change.ts';
import type { GuardOutcome } from './guard.ts';
import type { Rename } from './renames.ts';
import type { EnvironmentDifference } from '../contract/shapes.ts';
import type { Instant } from '../access/values/time-zone.ts';
import type { Finding } from '../finding/finding.ts';

/** Everything that is known of a change when it is to be reported. */
export interface PullRequestOutcome {
  /** The commits compared. */
  base: string;
  head: string;
  /** Whether the head is a merge queue's combination, where no review can be waited for. */
  queued?: boolean;
  /** Findings in the head, but for those of access tests. */
  findings: readonly Finding[];
  failedTests: readonly Finding[];
  files: number;
  accessTests: number;
  /** What follows where the files of both sides can be read. */
  change?: {
    /** What changes from now on. */
    difference: readonly EnvironmentDifference[];
    renames: readonly Rename[];
    guarded: GuardOutcome;
  };
  /** Why the rest could not be looked at. */
  obstacle?: string;
  /** What a reader should know of how this came about. */
  notes: readonly string[];
  /** When it was looked at. */
  at: Instant;
  /** GitHub login of the pull request's author; empty where there is none. */
  author: string;
  /** Who approves the very commit, with the owners whose team they are in. */
  approvals: readonly Approval[];
}

/** Where text leads to. */
export interface Links {
  /** The repository's page, such as https://github.com/example/access; absent where there is none. */
  repository?: string;
  /** Where the whole text is, where the comment is cut. */
  whole?: string;
}

/** The owners whose approval would settle objections, sorted. */
export function wantedOf(objections: readonly Objection[]): string[] {
  return [...new Set(objections.flatMap(({ needs }) => needs ?? []))].sort();
}
