import { canonicalBytes } from '../contract/log/canonical.ts';
import type { LogIdentity, VerifiedEntry } from '../contract/log/entry.ts';
import { LIMITS, SCHEMA_VERSION } from '../contract/limits.ts';
import {
  type Ack,
  type BundleIndex,
  type Entry,
  type Hold,
  type PlannedPart,
  type PublishPlan,
  validateEntry,
} from '../contract/shapes.ts';
import { holdName, liftingCommand } from '../contract/log/hold.ts';
import type { LogState } from '../store/log.ts';
import { brief } from '../contract/text.ts';
import { lostProblem } from './collect/acks.ts';
import { clockProblem } from './clock.ts';
import { type HoldVerdict, judgeHolds, type NewContent } from './holds.ts';
import type { Chunk, Draft, PreparedPart } from './prepare.ts';
import { rotationProblem } from './keys/rotation.ts';
import type { EnforcedState } from './state.ts';
import { commitOf, EPOCHS_BACK } from './survey.ts';

/** Everything that a plan depends on. */
export interface Situation {
  identity: LogIdentity;
  log: LogState;
  /** The ack of an instance that enforces what the log does not have, where there is one. */
  ahead?: Ack;
  /** What was wanted before: the newest entry, or that of the epoch before; absent where nothing was published. */
  before?: VerifiedEntry;
  /** Its index; absent where it cannot be read. */
  contents?: BundleIndex;
  /** Its holds, as an entry of this epoch has them. */
  holds: readonly Hold[];
  /** The state of each entry that a hold names, by `<epoch>/<sequence>`, as far as it can be read. */
  held: ReadonlyMap<string, EnforcedState>;
  /** What is in force and whose commits ours contains, to judge holds by. */
  content: Omit<NewContent, 'next'>;
  /** What every component is to enforce. */
  next: EnforcedState;
  draft: Draft;
  /** The chunks of the draft that the store has already: name to value. */
  stored: ReadonlyMap<string, string>;
  /** The commit the bundle was built from, `-dirty` where the working tree differs from it. */
  commit: string;
  /** Whether a dirty working tree may be published: in the embedded store only. */
  dirtyAllowed: boolean;
  /** Whether our commit contains what `before` was built from; undefined when that cannot be told. */
  contains: boolean | undefined;
  /** Instances that do not trust the signer's key, where it is not the newest entry's. */
  distrusting: readonly string[];
  /** What is to be said of instances that are gone. */
  silence: readonly string[];
  /** When the entry is issued, in milliseconds. */
  at: number;
  /** What the store's clock says then; undefined where it says nothing. */
  storeAt: number | undefined;
  /** What `release` needs beside the hold, to find this store and a key: ` --store aws --key ...`. */
  flags?: string;
  lifetimeHours: number;
  reason: string;
  /** In a stage: the sequence that all had before it. */
  base?: number;
  /** Only where the log has no entry yet. */
  first?: boolean;
  /** Only onto an entry with an index of this content digest. */
  onto?: { content: string | undefined };
  /** Publish although the commit does not contain the newest entry's, or a hold forbids it. */
  force: boolean;
}

/** What publishing will do: this and nothing else. */
export interface Plan {
  identity: LogIdentity;
  action: PublishPlan['action'];
  problem?: string;
  remedy?: string;
  /** Whether it is refused because of a hold, and of nothing else. */
  held?: boolean;
  newest?: VerifiedEntry;
  commit: string;
  /** The entry to append; present when the action is `publish`. */
  entry?: Entry;
  parts: PlannedPart[];
  /** Components that must enforce something else than before, sorted. */
  changed: string[];
  /** Chunks to write, in this order. */
  create: Chunk[];
  /** Chunks to read back before signing. */
  readBack: Chunk[];
  /** Chunks that were there before, read again before and after the entry is appended: a collector may remove them. */
  readAgain: Chunk[];
  /** The sequence to write to the head; absent where it is right. */
  head?: number;
  calls: PublishPlan['calls'];
  notes: string[];
}

/** Plans one publish. Pure: the instant is an argument, and nothing is read or written. */
export function plan(situation: Situation): Plan {
  const { identity, log, draft, commit, ahead, force, held, next, at, content } = situation;
  const parts = [draft.index, ...draft.parts];
  const { epoch } = identity;
  const verdict = judgeHolds(situation.holds, { epoch, states: held, at }, { ...content, next });
  const notes = log.invalid.map(({ sequence, reason }) => `entry ${sequence} is passed over: ${reason}`);
  const base = {
    identity,
    ...(log.newest && { newest: log.newest }),
    commit,
    parts: parts.map((part) => planned(part, situation.stored)),
    changed: changed(draft.contents, situation.contents),
    create: [],
    readBack: [],
    readAgain: [],
    notes,
  };
  const refused = (problem: Refusal): Plan => ({
    ...base,
    ...problem,
    action: 'refused',
    calls: callsOf(0, 0),
  });
  if (ahead && !force) return refused(lostProblem(ahead, log.newest));
  if (situation.first && log.newest)
    return refused(no(`entry ${log.newest.entry.sequence} has begun the log`, 'see: npx ztna history'));
  if (draft.index.reused && verdict.released.length === 0) {
    notes.push(...expiryNotes(log, at));
    return unchanged(base, log);
  }
  const problem = problemWith(situation, verdict) ?? meanwhileProblem(situation);
  if (problem) return refused(problem);
  notes.push(...situation.silence, ...holdNotes(verdict, epoch));
  return appending(base, situation, verdict.kept, parts);
}

