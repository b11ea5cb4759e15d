import { visible } from '../../../tools/contract/visible.ts';

/** A file with the number of each line. @param hit a line that is marked */
export const Yaml = ({ text, hit }: { text: string; hit?: number }) => (
  <pre class="yaml" tabindex={0} aria-label="The file">
    {linesOf(text).map((line, index) => (
      <span id={`L${index + 1}`} {...(index + 1 === hit && { class: 'hit' })}>
        <span class="muted">{String(index + 1).padStart(3)} </span>
        {visible(line)}
      </span>
    ))}
  </pre>
);

/** What a file would be: lines that come and go are marked, in the order of the file. */
export const FileChange = ({ before, after }: { before: string | undefined; after: string | undefined }) => (
  <pre class="yaml" tabindex={0} aria-label="What changes in the file">
    {changedLines(linesOf(before ?? ''), linesOf(after ?? '')).map(([mark, line]) => (
      <span class={mark === '+' ? 'add' : mark === '-' ? 'cut' : ''}>
        {mark} {visible(line)}
      </span>
    ))}
  </pre>
);

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** Lines around a change that are shown. */
const AROUND = 3;

type MarkedLine = [mark: '+' | '-' | ' ', line: string];

/** Lines of two texts: what both have at the beginning and at the end stays, what is between comes or goes. */
function changedLines(before: readonly string[], after: readonly string[]): MarkedLine[] {
  let first = 0;
  while (first < Math.min(before.length, after.length) && before[first] === after[first]) first++;
  let last = 0;
  const most = Math.min(before.length, after.length) - first;
  while (last < most && before[before.length - 1 - last] === after[after.length - 1 - last]) last++;
  const same = (lines: readonly string[]): MarkedLine[] => lines.map((line) => [' ', line]);
  return [
    ...same(before.slice(Math.max(0, first - AROUND), first)),
    ...before.slice(first, before.length - last).map((line): MarkedLine => ['-', line]),
    ...after.slice(first, after.length - last).map((line): MarkedLine => ['+', line]),
    ...same(after.slice(after.length - last, after.length - last + AROUND)),
  ];
}
