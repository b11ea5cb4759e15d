import type { Connection } from './connection/connection.ts';
import { approvalsOf } from './facts.ts';

/** The pull request that a commit came by. */
export interface MergedPull {
  number: number;
  url: string;
  /** Who approved what was merged, by login. */
  approvedBy: string[];
}

/** The pull request that became a commit of the branch; undefined where none did. @throws GithubFault */
export async function mergedPull(connection: Connection, commit: string): Promise<MergedPull | undefined> {
  const at = connection.repository;
  const { data } = await connection.ask(`find the pull request of ${commit.slice(0, 12)}`, (octokit) =>
    octokit.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: commit }),
  );
  const pull = data.find(({ merge_commit_sha: merged }) => merged === commit);
  if (!pull) return undefined;
  const approvals = await approvalsOf(
    connection,
    { ...at, pull_number: pull.number },
    pull.head.sha,
    undefined,
    [],
  );
  return {
    number: pull.number,
    url: pull.html_url,
    approvedBy: approvals.map(({ login }) => login).sort(),
  };
}
