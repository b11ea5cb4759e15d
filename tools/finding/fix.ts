import type { Finding } from './finding.ts';

/** A place in a text: lines and columns count from 1, columns in UTF-16 units. */
export interface TextPosition {
  line: number;
  column: number;
}

/** One edit of a file: the text from `start` to `end`, which is excluded, becomes `text`. */
export interface Fix {
  file: string;
  start: TextPosition;
  end: TextPosition;
  text: string;
}

/** The whole remedies of one file that can be made together: of two that touch one another, the first. */
export function compatible(findings: readonly Finding[], file: string): Finding[] {
  const taken: Fix[] = [];
  return findings.filter(({ fix }) => {
    if (!fix?.length || fix.some((one) => one.file !== file)) return false;
    if (fix.some((one) => taken.some((other) => !identical(one, other) && touch(one, other)))) return false;
    taken.push(...fix);
    return true;
  });
}

/**
 * A text with edits made, which do not touch one another; an edit that is there twice is made once.
 * @throws RangeError for a place that the text does not have
 */
export function withFixes(text: string, fixes: readonly Fix[]): string {
  const starts = lineStarts(text);
  const offset = ({ line, column }: TextPosition): number => {
    const start = starts[line - 1];
    if (start === undefined || start + column - 1 > text.length)
      throw new RangeError(`the text has no line ${line}, column ${column}`);
    return start + column - 1;
  };
  const distinct = fixes.filter((one, index) => fixes.findIndex((other) => identical(one, other)) === index);
  return distinct
    .map((one) => ({ from: offset(one.start), to: offset(one.end), text: one.text }))
    .sort((a, b) => b.from - a.from)
    .reduce((all, { from, to, text: words }) => all.slice(0, from) + words + all.slice(to), text);
}

/** Where each line begins. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function identical(a: Fix, b: Fix): boolean {
  return (
    !before(a.start, b.start) &&
    !before(b.start, a.start) &&
    !before(a.end, b.end) &&
    !before(b.end, a.end) &&
    a.text === b.text
  );
}

function touch(a: Fix, b: Fix): boolean {
  return !before(a.end, b.start) && !before(b.end, a.start);
}

function before(a: TextPosition, b: TextPosition): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
