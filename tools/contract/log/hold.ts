import { comparePositions, type LogPosition } from './entry.ts';
import type { Entry, Hold } from '../shapes.ts';

/** Where what a hold names is: the entry that it undoes, and the one whose state it keeps. */
export interface HoldPositions {
  undone: LogPosition;
  kept: LogPosition;
}

/** @param own the epoch of the entry that has the hold: that of its sequences where it says no other */
export function positionsOf({ epoch, undone, kept }: Hold, own: number): HoldPositions {
  const at = (sequence: number): LogPosition => ({ epoch: epoch ?? own, sequence });
  return { undone: at(undone), kept: at(kept) };
}

/** The holds of an entry, as one of another epoch must have them: with the epoch that was their own. */
export function holdsFor({ entry }: { entry: Entry }, { epoch }: { epoch: number }): readonly Hold[] {
  if (entry.epoch === epoch) return entry.holds;
  return entry.holds.map((hold) => ({ ...hold, epoch: hold.epoch ?? entry.epoch }));
}

/** How people name a hold: by the sequence that it undoes, `<epoch>/<sequence>` where that is of an earlier epoch. */
export function holdName(hold: Hold, own: number): string {
  const { undone } = positionsOf(hold, own);
  return undone.epoch === own ? String(undone.sequence) : positionText(undone);
}

/** A position as people and messages name it. */
export function positionText({ epoch, sequence }: LogPosition): string {
  return `${epoch}/${sequence}`;
}

/** Whether a hold is the one that a person names. */
export function isNamed(hold: Hold, own: number, name: LogPosition): boolean {
  return comparePositions(positionsOf(hold, own).undone, name) === 0;
}

/**
 * The command that lifts a hold, whole: to be copied, with a reason filled in.
 * @param flags which store and which key, as the caller was told; empty for the embedded store and the local key
 */
export function liftingCommand(environment: string, hold: Hold, own: number, flags = ''): string {
  const more = flags && `${flags} `;
  return `npx ztna release --env ${environment} --hold ${holdName(hold, own)} ${more}--reason "..." --execute`;
}
