import { prose, say } from '../contract/sentence.ts';
import { terminal } from './media/text.ts';
import { plural } from './words.ts';

/** One policy that ends by itself. */
export interface Ending {
  file: string;
  id: string;
  owner: string;
  expires: string;
}

/** Policies that end by themselves. */
export interface Expiry {
  expired: readonly Ending[];
  /** Those that will expire soon, and have not yet. */
  soon: readonly Ending[];
  /** What is wrong once the files of the expired ones are gone. */
  breaks: readonly string[];
}

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
