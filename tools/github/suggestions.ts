import { prose, say } from '../contract/sentence.ts';
import { sentence, type Finding } from '../finding/finding.ts';
import { compatible, withFixes, type Fix } from '../finding/fix.ts';
import { markdown } from '../output/media/markdown.ts';
import type { Connection } from './connection/connection.ts';
import { GithubFault } from './connection/fault.ts';
import { ownFilter } from './ours.ts';

/** Begins every suggestion of ours; GitHub does not show it. */
const MARKER = '<!-- ztna suggestion -->';

/** Suggestions of one pull request: nobody clicks more, and each is a call. */
const MOST = 30;

/** Lines of a file, both included. */
export interface LineRange {
  first: number;
  last: number;
}

/** Lines of a pull request with what would stand there instead, to be taken over by a click. */
export interface Suggestion extends LineRange {
  path: string;
  body: string;
}

/**
 * What would put findings right, where their lines are shown in the pull request: GitHub takes comments nowhere else.
 * @param texts the text of each file
 * @param shown the lines that the pull request's page shows, by file
 * @param isHarmless whether a text holds nothing that may not be repeated
 */
export function suggestionsOf(
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  shown: ReadonlyMap<string, readonly LineRange[]>,
  isHarmless: (text: string) => boolean = () => true,
): Suggestion[] {
  const files = [...new Set(findings.map(({ file }) => file))].filter((file) => shown.has(file));
  const all = files.flatMap((path) =>
    compatible(findings, path).flatMap((finding) => {
      const { first, last } = linesOf(finding.fix!);
      const isShown = shown.get(path)!.some((range) => range.first <= first && last <= range.last);
      const text = isShown ? texts.get(path) : undefined;
      const lines = text === undefined ? undefined : replaced(text, finding.fix!, { first, last });
      return lines === undefined || !isHarmless(lines)
        ? []
        : [{ path, first, last, body: bodyOf(finding, lines) }];
    }),
  );
  return all.slice(0, MOST);
}

function linesOf(fix: readonly Fix[]): LineRange {
  const ends = fix.map(({ start, end }) =>
    end.column === 1 && end.line > start.line ? end.line - 1 : end.line,
  );
  return { first: Math.min(...fix.map(({ start }) => start.line)), last: Math.max(...ends) };
}

/** Lines of a text as they are with the edits. */
function replaced(text: string, fix: readonly Fix[], { first, last }: LineRange): string {
  const before = text.split('\n');
  const after = withFixes(text, fix).split('\n');
  return after.slice(first - 1, last + after.length - before.length).join('\n');
}

function bodyOf(finding: Finding, lines: string): string {
  const longest = Math.max(2, ...[...lines.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const block = lines === '' ? '' : `${lines}\n`;
  return `${MARKER}\n${markdown(say`${prose(sentence(finding))}`)}\n\n${fence}suggestion\n${block}${fence}\n`;
}

/**
 * Makes a pull request's suggestions these: what is there already stays with what was answered to it, what is put
 * right or no longer meant goes.
 */
export async function putSuggestions(
  connection: Connection,
  number: number,
  commit: string,
  suggestions: readonly Suggestion[],
): Promise<void> {
  const ownOf = await ownFilter(connection, MARKER);
  const at = { ...connection.repository, pull_number: number };
  await connection.settle(async () => {
    const all = await connection.ask('list the review comments', (octokit) =>
      octokit.paginate(octokit.pulls.listReviewComments, { ...at, per_page: 100 }),
    );
    const own = ownOf(all);
    const isThere = (one: (typeof own)[number], { path, last, body }: Suggestion): boolean =>
      one.path === path && one.line === last && one.body === body;
    for (const one of own)
      if (!suggestions.some((wanted) => isThere(one, wanted))) await remove(connection, one.id);
    for (const wanted of suggestions.filter((one) => !own.some((other) => isThere(other, one)))) {
      const { path, first, last: line, body } = wanted;
      const start = first < line ? { start_line: first, start_side: 'RIGHT' as const } : {};
      await connection.once('write a suggestion', (octokit) =>
        octokit.pulls.createReviewComment({
          ...at,
          commit_id: commit,
          path,
          line,
          side: 'RIGHT',
          ...start,
          body,
        }),
      );
    }
  });
}

/** Deletes a suggestion; gone already is gone. */
async function remove(connection: Connection, id: number): Promise<void> {
  try {
    await connection.ask('delete a suggestion', (octokit) =>
      octokit.pulls.deleteReviewComment({ ...connection.repository, comment_id: id }),
    );
  } catch (error) {
    if (!(error instanceof GithubFault) || error.kind !== 'missing') throw error;
  }
}
