import type { LogIdentity, VerifiedEntry } from '../contract/log/entry.ts';
import { DEFAULT_RATES, type Rates, SCHEMA_VERSION } from '../contract/limits.ts';
import { callsFor, secondsFor } from '../contract/log/budget.ts';
import {
  type Ack,
  type BundleIndex,
  type Directory,
  type Entry,
  type Hold,
  type PlannedPart,
  type PublishPlan,
} from '../contract/shapes.ts';
import { holdName } from '../contract/log/hold.ts';
import type { LogState } from '../store/log.ts';
import { directoryName } from '../contract/names.ts';
import { brief } from '../contract/text.ts';
import { lostProblem } from './collect/acks.ts';
import type { EnforcedChange } from './change.ts';
import { type HoldVerdict, judgeHolds, type NewContent } from './holds.ts';
import { chunksOf, type Chunk, type Draft, type PreparedDirectory, type PreparedPart } from './prepare.ts';
import { meanwhileProblem, no, problemWith, type Refusal } from './problems.ts';
import type { EnforcedState } from './state.ts';

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
  /** What is to be said of what instances say. */
  said: readonly string[];
  /** When the entry is issued, in milliseconds. */
  at: number;
  /** What the store's clock says then; undefined where it says nothing. */
  storeAt: number | undefined;
  /** What `release` needs beside the hold, to find this store and a key: ` --store aws --key ...`. */
  flags?: string;
  lifetimeHours: number;
  reason: string;
  /** What is wanted before it and after, where that is to be told. */
  change?: EnforcedChange;
  /** In a stage: the sequence that all had before it. */
  base?: number;
  /** Only where the log has no entry yet. */
  first?: boolean;
  /** Only onto an entry with an index of this content digest. */
  onto?: { content: string | undefined };
  /** Publish although the commit does not contain the newest entry's, or a hold forbids it. */
  force: boolean;
  /** The calls that reading all this took. */
  made: Spent;
}

/** Calls that were made, and at what rates any are. */
export interface Spent {
  reads: number;
  writes: number;
  rates: Rates;
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
  /** The directory of a large index, to sign and write before the entry. */
  directory?: { name: string; payload: Directory };
  /** Chunks to read back before signing. */
  readBack: Chunk[];
  /** Chunks that were there before, read again before and after the entry is appended: a collector may remove them. */
  readAgain: Chunk[];
  /** The sequence to write to the head; absent where it is right. */
  head?: number;
  /** All calls of the work: those that were made to plan it, and those that carrying it out makes. */
  calls: PublishPlan['calls'];
  notes: string[];
  /** What is wanted before it and after, where that is to be told. */
  change?: EnforcedChange;
  /** What was on hold, and may be published again: the change from before it to after it. */
  released?: EnforcedChange;
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
    ...(situation.change && { change: situation.change }),
  };
  const refused = (problem: Refusal): Plan => ({
    ...base,
    ...problem,
    action: 'refused',
    calls: callsOf(situation.made),
  });
  if (ahead && !force) return refused(lostProblem(ahead, log.newest));
  if (situation.first && log.newest)
    return refused(no(`entry ${log.newest.entry.sequence} has begun the log`, 'see: npx ztna history'));
  // Once everybody has what was a stage, what all had before it is no state to go back to any more.
  const ends = situation.base === undefined && log.newest?.entry.base !== undefined;
  if (draft.index.reused && verdict.released.length === 0 && !ends) {
    notes.push(...expiryNotes(log, at));
    return unchanged(base, situation);
  }
  const problem =
    problemWith(situation, verdict, entryOf(situation, verdict.kept)) ?? meanwhileProblem(situation);
  if (problem) return refused(problem);
  notes.push(...situation.said, ...holdNotes(verdict, epoch));
  return appending(base, situation, verdict.kept);
}

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

function unchanged(base: Base, { log: { newest, head }, made }: Situation): Plan {
  const behind = head !== newest!.entry.sequence;
  const hint = behind ? { head: newest!.entry.sequence } : {};
  return { ...base, ...hint, action: 'unchanged', calls: callsOf(made, { writes: behind ? 1 : 0 }) };
}

function appending(base: Base, situation: Situation, holds: Hold[]): Plan {
  const { stored, draft } = situation;
  const chunks = chunksOf(draft);
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
    ...(draft.directory && { directory: directoryOf(situation.identity, draft.index, draft.directory) }),
    head: entry.sequence,
    calls: callsOf(situation.made, { reads, writes: create.length + (draft.directory ? 3 : 2) }),
  };
}

function directoryOf(
  identity: LogIdentity,
  { reference }: PreparedPart,
  { payload }: PreparedDirectory,
): NonNullable<Plan['directory']> {
  const { environment, account, region, epoch } = identity;
  const own = { schemaVersion: SCHEMA_VERSION, environment, account, region, epoch } as const;
  return { name: directoryName(identity, reference), payload: { ...own, ...payload } };
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
    // It may be a commit's first line: who words that must not be able to keep the change back, or a revocation.
    reason: brief(situation.reason),
    ...(situation.base !== undefined && { base: situation.base }),
    holds,
    index: draft.index.reference,
  };
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

/** The calls of a plan: those that were made, and those to be made. */
export function callsOf(
  made: Spent,
  { reads = 0, writes = 0 }: { reads?: number; writes?: number } = {},
): PublishPlan['calls'] {
  const all = { reads: made.reads + reads, writes: made.writes + writes };
  const { reads: most, writes: puts } = made.rates;
  const isDefault = most === DEFAULT_RATES.reads && puts === DEFAULT_RATES.writes;
  const rates = isDefault ? {} : { rates: { reads: most, writes: puts } };
  return { ...all, seconds: secondsFor(all, made.rates), ...rates };
}
