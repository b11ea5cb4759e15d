import type { Bundle } from '../bundle/assemble.ts';
import { canonicalBytes, digestOf } from '../contract/canonical.ts';
import type { PublicKey } from '../contract/dsse.ts';
import { Fault } from '../contract/fault.ts';
import type { BundleIndex, Entry } from '../contract/shapes.ts';
import { listAcks } from '../store/acks.ts';
import { entryAt, type LogState, readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';
import { apply, type Hands } from './apply.ts';
import { plan, type Plan, type Situation } from './plan.ts';
import { type Draft, prepare } from './prepare.ts';
import { distrusting, silenceNotes, verifySigner } from './rotation.ts';
import { fetchState, type EnforcedState, stateOf } from './state.ts';

/** What to publish, where, and who signs. */
export interface PublishOptions
  extends Hands, Pick<Situation, 'identity' | 'commit' | 'dirtyAllowed' | 'lifetimeHours' | 'reason'> {
  bundle: Bundle;
  /** The keys that followers trust. */
  trusted: readonly PublicKey[];
  /** Whether our commit descends from another; undefined when that other is not known here. */
  descends(commit: string): Promise<boolean | undefined>;
  /** The wall clock, in milliseconds. */
  now(): number;
  force?: boolean;
  /** The components that get it, where not all do; without an entry before, all do. */
  stage?: ReadonlySet<string>;
  /** In a stage: the sequence that all had before it. */
  base?: number;
  /** Whether no hold ends by it: it is not all that the commit says, so it shows no revert. */
  holdsStay?: boolean;
  /** Without it, only the plan is made. */
  execute: boolean;
  /** Shown each plan before it is carried out; there are several when other publishers win. */
  planned?: (plan: Plan) => void;
}

/** What became of it. */
export interface PublishOutcome {
  plan: Plan;
  executed: boolean;
  /** Digest of the payload of the entry in force afterwards. */
  digest?: string;
  /** How many plans were made. */
  attempts: number;
}

/** How often other publishers may win before we give up. */
const ATTEMPTS = 10;

/**
 * Appends an entry for a bundle to its environment's log, unless the newest entry already says the same.
 * @throws Fault when it cannot be done; StoreFault when the store does not answer.
 *   What must not be published is no error: the plan's action is `refused`, with why
 */
export async function publish(options: PublishOptions): Promise<PublishOutcome> {
  verifySigner(options);
  for (let attempts = 1; attempts <= ATTEMPTS; attempts += 1) {
    const made = plan(await survey(options));
    options.planned?.(made);
    const executed = options.execute && made.action !== 'refused';
    const outcome = executed ? await apply(made, options) : 'done';
    if (outcome === 'done') return { plan: made, executed, ...digestAfter(made, executed), attempts };
    options.progress?.('another publisher was first: looking again');
  }
  throw new Fault(
    `other publishers were first ${ATTEMPTS} times in a row`,
    'publish again when they are done',
  );
}

function digestAfter({ action, entry, newest }: Plan, executed: boolean): { digest?: string } {
  if (entry && executed) return { digest: digestOf(canonicalBytes(entry)) };
  return action === 'unchanged' && newest ? { digest: newest.digest } : {};
}

/** Reads all that a plan depends on. */
async function survey(options: PublishOptions): Promise<Situation> {
  const { store, identity, trusted, bundle } = options;
  options.progress?.('reading the log');
  const log = await readLog(store, identity, trusted);
  const contents = log.newest && (await contentsOf(store, log.newest.entry));
  const draft = await prepare(bundle, identity, previous(log, contents), options.stage);
  const acks = await listAcks(store, identity, options.now());
  return {
    identity,
    log,
    ...(contents && { contents }),
    ...(await heldBy(options, log)),
    next: stateOf(bundle, draft.contents),
    draft,
    stored: await storedChunks(store, draft),
    commit: options.commit,
    dirtyAllowed: options.dirtyAllowed,
    descends: log.newest && (await options.descends(cleanCommit(log.newest.entry))),
    distrusting: distrusting(acks, log.newest, options.signer),
    silence: silenceNotes(acks),
    at: options.now(),
    lifetimeHours: options.lifetimeHours,
    reason: options.reason,
    ...(options.stage && options.base !== undefined && { base: options.base }),
    force: options.force ?? false,
  };
}

/** An index that cannot be read is as good as none: everything is then written anew. */
async function contentsOf(store: ParameterStore, entry: Entry): Promise<BundleIndex | undefined> {
  const read = await fetchIndex(store, entry);
  return read.ok ? read.value : undefined;
}

function previous({ newest }: LogState, contents: BundleIndex | undefined) {
  return newest && contents && { reference: newest.entry.index, contents };
}

async function heldBy(
  { store, identity, trusted, descends, holdsStay }: PublishOptions,
  { newest }: LogState,
): Promise<Pick<Situation, 'held' | 'merged'>> {
  const holds = newest?.entry.holds.filter(({ part }) => !part) ?? [];
  const held = new Map<number, EnforcedState>();
  const merged = new Set<number>();
  for (const sequence of new Set(holds.flatMap(({ undone, kept }) => [undone, kept]))) {
    const found = await entryAt(store, identity, trusted, sequence);
    const state = found && (await fetchState(store, found.entry));
    if (state) held.set(sequence, state);
    if (found && !holdsStay && (await descends(cleanCommit(found.entry)))) merged.add(sequence);
  }
  return { held, merged };
}

function cleanCommit({ commit }: Entry): string {
  return commit.replace('-dirty', '');
}

async function storedChunks(store: ParameterStore, draft: Draft): Promise<Map<string, string>> {
  const names = [draft.index, ...draft.parts].flatMap(({ chunks }) => chunks.map(({ name }) => name));
  const found = names.length > 0 ? await store.get(names) : new Map();
  return new Map([...found.values()].map(({ name, value }) => [name, value]));
}
