import type { Connection } from '../connection/connection.ts';
import type { Proposal, ProposedFile } from '../../propose/proposal.ts';
import { GithubFault } from '../connection/fault.ts';

/** A proposal as GitHub is asked for it. */
export interface OwnPull extends Omit<Proposal, 'purpose' | 'unasked'> {
  /** The branch into which it would be merged. */
  base: string;
  title: string;
  body: string;
}

/** The last line of our commits: a branch whose newest commit lacks it has become another person's work. */
const TRAILER = 'Proposed-by: ztna-gitops';

/** A commit, as far as it matters here. */
export interface Commit {
  sha: string;
  tree: string;
  parent: string | undefined;
  message: string;
}

/** Reads one commit. */
export async function commitAt(connection: Connection, sha: string): Promise<Commit> {
  const { data } = await connection.ask(`read commit ${sha.slice(0, 12)}`, (octokit) =>
    octokit.git.getCommit({ ...connection.repository, commit_sha: sha }),
  );
  return { sha, tree: data.tree.sha, parent: data.parents[0]?.sha, message: data.message };
}

/** Where a branch is; undefined where there is none. */
export async function tipOf(connection: Connection, branch: string): Promise<string | undefined> {
  try {
    const { data } = await connection.ask(`read the branch ${branch}`, (octokit) =>
      octokit.git.getRef({ ...connection.repository, ref: `heads/${branch}` }),
    );
    return data.object.sha;
  } catch (error) {
    if (error instanceof GithubFault && error.kind === 'missing') return undefined;
    throw error;
  }
}

/** The commit at which a branch of ours is. @throws GithubFault where it is another person's */
export async function ownCommit(connection: Connection, branch: string, tip: string): Promise<Commit> {
  const found = await commitAt(connection, tip);
  if (found.message.trimEnd().endsWith(TRAILER)) return found;
  throw new GithubFault(
    'refused',
    `change the branch ${branch}`,
    `commit ${tip.slice(0, 12)} on it is another person's`,
    'merge its pull request or close it, and delete the branch',
  );
}

/** The commit that the proposal changes, which must be a part of the base. */
export async function standOf(connection: Connection, { base, on }: OwnPull): Promise<Commit> {
  if (on === undefined) {
    const tip = await tipOf(connection, base);
    if (tip === undefined) throw outside(base, `there is no branch ${base}`);
    return commitAt(connection, tip);
  }
  const { data } = await connection.ask(`compare commit ${on.slice(0, 12)} with ${base}`, (octokit) =>
    octokit.repos.compareCommitsWithBasehead({
      ...connection.repository,
      basehead: `${base}...${on}`,
      per_page: 1,
    }),
  );
  if (data.status !== 'identical' && data.status !== 'behind')
    throw outside(base, `commit ${on.slice(0, 12)} is not a part of ${base}`);
  return commitAt(connection, on);
}

const outside = (base: string, why: string): GithubFault =>
  new GithubFault('refused', 'open a pull request', why, `check out ${base} as it is on GitHub, and repeat`);

/** Writes the tree that a change makes of another. @returns its name */
export async function treeOf(connection: Connection, base: string, files: OwnPull['files']): Promise<string> {
  const tree = [...files].map(([path, wanted]) => ({ path, type: 'blob' as const, ...entryOf(wanted) }));
  const { data } = await connection.ask('write a tree', (octokit) =>
    octokit.git.createTree({ ...connection.repository, base_tree: base, tree }),
  );
  return data.sha;
}

type Entry = { mode: '100644' | '100755'; sha?: string | null; content?: string };

function entryOf(wanted: ProposedFile): Entry {
  if (wanted === null) return { mode: '100644', sha: null };
  if ('text' in wanted) return { mode: '100644', content: wanted.text };
  return { mode: wanted.mode === '100755' ? '100755' : '100644', sha: wanted.object };
}

/** Writes the commit that the branch is to have. @returns its name */
export async function commit(
  connection: Connection,
  { title, files, by }: OwnPull,
  onto: Commit,
): Promise<string> {
  const tree = await treeOf(connection, onto.tree, files);
  if (tree === onto.tree)
    throw new GithubFault(
      'refused',
      'open a pull request',
      'it would change nothing',
      'nothing is to be done',
    );
  const { data } = await connection.ask('write a commit', (octokit) =>
    octokit.git.createCommit({
      ...connection.repository,
      message: messageOf(title, by),
      tree,
      parents: [onto.sha],
    }),
  );
  return data.sha;
}

/**
 * What a commit of ours says: who asked for it is named as a co-author.
 * @param reason why, where no pull request says it; one line before ours, so that it ends as no trailer
 */
export function messageOf(title: string, by: OwnPull['by'], reason?: string): string {
  const author = by ? `Co-authored-by: ${bare(by.name)} <${bare(by.email)}>\n` : '';
  const why = reason === undefined ? '' : `${reason.replace(/\s+/g, ' ').trim()}\n\n`;
  return `${title}\n\n${why}${author}${TRAILER}`;
}

/** A name or an address without what would end a trailer. */
const bare = (text: string): string => text.replace(/[<>\r\n]/g, ' ').trim();

/** Moves the branch to a commit. @param tip where it is now; undefined where there is none */
export async function push(
  connection: Connection,
  { branch }: OwnPull,
  sha: string,
  tip: string | undefined,
): Promise<void> {
  if (tip === undefined)
    await connection.once(`make the branch ${branch}`, (octokit) =>
      octokit.git.createRef({ ...connection.repository, ref: `refs/heads/${branch}`, sha }),
    );
  else
    await connection.ask(`move the branch ${branch}`, (octokit) =>
      octokit.git.updateRef({ ...connection.repository, ref: `heads/${branch}`, sha, force: true }),
    );
}
