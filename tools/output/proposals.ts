import {
  concatenated,
  endedLines,
  textLine,
  textLines,
  type TerminalText,
} from '../contract/terminal-text.ts';
import { prose, say } from '../contract/sentence.ts';
import type { Difference } from '../contract/shapes.ts';
import type { DigestChange } from '../propose/digests.ts';
import type { Ending, Expiry } from '../propose/expire.ts';
import { differenceText } from './difference.ts';
import { terminal } from './media/text.ts';
import { plural } from './words.ts';

/** What became of a pull request that was to be open, in a sentence. */
export function proposalText({
  number,
  url,
  action,
}: {
  number: number;
  url: string;
  action: 'opened' | 'updated' | 'unchanged' | 'left';
}): TerminalText {
  if (action === 'left')
    return textLine(
      `pull request ${number} says this, and a person closed it: it stays closed until there is more to say, or reopen it: ${url}`,
    );
  return textLine(
    `pull request ${number} ${action === 'unchanged' ? 'says this already' : `is ${action}`}: ${url}`,
  );
}

/** What a revert comes to: which files, and who gains and loses. */
export function revertText(files: ReadonlyMap<string, unknown>, difference: Difference): TerminalText {
  const { before, after } = difference;
  const lines = [...files].map(([path, wanted]) => `  ${wanted === null ? 'deletes' : 'writes '} ${path}`);
  const title = `from commit ${before.slice(0, 12)} back to ${after.slice(0, 12)}: ${plural(files.size, 'file')}`;
  return concatenated([textLines([title, ...lines]), differenceText(difference)]);
}

/** A line for each policy, the first to end first. */
export function expiryItems(list: readonly Ending[]): string[] {
  return [...list]
    .sort((a, b) => (a.expires < b.expires ? -1 : 1))
    .map(({ file, owner, expires }) => `${expires} \`${file}\` of ${owner}`);
}

/** What has expired and what will soon, counts first. */
export function expiryText({ expired, soon, breaks }: Expiry): TerminalText {
  const lines = (mark: '-' | ' ' | '!', items: readonly string[]): TerminalText[] =>
    items.map((text) => terminal(say`  ${mark} ${prose(text)}`));
  return endedLines([
    terminal(say`${plural(expired.length, 'policy has', 'policies have')} expired, ${soon.length} will soon`),
    ...lines('-', expiryItems(expired)),
    ...lines(' ', expiryItems(soon)),
    ...lines(
      '!',
      breaks.map((text) => `without them: ${text}`),
    ),
  ]);
}

/** An image a line: from which digest to which, each as far as people compare it. */
export function digestItems(changes: readonly DigestChange[]): string[] {
  return changes.map(
    ({ image, before, after }) =>
      `\`${image}\`: \`${before.slice(0, 19)}\` becomes \`${after.slice(0, 19)}\``,
  );
}

/** What images would become. */
export function digestsText(changes: readonly DigestChange[]): TerminalText {
  const [first] = changes;
  if (!first)
    return textLine('every environment has the images that it is to have, or those before it have not baked');
  return textLines([`${first.environment}:`, ...digestItems(changes).map((item) => `  ${item}`)]);
}
