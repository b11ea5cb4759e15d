import type { VerifiedEntry } from '../contract/log/entry.ts';

/** How far a publisher's clock may be from the store's, in milliseconds: what AWS allows for signed requests. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * Where the store says no time: how long after the newest entry has expired another may be issued, in milliseconds. An
 * environment whose heartbeat has failed for longer is looked at by a person; a clock that is ahead is so by more.
 */
export const LONGEST_SILENCE_MS = 31 * 86_400_000;

/** What an instant is compared with. Instants are milliseconds. */
export interface KnownInstants {
  /** The publisher's own clock. */
  at: number;
  /** The store's; undefined where it says none. */
  store: number | undefined;
  newest: VerifiedEntry | undefined;
}

/** Why no entry is issued at an instant; undefined where it may be. `forcible` tells whether a person may insist. */
export function clockProblem({
  at,
  store,
  newest,
}: KnownInstants): { problem: string; remedy: string; forcible: boolean } | undefined {
  if (store !== undefined) {
    if (Math.abs(at - store) <= CLOCK_SKEW_MS) return undefined;
    const problem = `this machine's clock says ${text(at)}, the store's ${text(store)}: an entry would expire too early or too late`;
    return { problem, remedy: "set this machine's clock right, and publish again", forcible: false };
  }
  if (!newest) return undefined;
  const { sequence, issuedAt, expiresAt } = newest.entry;
  const remedy = 'set this machine\'s clock right; if it is right, use: --force --reason "..."';
  const says = `this machine's clock says ${text(at)}, and entry ${sequence}`;
  if (at < Date.parse(issuedAt) - CLOCK_SKEW_MS)
    return { problem: `${says} was issued at ${issuedAt}: one of them is wrong`, remedy, forcible: true };
  if (at > Date.parse(expiresAt) + LONGEST_SILENCE_MS)
    return { problem: `${says} expired at ${expiresAt}, long ago`, remedy, forcible: true };
  return undefined;
}

const text = (instant: number): string => new Date(instant).toISOString();
