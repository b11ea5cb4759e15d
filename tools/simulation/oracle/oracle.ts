import { jsonIn } from '../../contract/text.ts';
import { canonicalBytes, digestOf } from '../../contract/log/canonical.ts';
import { preAuthentication } from '../../contract/log/dsse.ts';
import { comparePositions, type LogPosition } from '../../contract/log/entry.ts';
import { positionText } from '../../contract/log/hold.ts';
import { logFolder, sequenceOf } from '../../contract/names.ts';
import type { Entry, Envelope } from '../../contract/shapes.ts';
import { CLOCK_SKEW_MS } from '../../publish/clock.ts';
import { IDENTITY } from '../../publish/testing/publisher.ts';
import { Commits } from './commits.ts';
import { expected, type TargetContent, whole, without } from '../cluster/company.ts';
import { HoldRules } from './hold-rules.ts';
import { invariant } from './invariant.ts';
import { type Intent, repeats, type SignedEntry } from '../cluster/signed-entry.ts';
import { verifyStage } from './stage-rules.ts';
import { CANARY, isWhole, wantedBy } from './states.ts';

/** What is signed, by which key and with what in mind. */
interface Signature {
  intent: Intent;
  key: string;
  /** Whether no other publisher has been at work beside its own until now. */
  alone: () => boolean;
  /** From when to when the store's clock was while it was made. */
  from: number;
  to: number;
}

/**
 * What was really signed and appended, by which everything is judged. It believes nothing of what the code under
 * proof says: an entry counts when these very bytes were given to the signer.
 */
export class Oracle {
  readonly #entries = new Map<string, SignedEntry>();
  /** What is in force after only the losses of a change on hold were delivered, by the index: it may be repeated. */
  readonly #narrowed = new Map<string, TargetContent>();
  readonly #signed = new Map<string, Signature>();
  readonly #holds: HoldRules;
  /** Told of each entry before it counts. */
  readonly watch: ((signed: SignedEntry, before: SignedEntry | undefined) => void)[] = [];

  readonly commits: Commits;

  constructor(commits: Commits) {
    this.commits = commits;
    this.#holds = new HoldRules(commits, (position) => this.at(position));
  }

  /** What is signed, and why. */
  signing(bytes: Uint8Array, signature: Signature): void {
    const text = Buffer.from(bytes).toString();
    const { sequence, issuedAt } = JSON.parse(text.slice(text.indexOf('{'))) as Entry;
    const issued = Date.parse(issuedAt);
    invariant(
      issued >= signature.from - CLOCK_SKEW_MS && issued <= signature.to + CLOCK_SKEW_MS,
      `entry ${sequence} is signed as of ${issuedAt}, by a clock that is wrong`,
    );
    this.#signed.set(digestOf(bytes), signature);
  }

  /** The entry at a place. */
  at(position: LogPosition): SignedEntry | undefined {
    return this.#entries.get(positionText(position));
  }

  /** The newest entry of all epochs, or of one. */
  newestOf(epoch?: number): SignedEntry | undefined {
    return [...this.#entries.values()]
      .filter(({ entry }) => epoch === undefined || entry.epoch === epoch)
      .reduce<SignedEntry | undefined>(
        (best, one) => (best && comparePositions(best.entry, one.entry) > 0 ? best : one),
        undefined,
      );
  }

  get newest(): SignedEntry | undefined {
    return this.newestOf();
  }

  /** Judges a change of a name of the log. */
  logChanges(name: string, value: string | undefined, before: string | undefined): void {
    const sequence = sequenceOf(name);
    const newest = (epoch: number) => this.newestOf(epoch)?.entry;
    const epoch = Number(name.split('/')[3]);
    if (value === undefined)
      return invariant(sequence !== newest(epoch)?.sequence, `the newest entry ${sequence} is removed`);
    invariant(before === undefined, `entry ${sequence} is overwritten`);
    const signed = this.#signedEntry(value);
    // A copy of an old entry under another name is an attack.
    if (signed && signed.entry.sequence === sequence && name.startsWith(logFolder(signed.entry)))
      this.#append(signed);
  }

  #signedEntry(text: string): SignedEntry | undefined {
    const envelope = jsonIn(text) as Envelope | undefined;
    if (typeof envelope?.payload !== 'string') return undefined;
    const payload = Buffer.from(envelope.payload, 'base64');
    const signature = this.#signed.get(digestOf(preAuthentication(envelope.payloadType, payload)));
    const entry = signature && (JSON.parse(payload.toString()) as Entry);
    if (!entry || entry.environment !== IDENTITY.environment) return undefined;
    const state = this.#stateOf(entry, signature);
    invariant(state, `entry ${entry.sequence} has the index of no state: a mix`);
    const { intent, key, alone } = signature;
    return { entry, digest: digestOf(canonicalBytes(entry)), state, intent, key, alone: alone() };
  }

