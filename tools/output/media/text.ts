import { type TerminalText, visibleLine } from '../../contract/terminal-text.ts';
import { visible } from '../../contract/visible.ts';
import { rendered, type Medium, type Sentence } from '../../contract/sentence.ts';

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
export function terminal(sentence: Sentence): TerminalText {
  return visibleLine(rendered(sentence, TERMINAL));
}
