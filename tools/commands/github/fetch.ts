import { textLine } from '../../contract/terminal-text.ts';
import { commitOf } from '../../git/git.ts';
import { git } from '../../git/run.ts';
import { Fault } from '../../contract/fault.ts';
import { inQueue, outputs } from '../shared/github.ts';
import type { Action } from './action.ts';

/** A pull request's number. */
const NUMBER = /^[1-9][0-9]{0,9}$/;

/** The reference of a merge queue: the number, and the commit of the combination. */
const QUEUE = /^refs\/heads\/gh-readonly-queue\/[A-Za-z0-9._/-]+\/pr-([1-9][0-9]{0,9})-[0-9a-f]{40}$/;

/** Asks for the job's token in the environment, so that it is in no argument and no file. */
const CREDENTIALS = '!f() { echo username=x-access-token; echo "password=$GITHUB_TOKEN"; }; f';

/**
 * Fetches what a pull request or a merge queue wants to merge, as git objects: nothing is checked out. The steps
 * that follow learn its `number` and its `head`.
 *
 * A reference of the queue is taken in a job that the queue started, and nowhere else: elsewhere the text may be
 * the author's, as the name of a review's run is, and the base would not be the queue's.
 */
export const fetchPull: Action = async ({ pull, commit }, context) => {
  const { number, ref } = inQueue(context) ? queued(pull ?? '') : numbered(pull ?? '');
  const token = context.env['GITHUB_TOKEN'] ? ['-c', `credential.helper=${CREDENTIALS}`] : [];
  const own = `refs/fetched/${number}`;
  const words = ['fetch', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', 'origin'];
  await git(context.root, ...token, ...words, `+${ref}:${own}`);
  const head = chosen(await commitOf(context.root, own), commit);
  outputs(context, { number, head });
  context.out(textLine(`pull request ${number}: ${head}`));
  return 0;
};

/**
 * The commit to look at: the newest, or the very one that a person was asked about.
 * @throws Fault where the pull request has become another since: that was not approved
 */
function chosen(newest: string, commit: string | undefined): string {
  if (commit === undefined || commit === newest) return newest;
  throw new Fault(
    `the pull request is at ${newest.slice(0, 12)} by now, and ${JSON.stringify(commit)} was approved`,
    'nothing is to be done: the newer commit is asked for by itself',
    { status: 1 },
  );
}

/** What is fetched, and the number of the pull request that it is about. */
interface Reference {
  number: string;
  ref: string;
}

function numbered(pull: string): Reference {
  if (NUMBER.test(pull)) return { number: pull, ref: `refs/pull/${pull}/head` };
  throw noPull(
    pull,
    "name its number, such as 12; a merge queue's reference counts only in the queue's own jobs",
  );
}

function queued(pull: string): Reference {
  const number = QUEUE.exec(pull)?.[1];
  if (number !== undefined && !pull.includes('..')) return { number, ref: pull };
  throw noPull(
    pull,
    'in a merge queue, name its reference: refs/heads/gh-readonly-queue/<branch>/pr-<number>-<commit>',
  );
}

const noPull = (pull: string, remedy: string): Fault =>
  new Fault(`--pull ${JSON.stringify(pull)} is no pull request`, remedy);
