import type { InvalidEntry } from '../contract/log/entry.ts';
import type { Position } from '../contract/shapes.ts';

/** What became of an entry: it is in force, or was before; it is refused; or it is not in force yet. */
export type Outcome = { state: 'enforced' } | NotEnforced;

/** Why an entry is not in force. What waits is tried again; what is refused, where it may be put right in the store. */
export type NotEnforced = { position: Position; reason: string } & (
  { state: 'waiting' } | { state: 'refused'; again: boolean }
);

/** It is in force. */
export const ENFORCED: Outcome = { state: 'enforced' };

/** It is refused, and not tried again. */
export const refusal = (position: Position, reason: string): Outcome => ({
  state: 'refused',
  position,
  reason,
  again: false,
});

/** It is tried again. */
export const wait = (position: Position, reason: string): Outcome => ({
  state: 'waiting',
  position,
  reason,
});

/** What is above the newest valid entry is reported, the highest first. */
export function invalidTrouble([highest]: readonly InvalidEntry[], epoch: number): NotEnforced | undefined {
  if (!highest) return undefined;
  const { sequence, digest, reason } = highest;
  const said = `entry ${sequence} is not valid: ${reason}`;
  return { state: 'refused', position: { epoch, sequence, entry: digest }, reason: said, again: false };
}
