import { git } from './run.ts';

/**
 * The lines of the later of two commits that GitHub shows of their difference, by file: those that changed, and three
 * around them (About comparing branches: git's own default).
 */
export async function linesShown(
  root: string,
  before: string,
  after: string,
  paths: readonly string[],
): Promise<Map<string, { first: number; last: number }[]>> {
  const words = [
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--no-renames',
    '--unified=3',
    '--no-prefix',
  ];
  const answer = await git(root, 'diff', ...words, '--end-of-options', before, after, '--', ...paths);
  const found = new Map<string, { first: number; last: number }[]>();
  let ranges: { first: number; last: number }[] = [];
  for (const line of answer.toString('utf8').split('\n')) {
    const file = /^\+\+\+ ([^\t]*)/.exec(line)?.[1];
    if (file !== undefined && paths.some((path) => file.startsWith(`${path}/`)))
      found.set(file, (ranges = []));
    const [, first, count = '1'] = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    if (first !== undefined) ranges.push({ first: Number(first), last: Number(first) + Number(count) - 1 });
  }
  return found;
}
