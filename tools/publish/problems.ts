import { canonicalBytes } from '../contract/log/canonical.ts';
import { LIMITS } from '../contract/limits.ts';
import { liftingCommand } from '../contract/log/hold.ts';
import { type Entry, validateEntry } from '../contract/shapes.ts';
import { clockProblem } from './clock.ts';
import type { HoldVerdict } from './holds.ts';
import { rotationProblem } from './keys/rotation.ts';
import type { Plan, Situation } from './plan.ts';
import { chunksOf } from './prepare.ts';
import { commitOf, EPOCHS_BACK } from './survey.ts';

/** Why nothing is published, and what to do. */
export type Refusal = Required<Pick<Plan, 'problem' | 'remedy'>> & Pick<Plan, 'held'>;

/** Room in an envelope for what is not payload: its keys, the key id and one signature. */
const ENVELOPE_CHARACTERS = 400;

/** Why an entry is not appended in a situation; undefined where it may be. @param entry what would be appended */
export function problemWith(situation: Situation, verdict: HoldVerdict, entry: Entry): Refusal | undefined {
  const { commit, dirtyAllowed, force, draft, stored } = situation;
  if (commit.endsWith('-dirty') && !dirtyAllowed)
    return no('the working tree has changes that no commit holds', 'commit them, then publish');
  const other = chunksOf(draft).find(({ name, value }) => stored.has(name) && stored.get(name) !== value);
  if (other)
    return no(`${other.name} has other bytes than its name says`, 'find out who wrote it, then remove it');
  const unfit = entryProblem(entry);
  if (unfit) return unfit;
  const { at, storeAt, log } = situation;
  const clock = clockProblem({ at, store: storeAt, newest: log.newest });
  if (clock && !(force && clock.forcible)) return no(clock.problem, clock.remedy);
  return force
    ? undefined
    : (ancestryProblem(situation) ??
        rotationProblem(situation.distrusting) ??
        holdProblem(situation, verdict.against));
}

/** Why an entry cannot be written: followers would not take it, or the store would not. */
export function entryProblem(entry: Entry): Refusal | undefined {
  if (!validateEntry(entry))
    return no('the entry would not fit its schema', 'give a reason of 1 to 200 characters');
  const characters = (canonicalBytes(entry).length * 4) / 3;
  return characters + ENVELOPE_CHARACTERS > LIMITS.valueCharacters
    ? no('the entry would be larger than a parameter', 'shorten the reason')
    : undefined;
}

function holdProblem(
  { identity: { environment, epoch }, flags }: Situation,
  [first]: HoldVerdict['against'],
): Refusal | undefined {
  if (!first) return undefined;
  const { problem, hold } = first;
  return {
    problem: `${problem}, and that is on hold since ${hold.since}: ${hold.reason}`,
    remedy: `merge the revert, or lift the hold: ${liftingCommand(environment, hold, epoch, flags)}`,
    held: true,
  };
}

/** Who gets what first was decided for another entry. */
export function meanwhileProblem({ onto, log: { newest } }: Situation): Refusal | undefined {
  if (!onto || newest?.entry.index.content === onto.content) return undefined;
  return no(
    `entry ${newest?.entry.sequence} came meanwhile and wants something else`,
    'run the delivery again',
  );
}

function ancestryProblem({ identity, log, before, contains }: Situation): Refusal | undefined {
  // Reads may be late: the newest entry is perhaps not visible yet, and what was forged after it is.
  if (!log.newest && log.invalid.length > 0)
    return no(
      `the log has entries, and none of them is valid: ${log.invalid[0]!.reason}`,
      'publish again in a minute; if it stays so, check the trusted keys, then use: --force --reason "..."',
    );
  // What an epoch further back had is not known: its holds, and what it was built from.
  if (!before && identity.epoch > EPOCHS_BACK + 1)
    return no(
      `epoch ${identity.epoch} has no entry, and neither have the ${EPOCHS_BACK} before it`,
      'raise the epoch by one in environment.yaml; if nothing is left of what was before, use: --force --reason "..."',
    );
  if (!before || contains) return undefined;
  const { sequence, commit, epoch } = before.entry;
  const short = commit.slice(0, 12);
  const which = epoch === identity.epoch ? `entry ${sequence}` : `entry ${sequence} of epoch ${epoch}`;
  return contains === undefined
    ? no(
        `${which} was built from commit ${short}, which is not in this clone, or its history is cut off`,
        `fetch the whole history: git fetch --unshallow; or that commit: git fetch origin ${commitOf(before.entry)}`,
      )
    : no(
        `${which} was built from commit ${short}, which ours does not contain: it is newer, or of another branch`,
        'merge it and publish again, or use: --force --reason "..."',
      );
}

/** A refusal. */
export function no(problem: string, remedy: string): { problem: string; remedy: string } {
  return { problem, remedy };
}
