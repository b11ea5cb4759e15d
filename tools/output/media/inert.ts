import { visible } from '../../contract/visible.ts';

/**
 * Text that another person wrote, for GitHub's Markdown: whatever it is, it can neither be markup, nor a link, nor
 * mention anybody. Words that are nothing but words stay as they are; any other becomes a code span, in which
 * nothing has a meaning. What is in backticks already is one, and so is a command to type.
 */
export function inert(text: string): string {
  const parts = visible(text)
    .trim()
    .split(/(`[^`]+`|(?:npm run|npx (?:--no )?ztna) [^`;]+)/);
  const pieces = parts.flatMap((part, index) =>
    index % 2 === 1 ? [code(part.replaceAll('`', ''))] : part.split(/( +)/).map(word),
  );
  return pieces.filter((piece) => piece !== '').reduce(joined, '');
}

/** Two code spans beside each other would be read as one. */
function joined(before: string, piece: string): string {
  // A number at the beginning would make a list.
  const first = before === '' && /^\d+[.)]/.test(piece) ? code(piece) : piece;
  return before.endsWith('`') && first.startsWith('`') ? `${before} ${first}` : `${before}${first}`;
}

function word(text: string): string {
  if (text.trim() === '') return text;
  const [, open, core, close] = /^([("]*)(.*?)([)",.;:?]*)$/.exec(text)!;
  if (core === '') return /^[.,;:?]*$/.test(text) ? text : code(text);
  return isPlain(core!) ? text : `${open}${code(core!)}${close}`;
}

/** Letters, digits and marks that mean nothing; no address, no number of an issue, no digest of a commit. */
function isPlain(text: string): boolean {
  const harmless = /^[A-Za-z0-9]([A-Za-z0-9'/.:%+-]*[A-Za-z0-9%+])?$/.test(text);
  return harmless && !/:\/\/|www\.|^[0-9a-f]{7,}$|^gh-\d/i.test(text);
}

/** A code span that holds any text, backticks too. */
export function code(text: string): string {
  const plain = visible(text);
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  if (longest === 0) return `\`${plain || ' '}\``;
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${plain} ${fence}`;
}
