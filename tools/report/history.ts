import type { InvalidEntry, VerifiedEntry } from '../contract/log/entry.ts';
import type { LogScope } from '../contract/names.ts';
import type { EnvironmentHistory, HistoryRow } from '../contract/shapes.ts';

/**
 * Every entry of one environment's log, the newest first.
 * @param entries what is in the log, verified or not, in any order
 */
export function history(
  { environment, epoch }: LogScope,
  entries: readonly (VerifiedEntry | InvalidEntry)[],
): EnvironmentHistory {
  const ascending = [...entries].sort((a, b) => sequenceOf(a) - sequenceOf(b));
  const valid = ascending.filter((one) => one.ok);
  const rows = ascending.map((one): HistoryRow => {
    if (!one.ok) return { sequence: one.sequence, valid: false, problem: one.reason };
    return validRow(one, valid[valid.indexOf(one) - 1], one === valid.at(-1));
  });
  return { environment, epoch, entries: rows.reverse() };
}

function sequenceOf(one: VerifiedEntry | InvalidEntry): number {
  return one.ok ? one.entry.sequence : one.sequence;
}

function validRow(
  { entry, digest, key }: VerifiedEntry,
  before: VerifiedEntry | undefined,
  newest: boolean,
): HistoryRow {
  // Entries that were collected leave the oldest one without its predecessor, which is no fault.
  const broken = before !== undefined && entry.previous !== before.digest;
  return {
    sequence: entry.sequence,
    valid: true,
    ...(broken && { problem: `it does not follow entry ${before.entry.sequence}` }),
    ...(newest && { newest }),
    entry: digest,
    commit: entry.commit,
    reason: entry.reason,
    issuedAt: entry.issuedAt,
    expiresAt: entry.expiresAt,
    content: entry.index.content,
    holds: entry.holds.length,
    key: key.id,
  };
}
