import { isShallow } from './git.ts';
import { git } from './run.ts';

/** When a file came, and when it was changed last, as commits say: RFC 3339. */
export interface FileDates {
  first: string;
  last: string;
}

/**
 * The dates of all files below a path, in the history of a commit. A file that was renamed begins anew.
 * @returns by path; nothing in a shallow clone, whose history begins too late
 */
export async function datesOf(root: string, commit: string, path: string): Promise<Map<string, FileDates>> {
  if (await isShallow(root)) return new Map();
  const words = ['log', '--format=%x01%cI', '--name-only', '--no-renames', '-z', '--end-of-options', commit];
  const answer = (await git(root, ...words, '--', path)).toString('utf8');
  const dates = new Map<string, FileDates>();
  // The newest first: the last one that names a file is where it came.
  for (const block of answer.split('\u0001').slice(1)) {
    const [date = '', ...files] = block.split(/[\0\n]+/);
    for (const file of files.filter(Boolean))
      dates.set(file, { last: dates.get(file)?.last ?? date, first: date });
  }
  return dates;
}

/** A commit, and when it was made: RFC 3339. */
export interface DatedCommit {
  commit: string;
  date: string;
}

/**
 * The commits by which anything below some paths changed, as the branch of a commit got it: a merge counts, and not what it
 * merged. The newest first. @param most how many, at most @returns nothing in a shallow clone, as `datesOf`
 */
export async function commitsOf(
  root: string,
  commit: string,
  paths: readonly string[],
  most: number,
): Promise<DatedCommit[]> {
  if (await isShallow(root)) return [];
  const words = [
    'log',
    '--first-parent',
    '--format=%H %cI',
    `--max-count=${most}`,
    '--end-of-options',
    commit,
  ];
  const answer = (await git(root, ...words, '--', ...paths)).toString('utf8');
  return answer
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [id, date] = line.split(' ');
      return { commit: id!, date: date! };
    });
}
