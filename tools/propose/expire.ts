import { parseInstant } from '../access/values/time-zone.ts';
import { checkLoad } from '../check/check-load.ts';
import { sentence } from '../finding/finding.ts';
import { loadSources, type LoadResult } from '../load/load.ts';
import type { Proposal } from './proposal.ts';

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

/** The branch of the one pull request that removes what has expired. */
export const EXPIRY_BRANCH = 'ztna/expire';

/**
 * What has expired at an instant, what will soon, and what is wrong once the former is gone.
 * @param at in milliseconds
 * @param within how many milliseconds after it is soon
 */
export function expiryOf(loaded: LoadResult, at: number, within: number): Expiry {
  const dated = [...loaded.repository.policies.values()].flatMap(({ file, value: { id, owner, when } }) =>
    when?.expires === undefined ? [] : [{ file, id, owner, expires: when.expires }],
  );
  const upTo = (end: number) => dated.filter(({ expires }) => parseInstant(expires) <= end);
  const expired = upTo(at);
  const soon = upTo(at + within).filter((one) => !expired.includes(one));
  const gone = new Map(expired.map(({ file }) => [file, null]));
  return { expired, soon, breaks: breaksOf(loaded, gone, at) };
}

/**
 * What is wrong once some files are gone or have another text, and is not before: an access test may still ask for what
 * is past, or will be.
 */
export function breaksOf(
  loaded: LoadResult,
  changed: ReadonlyMap<string, string | null>,
  at: number,
): string[] {
  if (changed.size === 0) return [];
  const errors = (one: LoadResult): string[] =>
    checkLoad(one, at)
      .findings.filter(({ severity }) => severity === 'error')
      .map((finding) => `${finding.file}:${finding.line} ${sentence(finding)}`);
  const known = new Set(errors(loaded));
  const rest = [...loaded.texts].flatMap(([path, text]): [string, string][] => {
    const now = changed.has(path) ? changed.get(path)! : text;
    return now === null ? [] : [[path, now]];
  });
  const without = loadSources(rest.map(([path, text]) => ({ path, bytes: Buffer.from(text) })));
  return errors(without).filter((one) => !known.has(one));
}

/** The pull request that removes what has expired from a commit; undefined where nothing has. */
export function expiryProposal(expiry: Expiry, commit: string): Proposal | undefined {
  if (expiry.expired.length === 0) return undefined;
  return {
    branch: EXPIRY_BRANCH,
    on: commit,
    files: new Map(expiry.expired.map(({ file }) => [file, null])),
    purpose: { kind: 'expiry', expiry },
    unasked: true,
  };
}
