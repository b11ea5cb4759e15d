import { Fault } from '../contract/fault.ts';
import { ask, git } from './run.ts';

/** Whether the folder is in a git work tree. @throws Fault where git does not say */
export async function isRepository(root: string): Promise<boolean> {
  const none = { status: 128, says: /not a git repository \(or any/ };
  const answer = await ask(root, ['rev-parse', '--is-inside-work-tree'], none);
  return answer?.toString().trim() === 'true';
}

/** The commit that a revision names; undefined where it names none that this clone has. */
export async function findCommit(root: string, revision: string): Promise<string | undefined> {
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  return (await ask(root, words, { status: 1 }))?.toString().trim();
}

/** The commit that a revision names. @throws Fault where it names none */
export async function commitOf(root: string, revision: string): Promise<string> {
  const found = await findCommit(root, revision);
  if (found !== undefined) return found;
  throw new Fault(
    `there is no commit \`${revision}\``,
    'name a branch, a tag or a commit that this clone has',
  );
}

/** The commit from which two revisions parted. @throws Fault where they have none in common */
export async function mergeBase(root: string, one: string, other: string): Promise<string> {
  const answer = await ask(root, ['merge-base', '--end-of-options', one, other], { status: 1 });
  if (answer) return answer.toString().trim();
  throw new Fault(`${one} and ${other} have no commit in common`, 'fetch the whole history, or name a base');
}

/** Whether the history of this clone is cut off somewhere. */
export async function isShallow(root: string): Promise<boolean> {
  return (await git(root, 'rev-parse', '--is-shallow-repository')).toString().trim() === 'true';
}

/**
 * Whether the first commit is the second, or one of its ancestors.
 * @param known what a shallow clone is asked: for the truth, or only for what it shows
 * @throws Fault where git cannot tell: a commit is missing, or the history was cut off before it
 */
export async function isAncestor(
  root: string,
  ancestor: string,
  descendant: string,
  known: 'wholly' | 'as far as it is known' = 'wholly',
): Promise<boolean> {
  const words = ['merge-base', '--is-ancestor', '--end-of-options', ancestor, descendant];
  if (await ask(root, words, { status: 1 })) return true;
  if (known === 'wholly' && (await isShallow(root)))
    throw new Fault(
      `whether ${ancestor.slice(0, 12)} came before ${descendant.slice(0, 12)} is not in this shallow clone`,
      'fetch the whole history: git fetch --unshallow',
    );
  return false;
}

/** The commits that one has in its history and another has not, the newest first. */
export async function commitsBetween(root: string, from: string, to: string): Promise<string[]> {
  const answer = await git(root, 'rev-list', '--end-of-options', to, `^${from}`);
  return answer.toString().split('\n').filter(Boolean);
}

/** Where the remote `origin` is; undefined where there is no such remote, or no repository. */
export async function originOf(root: string): Promise<string | undefined> {
  if (!(await isRepository(root))) return undefined;
  return (await ask(root, ['remote', 'get-url', 'origin'], { status: 2 }))?.toString().trim();
}

/** Whether anything below the paths differs from the commit checked out, untracked files included. */
export async function isDirty(root: string, paths: readonly string[]): Promise<boolean> {
  const answer = await git(root, 'status', '--porcelain', '-z', '--untracked-files=all', '--', ...paths);
  return answer.length > 0;
}

/** The first line of a commit's message. @throws Fault where there is no such commit */
export function subjectOf(root: string, commit: string): Promise<string> {
  return formatted(root, commit, '%s');
}

/** Who wrote a commit, by name. @throws Fault where there is no such commit */
export function authorOf(root: string, commit: string): Promise<string> {
  return formatted(root, commit, '%an');
}

/** When a commit was made, as an instant in UTC; for a merge, that is when it was merged. @throws Fault where there is no such commit */
export async function committedAt(root: string, commit: string): Promise<string> {
  return new Date(await formatted(root, commit, '%cI')).toISOString();
}

async function formatted(root: string, commit: string, format: string): Promise<string> {
  const words = [
    'show',
    '--no-patch',
    '--no-show-signature',
    `--format=${format}`,
    '--end-of-options',
    commit,
  ];
  return (await git(root, ...words)).toString('utf8').trim();
}

/** The commit that last changed a file, and when: milliseconds since 1970, as that commit says. */
export interface LastChange {
  commit: string;
  at: number;
}

/**
 * What last changed a file before a revision.
 * @throws Fault in a clone whose history is cut off, where nobody knows
 */
export async function lastChangeOf(root: string, revision: string, file: string): Promise<LastChange> {
  if (await isShallow(root))
    throw new Fault(
      `this clone does not know when ${file} changed: its history is cut off`,
      'run: git fetch --unshallow',
    );
  const found = (await git(root, 'log', '-1', '--format=%H %ct', revision, '--', file)).toString().trim();
  const [commit, seconds] = found.split(' ');
  if (commit && Number(seconds) > 0) return { commit, at: Number(seconds) * 1000 };
  throw new Fault(`no commit before ${revision} has ${file}`, 'commit it first');
}
