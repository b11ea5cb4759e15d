import type { Approval, PullRequestUnderReview } from '../review/change.ts';
import type { Connection } from './connection/connection.ts';
import { GithubFault, type GithubFaultKind } from './connection/fault.ts';
import { writersOf, type CommitFacts } from './connection/writers.ts';

/** What is known of a pull request, and what a reader should know of that. */
export interface PullRequestFacts {
  pull: PullRequestUnderReview;
  /** The commit that the pull request would merge. */
  head: string;
  /** The branch that it would be merged into. */
  base: string;
  notes: string[];
}

/** Commits of a pull request that GitHub lists at most (REST API, List commits on a pull request). */
const MOST_COMMITS = 250;

/**
 * The facts about a pull request that guardrails ask for.
 * @param asked.owners the owners that have to approve, each a team of the organization
 * @param asked.commit the commit that approvals must be of; the head of the pull request when omitted, as in a queue
 * @param teams the connection by which teams are read: a workflow's own token may not
 */
export async function factsOf(
  connection: Connection,
  number: number,
  { organization, owners, commit }: { organization: string; owners: readonly string[]; commit?: string },
  teams: Connection = connection,
): Promise<PullRequestFacts> {
  const at = { ...connection.repository, pull_number: number };
  const { data } = await connection.ask(`read pull request ${number}`, (octokit) => octokit.pulls.get(at));
  const author = data.user?.login ?? '';
  const head = data.head.sha;
  const notes: string[] = [];
  const commits = await commitsOf(connection, at);
  const writers = writersOf(commits);
  for (const email of writers.unknown)
    notes.push(
      `${email} wrote a part of this and is no account that GitHub names; if it is a reviewer's, the review does not count`,
    );
  const members = await membersOf(teams, organization, owners, notes);
  let approvals = await approvalsOf(connection, at, commit ?? head, members, notes);
  if (commits.length >= MOST_COMMITS) {
    notes.push(
      `this has ${MOST_COMMITS} commits or more, and GitHub does not say who wrote the rest: no approval counts; squash it`,
    );
    approvals = [];
  }
  const coAuthors = writers.logins.filter((login) => login !== author.toLowerCase());
  return {
    pull: { author, coAuthors, approvals, ...(members && { teams: members }) },
    head,
    base: data.base.ref,
    notes,
  };
}

type Pull = Connection['repository'] & { pull_number: number };

async function commitsOf(connection: Connection, at: Pull): Promise<CommitFacts[]> {
  const commits = await connection.ask('list its commits', (octokit) =>
    octokit.paginate(octokit.pulls.listCommits, { ...at, per_page: 100 }),
  );
  return commits.map(({ commit, author, committer }) => ({
    message: commit.message,
    author: { login: author?.login, email: commit.author?.email ?? '' },
    committer: { login: committer?.login, email: commit.committer?.email ?? '' },
  }));
}

/**
 * The approvals of the very commit; what a person said last counts.
 * @param notes are added to
 */
export async function approvalsOf(
  connection: Connection,
  at: Pull,
  head: string,
  members: ReadonlyMap<string, readonly string[]> | undefined,
  notes: string[],
): Promise<Approval[]> {
  const reviews = await connection.ask('list its reviews', (octokit) =>
    octokit.paginate(octokit.pulls.listReviews, { ...at, per_page: 100 }),
  );
  const last = new Map<string, { state: string; commit: string | null }>();
  for (const { user, state, commit_id: commit } of reviews)
    if (user && state !== 'COMMENTED' && state !== 'PENDING')
      last.set(user.login.toLowerCase(), { state, commit });
  const approvals: Approval[] = [];
  for (const [login, { state, commit }] of last) {
    if (state !== 'APPROVED') continue;
    if (commit !== head)
      notes.push(`${login} approved another commit; the review does not count for this one`);
    else approvals.push({ login, teams: teamsOf(members, login) });
  }
  return approvals;
}

function teamsOf(members: ReadonlyMap<string, readonly string[]> | undefined, login: string): string[] {
  return [...(members ?? [])].filter(([, logins]) => logins.includes(login)).map(([team]) => team);
}

/** How it shows that a token may not read teams: it has no right to, sees none, or is not accepted any more. */
const UNSEEN: readonly GithubFaultKind[] = ['denied', 'missing', 'credentials'];

/** Who is in each owner's team, in lower case; undefined where teams cannot be read at all. */
async function membersOf(
  connection: Connection,
  org: string,
  owners: readonly string[],
  notes: string[],
): Promise<Map<string, string[]> | undefined> {
  const found = new Map<string, string[]>();
  const unseen: GithubFault[] = [];
  for (const team of owners) {
    try {
      const members = await connection.ask(`read the team ${org}/${team}`, (octokit) =>
        octokit.paginate(octokit.teams.listMembersInOrg, { org, team_slug: team, per_page: 100 }),
      );
      found.set(
        team,
        members.map(({ login }) => login.toLowerCase()),
      );
    } catch (error) {
      if (!(error instanceof GithubFault) || !UNSEEN.includes(error.kind)) throw error;
      found.set(team, []);
      unseen.push(error);
    }
  }
  // One team that is not there has no members; when none is there, it is the token that sees nothing.
  if (unseen.length === 0 || unseen.length < owners.length) return found;
  const expired = unseen.some(({ kind }) => kind === 'credentials');
  notes.push(
    `the teams of ${org} cannot be read, so no approval counts: ${expired ? 'GitHub does not accept GITHUB_TEAMS_TOKEN, which may have expired; ' : ''}set GITHUB_TEAMS_TOKEN to a token of an app that may read members`,
  );
  return undefined;
}
