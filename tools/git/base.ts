import { Fault } from '../contract/fault.ts';
import { commitOf, mergeBase } from './git.ts';
import { git } from './run.ts';

/** What some work is compared with. */
export interface Base {
  commit: string;
  /** Where it was found, in words: `where this work parted from origin/main`. */
  found: string;
}

/** A branch of this clone: `refs/remotes/origin/HEAD`, the branch that it names, and where that is. */
interface Branch {
  ref: string;
  target: string;
  commit: string;
}

/** Names that a main branch has where a remote does not say its own. */
const NAMES = ['main', 'master'];

/**
 * The commit from which some work parted from the main branch: the default branch that a remote names, `origin`
 * first; else a remote's `main` or `master`; else a local one. On that very local branch, with no remote, the work is
 * what the working tree changes.
 * @param head the revision that is compared
 * @throws Fault where there is no main branch, or no commit in common
 */
export async function baseOf(root: string, head: string): Promise<Base> {
  const tip = await commitOf(root, head);
  const main = mainOf(await branches(root));
  if (!main)
    throw new Fault(
      'no main branch is found to compare with',
      'fetch it, as with: git fetch origin main:refs/remotes/origin/main, or name one with --base <revision>',
    );
  const name = main.target.replace(/^refs\/(remotes|heads)\//, '');
  if (main.ref === (await checkedOut(root)) && tip === main.commit)
    return { commit: tip, found: `the last commit of ${name}, as no remote has a main branch` };
  return { commit: await mergeBase(root, main.commit, tip), found: `where this work parted from ${name}` };
}

/** The main branch, by the order above. */
function mainOf(all: readonly Branch[]): Branch | undefined {
  const at = new Map(all.map((branch) => [branch.ref, branch]));
  const remotes = new Set(all.flatMap(({ ref }) => /^refs\/remotes\/[^/]+/.exec(ref)?.[0] ?? []));
  const folders = ['refs/remotes/origin', ...remotes].flatMap((remote) =>
    ['HEAD', ...NAMES].map((name) => `${remote}/${name}`),
  );
  return [...folders, ...NAMES.map((name) => `refs/heads/${name}`)]
    .map((ref) => at.get(ref))
    .find((branch) => branch !== undefined);
}

/** Every branch of the remotes and of this clone; one that names another which is not there is left out. */
async function branches(root: string): Promise<Branch[]> {
  const format = '--format=%(refname) %(objectname) %(symref)';
  const answer = await git(root, 'for-each-ref', format, 'refs/remotes', 'refs/heads');
  return answer
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' '))
    .map(([ref, commit, target]) => ({ ref: ref!, commit: commit!, target: target || ref! }));
}

/** The branch checked out, as `refs/heads/main`; `HEAD` where it is none. */
async function checkedOut(root: string): Promise<string> {
  return (await git(root, 'rev-parse', '--symbolic-full-name', 'HEAD')).toString('utf8').trim();
}
