/** What is not seen, turns the order of what is seen, or commands a terminal. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The older form of a command to GitHub's runner, which takes it anywhere in a line of a job's log. */
const COMMAND = '##[';

/** A text as one line, in which each character that is not seen is an escape such as `\u001b`. */
export function visible(text: string): string {
  const line = unseen(text.replace(/[\r\n\t]+/g, ' '), escape);
  return line.replaceAll(COMMAND, '#\\u0023[');
}

/** A text in which each character that is not seen is what it is said as. */
export function unseen(text: string, said: (character: string) => string): string {
  return text.replace(UNSEEN, said);
}

/** A line of a file with each character at its column; those that are not seen, but for tabs, become one that is. */
export function inColumns(line: string): string {
  const seen = unseen(line, (character) =>
    character === '\t' ? character : '\ufffd'.repeat(character.length),
  );
  return seen.replaceAll(COMMAND, '#\ufffd[');
}

function escape(character: string): string {
  return `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;
}