/** Why nothing is published, and what to do. */
type Refusal = Required<Pick<Plan, 'problem' | 'remedy'>> & Pick<Plan, 'held'>;

function holdNotes({ against, released, passed }: HoldVerdict, epoch: number): string[] {
  const says = (hold: Hold, what: string): string => `the hold on entry ${holdName(hold, epoch)} ${what}`;
  return [
    ...against.map(({ hold }) => says(hold, 'is released by force')),
    ...released.map((hold) => says(hold, 'ends: its change is reverted')),
    ...passed.map((hold) => says(hold, 'stays: this only takes access away, which no hold keeps back')),
  ];
}

type Base = Omit<Plan, 'action' | 'calls'>;

function expiryNotes({ newest }: LogState, at: number): string[] {
  const { sequence, expiresAt } = newest!.entry;
  return at < Date.parse(expiresAt)
    ? []
    : [`entry ${sequence} expired at ${expiresAt}: renew it with: npx ztna heartbeat`];
}

function unchanged(base: Base, { newest, head }: LogState): Plan {
  const behind = head !== newest!.entry.sequence;
  const hint = behind ? { head: newest!.entry.sequence } : {};
  return { ...base, ...hint, action: 'unchanged', calls: callsOf(0, behind ? 1 : 0) };
}

function appending(base: Base, situation: Situation, holds: Hold[], parts: PreparedPart[]): Plan {
  const { stored } = situation;
  const chunks = parts.flatMap((part) => part.chunks);
  const [create, readAgain] = [
    chunks.filter(({ name }) => !stored.has(name)),
    chunks.filter(({ name }) => stored.has(name)),
  ];
  const entry = entryOf(situation, holds);
  const reads = callsFor(chunks.length) + 2 * callsFor(readAgain.length);
  return {
    ...base,
    action: 'publish',
    entry,
    create,
    readBack: chunks,
    readAgain,
    head: entry.sequence,
    calls: callsOf(reads, create.length + 2),
  };
}

/** What every entry says first: whose log it is of, its place there, and from when to when it counts. */
export function nextEntry(
  { environment, account, region, epoch }: LogIdentity,
  log: Pick<LogState, 'next' | 'newest'>,
  at: number,
  lifetimeHours: number,
): Omit<Entry, 'commit' | 'reason' | 'base' | 'holds' | 'index'> {
  return {
    schemaVersion: SCHEMA_VERSION,
    environment,
    account,
    region,
    epoch,
    sequence: log.next,
    previous: log.newest?.digest ?? null,
    issuedAt: new Date(at).toISOString(),
    expiresAt: new Date(at + lifetimeHours * 3_600_000).toISOString(),
  };
}

function entryOf(situation: Situation, holds: Hold[]): Entry {
  const { identity, log, at, lifetimeHours, draft } = situation;
  return {
    ...nextEntry(identity, log, at, lifetimeHours),
    commit: situation.commit,
    // It may be a commit's first line: whoever words that must not be able to keep the change back, or a revocation.
    reason: brief(situation.reason),
    ...(situation.base !== undefined && { base: situation.base }),
    holds,
    index: draft.index.reference,
  };
}

/** Room in an envelope for what is not payload: its keys, the key id and one signature. */
const ENVELOPE_CHARACTERS = 400;

function problemWith(situation: Situation, verdict: HoldVerdict): Refusal | undefined {
  const { commit, dirtyAllowed, force, draft, stored } = situation;
  if (commit.endsWith('-dirty') && !dirtyAllowed)
    return no('the working tree has changes that no commit holds', 'commit them, then publish');
  const other = [draft.index, ...draft.parts]
    .flatMap(({ chunks }) => chunks)
    .find(({ name, value }) => stored.has(name) && stored.get(name) !== value);
  if (other)
    return no(`${other.name} has other bytes than its name says`, 'find out who wrote it, then remove it');
  const unfit = entryProblem(entryOf(situation, verdict.kept));
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
function meanwhileProblem({ onto, log: { newest } }: Situation): Refusal | undefined {
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

function no(problem: string, remedy: string): { problem: string; remedy: string } {
  return { problem, remedy };
}

/** A part as a plan shows it. */
export function planned(
  { reference, reused, chunks }: PreparedPart,
  stored: ReadonlyMap<string, string>,
): PlannedPart {
  const there = chunks.every(({ name }) => stored.has(name));
  return { ...reference, state: reused ? 'reused' : there ? 'stored' : 'new' };
}

/** Components that are sent to other content than before, or are no longer named. */
export function changed(next: BundleIndex, before: BundleIndex | undefined): string[] {
  const all = new Set([...Object.keys(next.components), ...Object.keys(before?.components ?? {})]);
  const content = (index: BundleIndex | undefined, component: string) =>
    index?.components[component]?.content;
  return [...all].sort().filter((component) => content(next, component) !== content(before, component));
}

/** How many calls read so many names. */
export function callsFor(names: number): number {
  return Math.ceil(names / LIMITS.namesPerGet);
}

/** The calls of a plan; seconds are at SSM's default rates, rounded up to tenths. */
export function callsOf(reads: number, writes: number): PublishPlan['calls'] {
  const seconds = reads / LIMITS.readsPerSecond + writes / LIMITS.writesPerSecond;
  return { reads, writes, seconds: Math.ceil(seconds * 10) / 10 };
}
