import type { Connection } from './connection/connection.ts';
import { GithubFault } from './connection/fault.ts';
import {
  commit,
  commitAt,
  ownCommit,
  push,
  standOf,
  tipOf,
  treeOf,
  type Commit,
  type OwnPull,
} from './propose/branch.ts';

/** A pull request, and what was done to it. */
export interface ProposalOutcome {
  number: number;
  url: string;
  action: 'opened' | 'updated' | 'unchanged';
}

/**
 * Makes a pull request be open that writes and deletes these files in one commit. One that is open already is left
 * alone where it says the same, so that its reviews stay.
 * @throws GithubFault, also where the branch has commits of another person
 */
export async function propose(connection: Connection, proposal: OwnPull): Promise<ProposalOutcome> {
  const onto = await standOf(connection, proposal);
  return connection.settle(async () => {
    const pull = await openPull(connection, proposal.branch);
    const tip = await tipOf(connection, proposal.branch);
    const before = tip === undefined ? undefined : await ownCommit(connection, proposal.branch, tip);
    const stays = pull && before && (await saysTheSame(connection, pull.number, before, proposal));
    if (!stays) await push(connection, proposal, await commit(connection, proposal, onto), tip);
    return pull ? revise(connection, pull, proposal, !stays) : open(connection, proposal);
  });
}

/**
 * The same for a proposal that nobody asked for: where a person closed the one before, and this one says the same, it is
 * left closed.
 */
export async function proposeUnasked(
  connection: Connection,
  proposal: OwnPull,
): Promise<ProposalOutcome | (Omit<ProposalOutcome, 'action'> & { action: 'left' })> {
  const open = await openPull(connection, proposal.branch);
  const refused = open ? undefined : await refusedPull(connection, proposal);
  if (refused) return { number: refused.number, url: refused.html_url, action: 'left' };
  return propose(connection, proposal);
}

/** What ends the text of a pull request that was closed by itself: whatever closed any other one is a person. */
const WITHDRAWN = 'Closed by itself: nothing is left to propose. <!-- ztna-gitops:withdrawn -->';

/** Closes the pull request of a branch and deletes the branch. @returns its number; undefined where none is open */
export async function withdraw(connection: Connection, branch: string): Promise<number | undefined> {
  return connection.settle(async () => {
    const pull = await openPull(connection, branch);
    const tip = await tipOf(connection, branch);
    if (tip !== undefined) await ownCommit(connection, branch, tip);
    if (pull)
      await connection.ask(`close pull request ${pull.number}`, (octokit) =>
        octokit.pulls.update({
          ...connection.repository,
          ...{ pull_number: pull.number, state: 'closed', body: `${pull.body ?? ''}\n\n${WITHDRAWN}` },
        }),
      );
    if (tip !== undefined)
      await connection.once(`delete the branch ${branch}`, (octokit) =>
        octokit.git.deleteRef({ ...connection.repository, ref: `heads/${branch}` }),
      );
    return pull?.number;
  });
}

/** The newest pull request of a branch into another one, whatever became of it: one into elsewhere was not reviewed alike. */
export async function newestPull(
  connection: Connection,
  branch: string,
  base: string,
): Promise<{ number: number; state: 'open' | 'closed' | 'merged'; body: string } | undefined> {
  const { owner } = connection.repository;
  const { data } = await connection.ask(`look for the pull request of ${branch}`, (octokit) =>
    octokit.pulls.list({
      ...connection.repository,
      ...{ base, head: `${owner}:${branch}`, state: 'all', sort: 'created', direction: 'desc', per_page: 1 },
    }),
  );
  const [pull] = data;
  if (!pull) return undefined;
  const state = pull.merged_at !== null ? 'merged' : pull.state === 'open' ? 'open' : 'closed';
  return { number: pull.number, state, body: pull.body ?? '' };
}

/** The open pull requests whose branches begin so, the newest first. */
export async function openProposals(
  connection: Connection,
  prefix: string,
): Promise<{ branch: string; title: string; url: string; by?: string }[]> {
  const { data } = await connection.ask('list pull requests', (octokit) =>
    octokit.pulls.list({ ...connection.repository, state: 'open', per_page: 100 }),
  );
  return data
    .filter(({ head }) => head.ref.startsWith(prefix))
    .map(({ head, title, html_url: url, user }) => ({
      ...{ branch: head.ref, title, url },
      ...(user && { by: user.login }),
    }));
}

/** What of a pull request matters here. */
interface Pull {
  number: number;
  title: string;
  body: string | null;
  html_url: string;
}

async function openPull(connection: Connection, branch: string): Promise<Pull | undefined> {
  const { owner } = connection.repository;
  const { data } = await connection.ask(`look for the pull request of ${branch}`, (octokit) =>
    octokit.pulls.list({ ...connection.repository, head: `${owner}:${branch}`, state: 'open' }),
  );
  return data[0];
}

/** The newest pull request of the branch, where a person closed it without merging it, and it makes the same change. */
async function refusedPull(connection: Connection, proposal: OwnPull): Promise<Pull | undefined> {
  const { owner } = connection.repository;
  const { data } = await connection.ask(`look for what became of ${proposal.branch}`, (octokit) =>
    octokit.pulls.list({
      ...connection.repository,
      ...{ head: `${owner}:${proposal.branch}`, state: 'closed', sort: 'created', direction: 'desc' },
      per_page: 1,
    }),
  );
  const [last] = data;
  if (!last || last.merged_at !== null || (last.body ?? '').trimEnd().endsWith(WITHDRAWN)) return undefined;
  const before = await commitAt(connection, last.head.sha);
  return (await makesTheSame(connection, before, proposal)) ? last : undefined;
}

/** Whether an open pull request makes the same change already, and can still be merged. */
async function saysTheSame(
  connection: Connection,
  number: number,
  before: Commit,
  proposal: OwnPull,
): Promise<boolean> {
  const { data } = await connection.ask(`read pull request ${number}`, (octokit) =>
    octokit.pulls.get({ ...connection.repository, pull_number: number }),
  );
  return data.mergeable !== false && makesTheSame(connection, before, proposal);
}

/** Whether a commit makes the change of a proposal to its own parent. */
async function makesTheSame(
  connection: Connection,
  { tree, parent }: Commit,
  { files }: OwnPull,
): Promise<boolean> {
  if (parent === undefined) return false;
  try {
    return (await treeOf(connection, (await commitAt(connection, parent)).tree, files)) === tree;
  } catch (error) {
    // What is to go now was not there then.
    if (error instanceof GithubFault && error.kind === 'refused') return false;
    throw error;
  }
}

async function open(
  connection: Connection,
  { branch, base, title, body }: OwnPull,
): Promise<ProposalOutcome> {
  const { data } = await connection.once('open a pull request', (octokit) =>
    octokit.pulls.create({ ...connection.repository, head: branch, base, title, body }),
  );
  return { number: data.number, url: data.html_url, action: 'opened' };
}

/** Gives an open pull request the title and the body that it should have. */
async function revise(
  connection: Connection,
  { number, html_url: url, ...now }: Pull,
  { title, body }: OwnPull,
  pushed: boolean,
): Promise<ProposalOutcome> {
  const same = now.title === title && (now.body ?? '') === body;
  if (!same)
    await connection.ask(`change pull request ${number}`, (octokit) =>
      octokit.pulls.update({ ...connection.repository, pull_number: number, title, body }),
    );
  return { number, url, action: same && !pushed ? 'unchanged' : 'updated' };
}
