import { visible } from '../../contract/visible.ts';
import { prose, rendered, type Medium, type Sentence } from '../../contract/sentence.ts';

/** Text as it is, for what escapes it by itself: JSON, and the fields of GitHub's API that are plain text. */
const PLAIN: Medium = {
  words: ({ text }) => text,
  name: ({ text }) => text,
  code: ({ text }) => `\`${text}\``,
  prose: ({ text }) => text,
  place: ({ file, line }) => `${file}:${line}`,
  page: ({ text }) => text,
  verbatim: ({ text }) => text,
  gap: () => '   ',
  cell: ({ sentence }) => plain(sentence),
};

/** A terminal, or the log of a workflow's run. */
const TERMINAL: Medium = {
  words: ({ text }) => text,
  name: ({ text }) => visible(text),
  code: ({ text }) => `\`${visible(text)}\``,
  prose: ({ text }) => visible(text),
  place: ({ file, line }) => `${visible(file)}:${line}`,
  page: ({ text }) => text,
  verbatim: ({ text }) => visible(text),
  gap: PLAIN.gap,
  cell: ({ sentence }) => rendered(sentence, TERMINAL),
};

/** A sentence as it is, with nothing escaped. */
export function plain(sentence: Sentence): string {
  return rendered(sentence, PLAIN);
}

/** A sentence as a line of a terminal, in which no text commands the terminal, nor the runner that reads its log. */
export function terminal(sentence: Sentence): string {
  // A runner takes a line that begins with `::` for a command.
  return rendered(sentence, TERMINAL).replace(/^(\s*):(?=:)/, '$1\\u003a');
}

/** Lines that hold what others wrote anywhere, as a terminal's text that ends with a line feed. */
export function terminalLines(lines: readonly string[]): string {
  return lines.map((line) => `${terminal([prose(line)])}\n`).join('');
}
