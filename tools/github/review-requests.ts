import type { Connection } from './connection/connection.ts';

/**
 * Asks teams for a review of a pull request, those that are not asked yet: GitHub then tells their members, and shows who
 * is waited for.
 * @param teams slugs of teams of the repository's organization
 */
export async function askForReviews(
  connection: Connection,
  number: number,
  teams: readonly string[],
): Promise<void> {
  if (teams.length === 0) return;
  const at = { ...connection.repository, pull_number: number };
  const { data } = await connection.ask('read who is asked for a review', (octokit) =>
    octokit.pulls.listRequestedReviewers(at),
  );
  const asked = new Set(data.teams.map(({ slug }) => slug));
  const missing = teams.filter((team) => !asked.has(team));
  if (missing.length === 0) return;
  await connection.ask(`ask ${missing.join(', ')} for a review`, (octokit) =>
    octokit.pulls.requestReviewers({ ...at, team_reviewers: missing }),
  );
}
