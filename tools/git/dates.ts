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
