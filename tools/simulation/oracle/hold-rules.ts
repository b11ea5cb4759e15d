import type { LogPosition } from '../../contract/log/entry.ts';
import { positionsOf } from '../../contract/log/hold.ts';
import type { Entry, Hold } from '../../contract/shapes.ts';
import { Commits } from './commits.ts';
import { expected, gains, givenBack, refusalOf, whole } from '../cluster/company.ts';
import { invariant } from './invariant.ts';
import { type SignedEntry, repeats } from '../cluster/signed-entry.ts';
import { CANARY } from './states.ts';

/** A change that a rollback undid, and that must not come back by itself. */
interface UndoneChange {
  hold: Hold;
  gained: string[];
  /** The commit that brought it. */
  commit: number;
}

const isOf = (hold: Hold, sequence: number) => hold.undone === sequence && hold.epoch === undefined;
const isSame = (one: Hold) => (other: Hold) => one.undone === other.undone && one.since === other.since;

/** What holds may do: kept by everything but a revert, and the person who goes there or releases them. */
export class HoldRules {
  #undone: UndoneChange[] = [];

  readonly commits: Commits;
  readonly at: (position: LogPosition) => SignedEntry | undefined;

  constructor(commits: Commits, at: (position: LogPosition) => SignedEntry | undefined) {
    this.commits = commits;
    this.at = at;
  }

  /** Judges an entry, and remembers what it undoes. @param before the entry before it, of this or an earlier epoch */
  append(signed: SignedEntry, before: SignedEntry | undefined, sure: boolean): void {
    const { intent, entry } = signed;
    if (before) this.#verifyLifting(signed, before);
    const free = repeats(signed, before) || intent === 'publish by force';
    if (!free && sure) this.#verifyPublished(signed);
    if (free) this.#undone = this.#undone.filter(({ hold }) => entry.holds.some(isSame(hold)));
    this.#undone = this.#undone.map((change) => this.#rest(change, entry));
    const added = entry.holds.filter((one) => !before?.entry.holds.some(isSame(one)));
    for (const hold of added) this.#add(signed, hold);
  }

  /** Of a change of which a person has gone to a part on purpose, what is still on hold. */
  #rest(change: UndoneChange, { holds, epoch }: Entry): UndoneChange {
    const hold = holds.find(isSame(change.hold));
    if (!hold || hold.kept === change.hold.kept) return change;
    return { ...change, hold, gained: this.#gained(hold, epoch) };
  }

  #add(signed: SignedEntry, hold: Hold): void {
    const { undone, kept } = positionsOf(hold, signed.entry.epoch);
    const [from, to] = [this.at(kept), this.at(undone)];
    invariant(from && to, `a hold of entry ${signed.entry.sequence} names what nobody signed`);
    const commit = Commits.numberOf(to.entry.commit);
    if (!hold.part) this.#undone.push({ hold, gained: gains(from.state, to.state), commit });
    // Another publisher may have been there first: then it is that one's entry that is undone.
    if (signed.intent !== 'deliver' || !signed.alone) return;
    const given = gains(to.state, from.state);
    invariant(
      given.length === 0 || gains(from.state, to.state).length > 0,
      `entry ${signed.entry.sequence} gives back ${given.join(' ')}, and undoes nothing but a loss`,
    );
    const refused = [CANARY, 'connector/apps'].some(
      (one) => refusalOf(expected(to.state, one) ?? '') !== undefined,
    );
    invariant(refused, `entry ${signed.entry.sequence} halts what no component refuses`);
  }

  /** Who may end a hold, and which. */
  #verifyLifting({ entry, intent, state }: SignedEntry, before: SignedEntry): void {
    const lifted = before.entry.holds.filter((one) => !entry.holds.some(isSame(one)));
    const says = `entry ${entry.sequence}, a ${intent}, ends the hold on ${lifted[0]?.undone}`;
    if (intent === 'heartbeat') invariant(lifted.length === 0, says);
    if (intent === 'release') invariant(lifted.length <= 1, `${says} and others`);
    if (intent !== 'rollback') return;
    for (const hold of lifted.filter((one) => !one.part && (one.epoch ?? entry.epoch) === entry.epoch)) {
      const change = this.#undone.find((one) => isSame(hold)(one.hold));
      const gained = change?.gained ?? [];
      invariant(
        gained.length === 0 || givenBack(state, gained).length > 0,
        `${says}, of which it contains nothing`,
      );
    }
    this.#verifyHeld(entry.holds, before, state);
  }

  /**
   * What a rollback takes away is on hold, unless it was itself what a hold kept: then what was on hold where the way
   * leads back to is on hold again.
   */
  #verifyHeld(holds: readonly Hold[], before: SignedEntry, state: SignedEntry['state']): void {
    const taken = gains(state, before.state);
    const { epoch, sequence } = before.entry;
    const steps = before.entry.holds
      .map((hold) => positionsOf(hold, epoch))
      .filter(({ kept }) => this.at(kept)?.entry.index.content === before.entry.index.content);
    if (taken.length === 0) return;
    const says = `a rollback takes away ${taken.join(' ')}, and nothing holds it`;
    if (steps.length === 0)
      invariant(
        holds.some((hold) => isOf(hold, sequence)),
        says,
      );
    for (const { undone } of steps)
      for (const hold of this.at(undone)?.entry.holds ?? [])
        if (this.#gained(hold, undone.epoch).some((one) => taken.includes(one)))
          invariant(holds.some(isSame(hold)), `${says} again`);
  }

  /** What the change that a hold of an epoch undoes gave; nothing of a part, or of an epoch before. */
  #gained(hold: Hold, epoch: number): string[] {
    const { kept, undone } = positionsOf(hold, epoch);
    const [from, to] = [this.at(kept), this.at(undone)];
    return from && to && !hold.part && undone.epoch === epoch ? gains(from.state, to.state) : [];
  }

  /** What a rollback took away comes back only with a commit that contains its revert. */
  #verifyPublished({ entry, state }: SignedEntry): void {
    for (const { hold, gained, commit } of this.#undone) {
      const back = givenBack(state, gained);
      const reverted = this.commits.someBetween(
        commit,
        Commits.numberOf(entry.commit),
        (between) => givenBack(whole(between), gained).length === 0,
      );
      invariant(
        back.length === 0 || reverted,
        `entry ${entry.sequence} gives back ${back.join(' ')}, which the rollback of ${hold.undone} took away`,
      );
    }
  }
}
