import type { PublicKey } from '../contract/dsse.ts';
import type { LogIdentity, VerifiedEntry } from '../contract/entry.ts';
import { brief } from '../contract/text.ts';
import { Fault } from '../contract/fault.ts';
import type { BundleIndex, Entry, Hold } from '../contract/shapes.ts';
import { canonicalBytes, digestOf } from '../contract/canonical.ts';
import { listAcks } from '../store/acks.ts';
import { entryAt, type LogState, readLog } from '../store/log.ts';
import { chunkNames } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';
import { apply, type Hands } from './apply.ts';
import { callsFor, callsOf, changed, nextEntry, type Plan, planned } from './plan.ts';
import type { Chunk } from './prepare.ts';
import type { PublishOutcome } from './publish.ts';
import { distrusting, rotationProblem, silenceNotes, verifySigner } from './rotation.ts';
import { fetchState, revokedIn, type EnforcedState } from './state.ts';

/** Where and how an entry is appended that wants what an earlier one wanted. */
export interface AppendOptions extends Hands {
  identity: LogIdentity;
  trusted: readonly PublicKey[];
  /** The wall clock, in milliseconds. */
  now(): number;
  lifetimeHours: number;
  reason: string;
  /** Without it, only the plan is made. */
  execute: boolean;
  /** Although some instance does not trust the signer's key. */
  force?: boolean;
  planned?: (plan: Plan) => void;
}

/** The entry whose state is wanted, and what is on hold beside it; or why not. */
type Choice = { source: VerifiedEntry; holds: Hold[] } | { problem: string; remedy: string };

/** Appends an entry that wants what the newest one wants, so that its expiry moves; holds stay. */
export function heartbeat(options: AppendOptions): Promise<PublishOutcome> {
  return append(options, async (newest) => ({ source: newest, holds: newest.entry.holds }));
}

/**
 * Appends an entry that wants what an earlier one wanted, and holds the change that it undoes: publishing must
 * not bring it back until its revert merges, or the hold is released.
 * @param options.to the sequence to go back to
 * @param options.part the part that was refused, where one was: then the hold is on exactly that part
 */
export function rollback(options: AppendOptions & { to: number; part?: string }): Promise<PublishOutcome> {
  const { store, identity, trusted, to, part, reason, now } = options;
  return append(options, async (newest) => {
    const { sequence } = newest.entry;
    if (to >= sequence) return no(`entry ${sequence} is the newest`, 'name an earlier one: npm run history');
    const source = await entryAt(store, identity, trusted, to);
    if (!source) return no(`there is no valid entry ${to}`, 'choose one: npm run history');
    const since = new Date(now()).toISOString();
    const hold = { undone: sequence, kept: to, ...(part && { part }), reason: brief(reason), since };
    return { source, holds: bounded([...newest.entry.holds, hold]) };
  });
}

/** Appends an entry that wants what the newest one wants, without the hold on an entry. */
export function release(options: AppendOptions & { undone: number }): Promise<PublishOutcome> {
  return append(options, async (newest) => {
    const holds = newest.entry.holds.filter(({ undone }) => undone !== options.undone);
    if (holds.length < newest.entry.holds.length) return { source: newest, holds };
    const known = newest.entry.holds.map(({ undone }) => undone).join(', ') || 'none';
    return no(`there is no hold on entry ${options.undone}`, `the holds are on: ${known}`);
  });
}

/** How many holds an entry has room for. */
const MOST_HOLDS = 4;

/** The newest holds; of older ones those on refused parts go first, which are refused again where they return. */
function bounded(holds: Hold[]): Hold[] {
  if (holds.length <= MOST_HOLDS) return holds;
  const oldest = holds.find(({ part }) => part) ?? holds[0];
  return bounded(holds.filter((hold) => hold !== oldest));
}

const no = (problem: string, remedy: string): { problem: string; remedy: string } => ({ problem, remedy });

/** How often other publishers may win before we give up. */
const ATTEMPTS = 10;

