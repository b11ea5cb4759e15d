import { inColumns, unseen, visible } from './visible.ts';

declare const CLEANED: unique symbol;

/**
 * Text that may be written to a terminal or the log of a job: nothing that another person wrote commands either in it.
 * The functions of this file are the only ones that make it, and programs write nothing else.
 */
export type TerminalText = string & { readonly [CLEANED]: true };

/** No text at all. */
export const NO_TEXT = '' as TerminalText;

/** One line without its line feed, whatever is in it. A runner takes one that begins with `::` for a command. */
export function visibleLine(text: string): TerminalText {
  return visible(text).replace(/^(\s*):(?=:)/, '$1\\u003a') as TerminalText;
}

/** One line, whatever is in it. */
export const textLine = (text: string): TerminalText => `${visibleLine(text)}\n` as TerminalText;

/** One line of at most so many characters, without a line feed: what a narrow window has no room for is three dots. */
export function fittingLine(text: string, columns: number): TerminalText {
  const line = visibleLine(text);
  return (line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 3))}...`) as TerminalText;
}

/** Lines, each of which stays one. */
export const textLines = (lines: readonly string[]): TerminalText => concatenated(lines.map(textLine));

/** A text of several lines as another program or a file has it: its line feeds stay, and a last one is added where none is. */
export function textBlock(text: string): TerminalText {
  return text === '' ? NO_TEXT : textLines(text.replace(/\n$/, '').split('\n'));
}

/** Texts behind each other. */
export const concatenated = (texts: readonly TerminalText[]): TerminalText => texts.join('') as TerminalText;

/** One line without its line feed, behind a margin, with each character at its column. */
export const columnsLine = (margin: string, line: string): TerminalText =>
  `${visibleLine(margin)}${inColumns(line)}` as TerminalText;

/** Blocks with an empty line between each two. */
export const apart = (blocks: readonly TerminalText[]): TerminalText => blocks.join('\n') as TerminalText;

/** Lines that were cleaned before, each ended by a line feed. */
export const endedLines = (lines: readonly TerminalText[]): TerminalText =>
  lines.map((line) => `${line}\n`).join('') as TerminalText;

/**
 * A value as JSON and a line feed: in texts, what is not seen or would command a runner is an escape, which says the same
 * to whoever reads JSON.
 * @param space for `JSON.stringify`
 */
export function jsonText(value: unknown, space?: number): TerminalText {
  const text = JSON.stringify(value, null, space)
    .split('\n')
    .map((line) => unseen(line, jsonEscape).replaceAll('##[', '#\\u0023['));
  return `${text.join('\n')}\n` as TerminalText;
}

/** As JSON escapes a character: a unit of UTF-16 at a time (RFC 8259, section 7). */
function jsonEscape(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** Colours of a terminal, by their numbers in ECMA-48 (SGR). */
const COLOURS = { red: 31, green: 32, yellow: 33 } as const;
export type Colour = keyof typeof COLOURS;

/** A text in a colour. */
export const coloured = (text: TerminalText, colour: Colour): TerminalText =>
  `\u001b[${COLOURS[colour]}m${text}\u001b[0m` as TerminalText;

/** A line written over the one that the cursor is on, without a line feed; an empty one clears it. */
export const overwritten = (text: string): TerminalText => `\r\u001b[K${visibleLine(text)}` as TerminalText;

/** What takes the last lines off a terminal. */
export const erased = (lines: number): TerminalText => `\u001b[${lines}A\u001b[0J` as TerminalText;

/** Writes to standard output or standard error: the one way in which programs of ours do. */
export function print(stream: { write(text: string): unknown }, text: TerminalText): void {
  stream.write(text);
}
