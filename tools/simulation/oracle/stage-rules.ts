import type { LogPosition } from '../../contract/log/entry.ts';
import { expected } from '../cluster/company.ts';
import { invariant } from './invariant.ts';
import type { SignedEntry } from '../cluster/signed-entry.ts';
import { CANARY, isWhole } from './states.ts';

/**
 * Who may have what while a delivery is under way: only a stage may want two states; it names what all had before it, and
 * who is not of the stage has just that.
 * @param before the entry before it in this log
 */
export function verifyStage(
  { entry, state, intent }: SignedEntry,
  before: SignedEntry | undefined,
  at: (position: LogPosition) => SignedEntry | undefined,
): void {
  const { sequence, epoch } = entry;
  if (entry.base === undefined)
    return invariant(
      isWhole(state),
      `entry ${sequence} wants a mix of everybody: ${expected(state, CANARY)}, ${expected(state, 'connector/apps')}`,
    );
  const base = at({ epoch, sequence: entry.base });
  invariant(base && base.entry.base === undefined, `entry ${sequence} has a base that not all had`);
  if (intent !== 'deliver' || !before) return;
  const due = before.entry.base ?? before.entry.sequence;
  // What came meanwhile and wants the same, such as a heartbeat, makes no difference.
  const had = at({ epoch, sequence: due })?.state;
  invariant(base.state === had, `entry ${sequence} has ${entry.base} as its base: all had ${due}`);
  const kept = [base.state, before.state].map((one) => expected(one, 'connector/apps'));
  const all = isWhole(state);
  invariant(
    all || kept.includes(expected(state, 'connector/apps')),
    `entry ${sequence} gives a stage to others`,
  );
}
