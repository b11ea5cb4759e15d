import type { Objection } from '../review/change.ts';
import type { Finding } from '../finding/finding.ts';
import { putAnnotations } from './annotations.ts';
import { putComment } from './comments.ts';
import type { Connection } from './connection/connection.ts';
import { GithubFault } from './connection/fault.ts';
import { putLabels, type Label } from './labels.ts';
import { uploadSarif } from './sarif.ts';
import { askForReviews } from './review-requests.ts';
import type { CommitStatusToPost } from './statuses.ts';
import { putSuggestions, type Suggestion } from './suggestions.ts';

/** What is to be said on GitHub of one commit, as data: printed when dry, else carried out as it is. */
export interface CommitReport {
  commit: string;
  statuses: readonly CommitStatusToPost[];
  /** Where a status leads. */
  page?: string;
  /** The pull request and its comment; absent where there is none, as in a merge queue. */
  comment?: { number: number; body: string };
  /** The teams that are to be asked for a review of it. */
  reviewers?: { number: number; teams: readonly string[] };
  annotations: readonly (Finding | Objection)[];
  /** Labels of the pull request. */
  labels?: { number: number; names: readonly Label[] };
  /** What puts findings right by a click, beside the comment. */
  suggestions?: readonly Suggestion[];
  /** SARIF 2.1.0, and the git reference that code scanning shows it at. */
  sarif?: { ref: string; log: object };
}

/** What could not be said. */
export interface ReportOutcome {
  /** Without these the pull request shows something wrong. */
  faults: GithubFault[];
  /** Without these it shows less. */
  shortfalls: GithubFault[];
  /** Whether findings are beside their lines: as annotations, or in code scanning. */
  annotated: boolean;
}

/**
 * Says everything, and goes on where a part of it cannot be said.
 * @param teams the connection by which teams are asked: a workflow's own token may not
 */
export async function report(
  connection: Connection,
  { commit, ...what }: CommitReport,
  teams: Connection = connection,
): Promise<ReportOutcome> {
  const outcome: ReportOutcome = { faults: [], shortfalls: [], annotated: true };
  const attempt = async (list: GithubFault[], say: () => Promise<unknown>): Promise<boolean> => {
    try {
      await say();
      return true;
    } catch (error) {
      if (!(error instanceof GithubFault)) throw error;
      list.push(error);
      return false;
    }
  };
  const { comment, labels, reviewers, statuses, page, annotations, suggestions, sarif } = what;
  if (comment) await attempt(outcome.faults, () => putComment(connection, comment.number, comment.body));
  for (const status of statuses)
    await attempt(outcome.faults, () => putStatus(connection, commit, status, page));
  outcome.annotated = await attempt(outcome.shortfalls, () =>
    putAnnotations(connection, commit, statuses, annotations),
  );
  if (comment && suggestions)
    await attempt(outcome.shortfalls, () => putSuggestions(connection, comment.number, commit, suggestions));
  if (labels) await attempt(outcome.shortfalls, () => putLabels(connection, labels.number, labels.names));
  if (reviewers)
    await attempt(outcome.shortfalls, () => askForReviews(teams, reviewers.number, reviewers.teams));
  if (sarif)
    outcome.annotated = await attempt(outcome.shortfalls, () => uploadSarif(connection, commit, sarif));
  return outcome;
}

/** Writes one status; the last one of a context counts, so a second one does no harm. */
async function putStatus(
  connection: Connection,
  sha: string,
  status: CommitStatusToPost,
  page?: string,
): Promise<void> {
  const target = page === undefined ? {} : { target_url: page };
  await connection.ask(`write the status ${status.context}`, (octokit) =>
    octokit.repos.createCommitStatus({ ...connection.repository, sha, ...status, ...target }),
  );
}