async function append(
  options: AppendOptions,
  choose: (newest: VerifiedEntry) => Promise<Choice>,
): Promise<PublishOutcome> {
  verifySigner(options);
  for (let attempts = 1; attempts <= ATTEMPTS; attempts += 1) {
    const log = await readLog(options.store, options.identity, options.trusted);
    if (!log.newest) throw new Fault('nothing was published yet', 'publish first');
    const plan = await planOf(options, log, log.newest, await choose(log.newest));
    options.planned?.(plan);
    const executed = options.execute && plan.action === 'publish';
    if (!executed) return { plan, executed, attempts };
    if ((await apply(plan, options)) === 'done')
      return { plan, executed, digest: digestOf(canonicalBytes(plan.entry!)), attempts };
    options.progress?.('another publisher was first: looking again');
  }
  throw new Fault(`other publishers were first ${ATTEMPTS} times in a row`, 'try again when they are done');
}

async function planOf(
  options: AppendOptions,
  log: LogState,
  newest: VerifiedEntry,
  choice: Choice,
): Promise<Plan> {
  const { identity, store } = options;
  const notes = log.invalid.map(({ sequence, reason }) => `entry ${sequence} is passed over: ${reason}`);
  const base = { identity, newest, parts: [], changed: [], create: [], readBack: [], readAgain: [], notes };
  const refused = (problem: string, remedy: string): Plan => ({
    ...base,
    commit: newest.entry.commit,
    action: 'refused',
    problem,
    remedy,
    calls: callsOf(0, 0),
  });
  if ('problem' in choice) return refused(choice.problem, choice.remedy);
  const { source } = choice;
  const [wanted, before] = [await fetchState(store, source.entry), await fetchState(store, newest.entry)];
  const readAgain = wanted && source !== newest ? await chunksOf(store, source.entry, wanted.index) : [];
  if (!wanted || !readAgain)
    return refused(`the parts of entry ${source.entry.sequence} are gone`, 'name a later entry');
  const acks = await listAcks(store, identity, options.now());
  notes.push(...silenceNotes(acks));
  const problem = rotationProblem(distrusting(acks, newest, options.signer));
  if (problem && !options.force) return refused(problem.problem, problem.remedy);
  const entry = entryOf(options, log, choice);
  notes.push(...acceptedAgain(before, wanted));
  return {
    ...base,
    readAgain,
    action: 'publish',
    commit: entry.commit,
    entry,
    head: entry.sequence,
    parts: partsOf(source.entry, wanted.index),
    changed: changed(wanted.index, before?.index),
    calls: callsOf(2 * callsFor(readAgain.length), 2),
  };
}

/** Says which certificates are revoked now, and would no longer be. */
function acceptedAgain(before: EnforcedState | undefined, wanted: EnforcedState): string[] {
  const still = new Set(revokedIn(wanted));
  return [...new Set(before && revokedIn(before))]
    .filter((fingerprint) => !still.has(fingerprint))
    .map(
      (fingerprint) =>
        `the revoked certificate ${fingerprint.slice(0, 12)} is accepted again; what refuses it before all else: npm run merge`,
    );
}

/** The chunks of an entry that is not the newest: a collector may be removing them. Undefined where one is gone. */
async function chunksOf(
  store: ParameterStore,
  entry: Entry,
  index: BundleIndex,
): Promise<Chunk[] | undefined> {
  const parts = new Map(Object.values(index.components).map((reference) => [reference.part, reference]));
  const names = [entry.index, ...parts.values()].flatMap((reference) => chunkNames(entry, reference));
  const found = await store.get(names);
  return found.size === names.length
    ? [...found.values()].map(({ name, value }) => ({ name, value }))
    : undefined;
}

function partsOf(entry: Entry, index: BundleIndex): Plan['parts'] {
  const parts = new Map(Object.values(index.components).map((reference) => [reference.part, reference]));
  return [entry.index, ...parts.values()].map((reference) =>
    planned({ reference, reused: true, chunks: [] }, new Map()),
  );
}

function entryOf(
  { identity, now, lifetimeHours, reason }: AppendOptions,
  log: LogState,
  { source, holds }: { source: VerifiedEntry; holds: Hold[] },
): Entry {
  return {
    ...nextEntry(identity, log, now(), lifetimeHours),
    commit: source.entry.commit,
    reason: brief(reason),
    // What only some components have yet stays so: a refusal later on must still know what all had before it.
    ...(source.entry.base !== undefined && { base: source.entry.base }),
    holds,
    index: source.entry.index,
  };
}
