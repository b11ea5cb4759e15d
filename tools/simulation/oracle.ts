import { canonicalBytes, digestOf } from '../contract/canonical.ts';
import { preAuthentication } from '../contract/dsse.ts';
import { sequenceOf } from '../contract/names.ts';
import type { Entry, Envelope, Hold } from '../contract/shapes.ts';
import { prepare } from '../publish/prepare.ts';
import { IDENTITY } from '../publish/testing/publisher.ts';
import { Commits } from './commits.ts';
import { bundleFor, gains, givenBack, VARIANTS, type Variant } from './company.ts';
import { hold } from './invariant.ts';

/** What whoever signs an entry means by it. */
export type Intent = 'publish' | 'publish by force' | 'heartbeat' | 'rollback' | 'release';

/** An entry that a publisher signed and appended. */
export interface Genuine {
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
interface Undone {
  hold: Hold;
  gained: string[];
  /** The commit that brought it. */
  commit: number;
}

/**
 * What was really signed and appended, by which everything is judged. It believes nothing of what the code under
 * proof says: an entry counts when these very bytes were given to the signer.
 */
export class Ledger {
  readonly entries = new Map<number, Genuine>();
  readonly #signed = new Map<string, Intent>();
  #undone: Undone[] = [];

  constructor(readonly commits: Commits) {}

  /** What is signed, and why. */
  signing(bytes: Uint8Array, intent: Intent): void {
    this.#signed.set(digestOf(bytes), intent);
  }

  get newest(): Genuine | undefined {
    return this.entries.get(Math.max(0, ...this.entries.keys()));
  }

  /** Judges a change of a name of the log. */
  logChanges(name: string, value: string | undefined, before: string | undefined): void {
    const sequence = sequenceOf(name);
    if (value === undefined)
      return hold(sequence !== this.newest?.entry.sequence, `the newest entry ${sequence} is removed`);
    hold(before === undefined, `entry ${sequence} is overwritten`);
    const genuine = this.#genuine(value);
    if (genuine) this.#append(sequence, genuine);
  }

  #genuine(text: string): Genuine | undefined {
    const envelope = parsed(text) as Envelope | undefined;
    if (typeof envelope?.payload !== 'string') return undefined;
    const payload = Buffer.from(envelope.payload, 'base64');
    const intent = this.#signed.get(digestOf(preAuthentication(envelope.payloadType, payload)));
    const entry = intent && (JSON.parse(payload.toString()) as Entry);
    if (!entry || entry.environment !== IDENTITY.environment) return undefined;
    const state = STATES.get(entry.index.content);
    hold(state, `entry ${entry.sequence} has the index of no state: a mix`);
    return { entry, digest: digestOf(canonicalBytes(entry)), state, intent };
  }

  #append(sequence: number, genuine: Genuine): void {
    const { entry, digest, intent } = genuine;
    const before = this.newest;
    // Whoever copies an old entry to another name is an attacker.
    if (entry.sequence !== sequence) return;
    // A publisher that came too late may find its name free again; whoever copies an old entry back does the same.
    hold(sequence > (before?.entry.sequence ?? 0), `entry ${sequence} comes after ${before?.entry.sequence}`);
    const forced = intent === 'publish by force' && entry.previous === null;
    hold(
      forced || entry.previous === (before?.digest ?? null),
      `entry ${sequence} does not follow the one before it`,
    );
    if (intent === 'publish') this.#verifyAncestry(genuine, before);
    if (intent === 'publish') this.#verifyHolds(genuine);
    this.entries.set(sequence, { ...genuine, digest });
    this.#keepHolds(genuine);
  }

  #verifyAncestry({ entry }: Genuine, before: Genuine | undefined): void {
    const [ours, theirs] = [entry.commit, before?.entry.commit];
    if (theirs === undefined) return;
    hold(
      Commits.descends(Commits.numberOf(ours), theirs),
      `entry ${entry.sequence} of commit ${Number(ours)} follows one of commit ${Number(theirs)}`,
    );
  }

  /** What a rollback took away comes back only with a commit that contains its revert. */
  #verifyHolds({ entry, state }: Genuine): void {
    for (const { hold: held, gained, commit } of this.#undone) {
      const back = givenBack(state, gained);
      const reverted = this.commits.someBetween(
        commit,
        Commits.numberOf(entry.commit),
        (between) => givenBack(between, gained).length === 0,
      );
      hold(
        back.length === 0 || reverted,
        `entry ${entry.sequence} gives back ${back.join(' ')}, which the rollback of ${held.undone} took away`,
      );
    }
  }

  #keepHolds({ entry, intent }: Genuine): void {
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
