import { parseInstant } from '../access/values/time-zone.ts';
import { checkLoad } from '../check/check-load.ts';
import { sentence } from '../finding/finding.ts';
import { loadSources, type LoadResult } from '../load/load.ts';
import type { Repository } from '../load/repository.ts';
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
  const endings = endingsOf(loaded.repository, at, within);
  const gone = new Map(endings.expired.map(({ file }) => [file, null]));
  return { ...endings, breaks: breaksOf(loaded, gone, at) };
}

/** The same without what breaks, which takes as long as a check of all files. */
export function endingsOf(repository: Repository, at: number, within: number): Omit<Expiry, 'breaks'> {
  const dated = datedIn(repository);
  return {
    expired: dated.filter(({ end }) => end <= at).map(({ ending }) => ending),
    soon: dated.filter(({ end }) => end > at && end <= at + within).map(({ ending }) => ending),
  };
}

/** A policy that ends by itself, and when in milliseconds. */
interface DatedPolicy {
  ending: Ending;
  end: number;
}

const dates = new WeakMap<Repository, readonly DatedPolicy[]>();

/** The policies that end by themselves, looked for once. */
function datedIn(repository: Repository): readonly DatedPolicy[] {
  let known = dates.get(repository);
  if (!known) {
    known = [...repository.policies.values()].flatMap(({ file, value: { id, owner, when } }) =>
      when?.expires === undefined
        ? []
        : [{ ending: { file, id, owner, expires: when.expires }, end: parseInstant(when.expires) }],
    );
    dates.set(repository, known);
  }
  return known;
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
