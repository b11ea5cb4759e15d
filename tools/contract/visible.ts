/** What is not seen, turns the order of what is seen, or commands a terminal. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text as one line, in which each character that is not seen is an escape such as `\u001b`. */
export function visible(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(UNSEEN, escape);
}

/** A line of a file with each character at its column; those that are not seen, but for tabs, become one that is. */
export function inColumns(line: string): string {
  return line.replace(UNSEEN, (character) =>
    character === '\t' ? character : '\ufffd'.repeat(character.length),
  );
}

function escape(character: string): string {
  return `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;
}
