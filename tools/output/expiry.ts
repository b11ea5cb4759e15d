import { prose, say } from '../contract/sentence.ts';
import { terminal } from './media/text.ts';
import type { Ending, Expiry } from '../propose/expire.ts';
import { plural } from './words.ts';

/** A line for each policy, the first to end first. */
export function expiryItems(list: readonly Ending[]): string[] {
  return [...list]
    .sort((a, b) => (a.expires < b.expires ? -1 : 1))
    .map(({ file, owner, expires }) => `${expires} \`${file}\` of ${owner}`);
}

/** What has expired and what will soon, counts first. */
export function expiryText({ expired, soon, breaks }: Expiry): string {
  const lines = (mark: '-' | ' ' | '!', items: readonly string[]): string[] =>
    items.map((text) => terminal(say`  ${mark} ${prose(text)}`));
  return [
    `${plural(expired.length, 'policy has', 'policies have')} expired, ${soon.length} will soon`,
    ...lines('-', expiryItems(expired)),
    ...lines(' ', expiryItems(soon)),
    ...lines(
      '!',
      breaks.map((text) => `without them: ${text}`),
    ),
    '',
  ].join('\n');
}
