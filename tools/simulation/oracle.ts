import { jsonIn } from '../contract/text.ts';
import { canonicalBytes, digestOf } from '../contract/canonical.ts';
import { preAuthentication } from '../contract/dsse.ts';
import { sequenceOf } from '../contract/names.ts';
import type { Entry, Envelope, Hold } from '../contract/shapes.ts';
import { CLOCK_SKEW_MS } from '../publish/clock.ts';
import { prepare } from '../publish/prepare.ts';
import { IDENTITY } from '../publish/testing/publisher.ts';
import { Commits } from './commits.ts';
import { bundleFor, gains, givenBack, VARIANTS, type Variant } from './company.ts';
import { invariant } from './invariant.ts';

/** What the signer of an entry means by it. */
export type Intent = 'publish' | 'publish by force' | 'heartbeat' | 'rollback' | 'release';

/** An entry that a publisher signed and appended. */
export interface SignedEntry {
  entry: Entry;
  digest: string;
  state: Variant;
  intent: Intent;
}

/** The states by the digests of their indexes. */
const STATES = new Map<string, Variant>();
for (const state of VARIANTS) {
  const { index } = await prepare(bundleFor(state), IDENTITY);
  STATES.set(index.reference.content, state);
}

/** A change that a rollback undid, and that must not come back by itself. */
interface UndoneChange {
  hold: Hold;
  gained: string[];
  /** The commit that brought it. */
  commit: number;
}

/**
 * What was really signed and appended, by which everything is judged. It believes nothing of what the code under
 * proof says: an entry counts when these very bytes were given to the signer.
 */
export class Oracle {
  readonly entries = new Map<number, SignedEntry>();
  readonly #signed = new Map<string, Intent>();
  #undone: UndoneChange[] = [];

  constructor(readonly commits: Commits) {}

  /** What is signed, and why; `when` says from when to when the store's clock was while it was made. */
  signing(bytes: Uint8Array, intent: Intent, when: { from: number; to: number }): void {
    const text = Buffer.from(bytes).toString();
    const { sequence, issuedAt } = JSON.parse(text.slice(text.indexOf('{'))) as Entry;
    const issued = Date.parse(issuedAt);
    invariant(
      issued >= when.from - CLOCK_SKEW_MS && issued <= when.to + CLOCK_SKEW_MS,
      `entry ${sequence} is signed as of ${issuedAt}, by a clock that is wrong`,
    );
    this.#signed.set(digestOf(bytes), intent);
  }

  get newest(): SignedEntry | undefined {
    return this.entries.get(Math.max(0, ...this.entries.keys()));
  }

  /** Judges a change of a name of the log. */
  logChanges(name: string, value: string | undefined, before: string | undefined): void {
    const sequence = sequenceOf(name);
    if (value === undefined)
      return invariant(sequence !== this.newest?.entry.sequence, `the newest entry ${sequence} is removed`);
    invariant(before === undefined, `entry ${sequence} is overwritten`);
    const signed = this.#signedEntry(value);
    if (signed) this.#append(sequence, signed);
  }

  #signedEntry(text: string): SignedEntry | undefined {
    const envelope = jsonIn(text) as Envelope | undefined;
    if (typeof envelope?.payload !== 'string') return undefined;
    const payload = Buffer.from(envelope.payload, 'base64');
    const intent = this.#signed.get(digestOf(preAuthentication(envelope.payloadType, payload)));
    const entry = intent && (JSON.parse(payload.toString()) as Entry);
    if (!entry || entry.environment !== IDENTITY.environment) return undefined;
    const state = STATES.get(entry.index.content);
    invariant(state, `entry ${entry.sequence} has the index of no state: a mix`);
    return { entry, digest: digestOf(canonicalBytes(entry)), state, intent };
  }

  #append(sequence: number, signed: SignedEntry): void {
    const { entry, digest, intent } = signed;
    const before = this.newest;
    // A copy of an old entry under another name is an attack.
    if (entry.sequence !== sequence) return;
    // A publisher that came too late may find its name free again; so does an attacker that copies an old entry back.
    invariant(
      sequence > (before?.entry.sequence ?? 0),
      `entry ${sequence} comes after ${before?.entry.sequence}`,
    );
    const forced = intent === 'publish by force' && entry.previous === null;
    invariant(
      forced || entry.previous === (before?.digest ?? null),
      `entry ${sequence} does not follow the one before it`,
    );
    if (intent === 'publish') this.#verifyAncestry(signed, before);
    if (intent === 'publish') this.#verifyHolds(signed);
    this.entries.set(sequence, { ...signed, digest });
    this.#keepHolds(signed);
  }

  #verifyAncestry({ entry }: SignedEntry, before: SignedEntry | undefined): void {
    const [ours, theirs] = [entry.commit, before?.entry.commit];
    if (theirs === undefined) return;
    invariant(
      Commits.contains(Commits.numberOf(ours), theirs),
      `entry ${entry.sequence} of commit ${Number(ours)} follows one of commit ${Number(theirs)}`,
    );
  }

  /** What a rollback took away comes back only with a commit that contains its revert. */
  #verifyHolds({ entry, state }: SignedEntry): void {
    for (const { hold: held, gained, commit } of this.#undone) {
      const back = givenBack(state, gained);
      const reverted = this.commits.someBetween(
        commit,
        Commits.numberOf(entry.commit),
        (between) => givenBack(between, gained).length === 0,
      );
      invariant(
        back.length === 0 || reverted,
        `entry ${entry.sequence} gives back ${back.join(' ')}, which the rollback of ${held.undone} took away`,
      );
    }
  }

  #keepHolds({ entry, intent }: SignedEntry): void {
    const there = (one: Hold) =>
      entry.holds.some(({ undone, since }) => undone === one.undone && since === one.since);
    if (intent !== 'publish') this.#undone = this.#undone.filter(({ hold: one }) => there(one));
    const [kept, undone] = [entry.holds.at(-1)?.kept, entry.holds.at(-1)?.undone];
    if (intent !== 'rollback' || kept === undefined || undone === undefined) return;
    const [from, to] = [this.entries.get(kept)!, this.entries.get(undone)!];
    const commit = Commits.numberOf(to.entry.commit);
    this.#undone.push({ hold: entry.holds.at(-1)!, gained: gains(from.state, to.state), commit });
  }
}
