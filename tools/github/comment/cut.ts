import type { Sentence } from '../../contract/sentence.ts';
import { markdown, type Markdown, type PageOf } from '../../output/media/markdown.ts';

/** A part of a comment: lines between a beginning and an end that belong together. */
export interface Section<Line = Sentence> {
  begin: readonly Line[];
  lines: readonly Line[];
  end: readonly Line[];
}

/** Lines without a beginning and an end. */
export const plain = (lines: readonly Sentence[]): Section => ({ begin: [], lines, end: [] });

/** Characters of a comment that GitHub takes; more gives 422, `body is too long`. */
export const MOST = 65_536;

/** Sections in Markdown: the one place where the text of a comment comes from its data. */
export function written(sections: readonly Section[], pageOf?: PageOf): Section<Markdown>[] {
  const all = (lines: readonly Sentence[]): Markdown[] => lines.map((one) => markdown(one, pageOf));
  return sections.map(({ begin, lines, end }) => ({ begin: all(begin), lines: all(lines), end: all(end) }));
}

/**
 * The sections as one text within a limit; where they are longer, it ends early, between two lines, and says so.
 * @param more the sentence that says where the rest is, without its full stop
 */
export function fitted(sections: readonly Section<Markdown>[], more: Markdown, most = MOST): string {
  const whole = sections.map(({ begin, lines, end }) => [...begin, ...lines, ...end].join('\n')).join('\n');
  if (whole.length <= most) return whole;
  const kept: string[] = [];
  const all = sections.reduce((sum, { lines }) => sum + lines.length, 0);
  const cutAt = (missing: number): string[] => [
    '',
    `**Cut here**, with ${missing} of ${all} lines left out. ${more}.`,
  ];
  let taken = 0;
  let left = most - sizeOf(cutAt(all));
  for (const { begin, lines, end } of sections) {
    const frame = sizeOf([...begin, ...end]);
    if (frame > left) break;
    left -= frame;
    const fit = fitting(lines, left);
    left -= sizeOf(lines.slice(0, fit));
    taken += fit;
    kept.push(...begin, ...lines.slice(0, fit), ...end);
    if (fit < lines.length) break;
  }
  return [...kept, ...cutAt(all - taken)].join('\n');
}

/** How many lines go into so many characters. */
function fitting(lines: readonly string[], characters: number): number {
  let used = 0;
  const over = lines.findIndex((line) => (used += line.length + 1) > characters);
  return over < 0 ? lines.length : over;
}

/** Characters of lines with their line feeds. */
function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
