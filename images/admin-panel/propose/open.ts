import type { OpenedProposal, OpenedProposals } from '../../../tools/contract/shapes.ts';
import { commitOnBranch } from '../../../tools/git/commit.ts';
import { branchesBelow } from '../../../tools/git/branches.ts';
import { isRepository } from '../../../tools/git/git.ts';
import type { Connection } from '../../../tools/github/connection/connection.ts';
import { messageOf } from '../../../tools/github/propose/branch.ts';
import { wordsOf } from '../../../tools/github/propose/body.ts';
import { openProposals, propose } from '../../../tools/github/propose.ts';
import { BRANCH } from '../../../tools/github/setup/settings.ts';
import type { Proposal } from '../../../tools/propose/proposal.ts';

/** Where proposals are opened: nowhere else does the panel write. */
export interface Opener {
  open(proposal: Proposal): Promise<OpenedProposal>;
  list(): Promise<OpenedProposals>;
  /** What a button says: where it is opened. */
  says: string;
}

/** Pull requests on GitHub; who asked is named as a co-author. */
export function githubOpener(connection: Connection): Opener {
  return {
    says: 'Open the pull request',
    async open({ purpose, ...proposal }) {
      const words = wordsOf(purpose);
      const { number, url, action } = await propose(connection, { ...proposal, ...words, base: BRANCH });
      return { branch: proposal.branch, number, url, action, title: words.title };
    },
    async list() {
      return { proposals: await openProposals(connection, PREFIX) };
    },
  };
}

/** Branches of ours. */
const PREFIX = 'ztna/';

/** Branches with a commit in the clone on this machine; neither its working tree nor what is staged is touched. */
export function localOpener(root: string): Opener {
  return {
    says: 'Make the branch',
    async open({ purpose, branch, on, files, by }) {
      const { title } = wordsOf(purpose);
      // No pull request has room for it: who reviews a branch reads its commit.
      const reason = purpose.kind === 'change' ? purpose.plan.reason : undefined;
      const message = `${messageOf(title, undefined, reason)}\n`;
      const made = await commitOnBranch(root, { branch, onto: on!, files, message, by: by! });
      return { branch, commit: made.commit, action: made.unchanged ? 'unchanged' : 'opened', title };
    },
    async list() {
      // Files that are in no repository have no branches.
      const branches = (await isRepository(root)) ? await branchesBelow(root, PREFIX) : [];
      return {
        proposals: branches.map(({ branch, subject, author }) => ({ branch, title: subject, by: author })),
      };
    },
  };
}