  /** What an entry wants: where only a stage has something new it says what all had before, so that without that it is for all. */
  #stateOf(entry: Entry, signature: Signature): TargetContent | undefined {
    const { content } = entry.index;
    const known = wantedBy(content);
    if (known && (isWhole(known) || entry.base !== undefined)) return known;
    return this.#narrowed.get(content) ?? this.#takenAway(entry, signature, known) ?? known;
  }

  /** Where a delivery is on hold, what is in force without what it takes away. @param known what the index is known to want */
  #takenAway(
    { epoch, commit, holds, index }: Entry,
    { intent }: Signature,
    known: TargetContent | undefined,
  ): TargetContent | undefined {
    const before = this.newestOf(epoch);
    if (intent !== 'deliver' || !before || holds.length === 0) return undefined;
    const base = this.at({ epoch, sequence: before.entry.base ?? before.entry.sequence })!;
    const wanted = this.commits.stateOf(Commits.numberOf(commit));
    const had = base.state.intermediate;
    // What is newly revoked goes first, and nothing with it.
    const revoked = [...new Set([...had.revoked, ...wanted.revoked])];
    const intermediate = revoked.length > had.revoked.length ? { ...had, revoked } : without(had, wanted);
    const state = { ...base.state, intermediate, narrowed: true };
    if (known && [CANARY, 'connector/apps'].some((one) => expected(known, one) !== expected(state, one)))
      return undefined;
    this.#narrowed.set(index.content, state);
    return state;
  }

  #append(signed: SignedEntry): void {
    const { entry, intent } = signed;
    const { sequence, epoch } = entry;
    const inLog = this.newestOf(epoch);
    const before = inLog ?? this.newest;
    // A publisher that came too late may find its name free again; so does an attacker that copies an old entry back.
    invariant(
      sequence > (inLog?.entry.sequence ?? 0),
      `entry ${sequence} comes after ${inLog?.entry.sequence}`,
    );
    const forced = intent === 'publish by force' && entry.previous === null;
    invariant(
      forced || entry.previous === (inLog?.digest ?? null),
      `entry ${sequence} does not follow the one before it`,
    );
    // What comes into the log of the epoch before while that of the next is begun cannot be seen in time.
    const sure = inLog !== undefined || signed.alone;
    if (sure && !repeats(signed, inLog) && intent !== 'publish by force')
      this.#verifyAncestry(signed, before);
    verifyStage(signed, inLog, (position) => this.at(position));
    for (const judge of this.watch) judge(signed, inLog);
    this.#entries.set(positionText(entry), signed);
    this.#holds.append(signed, before, sure);
  }

  #verifyAncestry({ entry }: SignedEntry, before: SignedEntry | undefined): void {
    const [ours, theirs] = [entry.commit, before?.entry.commit];
    if (theirs === undefined) return;
    invariant(
      Commits.contains(Commits.numberOf(ours), theirs),
      `entry ${entry.sequence} of commit ${Number(ours)} follows one of commit ${Number(theirs)}`,
    );
  }
}

/** What a commit wants. */
export function wantedOf(commits: Commits, id: string): TargetContent {
  return whole(commits.stateOf(Commits.numberOf(id)));
}
