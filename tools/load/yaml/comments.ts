import type { FileFault } from '../file-fault.ts';

/** Keys of texts that people write for people: in them a `#` is more often a number than a comment. */
const PROSE = ['description', 'reason'];

/** A line with such a key, a plain text, and what begins with ` #` and no blank after it: `#123`, `#sre`. */
const CUT = new RegExp(
  `^([ \\t]*(?:- +)?(?:${PROSE.join('|')}): +)([^\\s"'|>{[#][^\\n]*?)(\\s+#[^\\s#][^\\n]*?)[ \\t]*\\r?$`,
  'gm',
);

/**
 * Texts that a comment has cut off: `description: Fix for #123` says `Fix for`. Warnings, as the author may mean it.
 */
export function cutOff(text: string): FileFault[] {
  return [...text.matchAll(CUT)]
    .filter(({ 2: said }) => !said!.includes(' #'))
    .map(({ 0: line, 1: key, 2: said, 3: rest, index }) => {
      const from = index + key!.length;
      const to = from + said!.length + rest!.length;
      return {
        rule: 'yaml-comment',
        severity: 'warning',
        offset: to - rest!.trimStart().length,
        message: 'a comment begins here, and cuts the text off',
        found: said!,
        remedy: `quote the text: ${JSON.stringify(line.slice(key!.length, to - index))}`,
        edits: [{ from, to, text: JSON.stringify(line.slice(key!.length, to - index)) }],
      };
    });
}

/**
 * A plain text that a comment has cut off, as it would be whole: `ticket: SEC #101` says `SEC`.
 * @param value what was read at the offset
 */
export function cutShort(
  text: string,
  offset: number,
  value: unknown,
): { from: number; to: number; text: string } | undefined {
  if (typeof value !== 'string' || !text.startsWith(value, offset)) return undefined;
  const to = offset + value.length;
  const [rest] = /^[ \t]+#[^\s#][^\n\r]*/.exec(text.slice(to)) ?? [];
  if (rest === undefined) return undefined;
  const whole = (value + rest).trimEnd();
  return { from: offset, to: offset + whole.length, text: JSON.stringify(whole) };
}

/** The text of a line that is a comment and nothing else, where a text is missing: `description: #1 of the list`. */
export function commentedOut(
  text: string,
  offset: number,
): { from: number; to: number; text: string } | undefined {
  const found = /^([ \t]*)(#[^\n]*?)[ \t]*\r?(?:\n|$)/.exec(text.slice(offset));
  if (!found) return undefined;
  const from = offset + found[1]!.length;
  return { from, to: from + found[2]!.length, text: JSON.stringify(found[2]) };
}
