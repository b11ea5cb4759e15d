import type { Bundle } from '../bundle/assemble.ts';
import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import type { PublicKey } from '../contract/log/dsse.ts';
import type { VerifiedEntry } from '../contract/log/entry.ts';
import { Fault } from '../contract/fault.ts';
import { DEFAULT_RATES, type Rates } from '../contract/limits.ts';
import { holdsFor, positionsOf, positionText } from '../contract/log/hold.ts';
import type { BundleIndex, Entry, Hold } from '../contract/shapes.ts';
import type { Contains } from '../git/standing.ts';
import type { LogState } from '../store/log.ts';
import { metered, type MeteredStore } from '../store/meter.ts';
import { fetchIndex } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';
import { apply, type Hands } from './apply.ts';
import { plan, type Plan, type Situation, type Spent } from './plan.ts';
import { chunksOf, type Draft, prepare } from './prepare.ts';
import { distrusting, verifySigner } from './keys/rotation.ts';
import type { EnforcedChange } from './change.ts';
import { fetchState, readHeld, stateMemory, type StateMemory, stateOf, type EnforcedState } from './state.ts';
import { commitOf, commitsBefore, earlierLog, surveyLog } from './survey.ts';

/** What to publish, where, and who signs. */
export interface PublishOptions
  extends
    Hands,
    Pick<Situation, 'identity' | 'commit' | 'dirtyAllowed' | 'lifetimeHours' | 'reason' | 'flags'> {
  bundle: Bundle;
  /** The keys that followers trust. */
  trusted: readonly PublicKey[];
  /** Whether our commit contains what another says of access, as a clone tells it. */
  contains: Contains;
  /** The wall clock, in milliseconds. */
  now(): number;
  force?: boolean;
  /** The components that get it, where not all do; without an entry before, all do. */
  stage?: ReadonlySet<string>;
  /** Only where the log has no entry yet. */
  first?: boolean;
  /** Only onto an entry with an index of this content digest, where it was decided for that; absent in `content`: onto none. */
  onto?: { content: string | undefined };
  /** Whether no hold ends by it: it is not all that the commit says, so it shows no revert. */
  holdsStay?: boolean;
  /** Whether the plan says what is wanted before and after: that is some more reads. */
  tells?: boolean;
  /** What the command has read already. */
  memory?: StateMemory;
  /** Whether acks that it has read count however old they are: so they do while a delivery that began with them goes on. */
  acksCount?: boolean;
  /** Calls a second that the store allows; default: an account's default rates. */
  rates?: Rates;
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
export async function publish(asked: PublishOptions): Promise<PublishOutcome> {
  verifySigner(asked);
  const store = metered(asked.store);
  const options = { ...asked, store, memory: asked.memory ?? stateMemory() };
  for (let attempts = 1; attempts <= ATTEMPTS; attempts += 1) {
    const made = plan({ ...(await survey(options)), made: spentOf(store, options) });
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

/** What was asked of a store until now. */
export function spentOf({ calls }: MeteredStore, { rates = DEFAULT_RATES }: { rates?: Rates }): Spent {
  return { reads: calls.reads, writes: calls.writes, rates };
}

/** A stage leaves the others what they have: nobody can tell what that is. */
function unreadable({ entry: { sequence } }: VerifiedEntry): Fault {
  return new Fault(
    `the index of entry ${sequence} cannot be read, and so what those have who are not of this stage`,
    'find out who changed the store; to give everybody the same: npx ztna publish',
  );
}

type Surveyed = PublishOptions & { memory: StateMemory };

/** Reads all that a plan depends on. */
async function survey(options: Surveyed): Promise<Omit<Situation, 'made'>> {
  const { store, identity, bundle } = options;
  options.progress?.('reading the log');
  const { log, acks, ahead, notes } = await surveyLog(options);
  // In the first entry of an epoch goes on what the epoch before was at: its holds, and what it was built from.
  const earlier = log.newest ? undefined : await earlierLog(options);
  const before = log.newest ?? earlier?.newest;
  const contents = before && (await contentsOf(options, before.entry));
  if (before && !contents && options.stage) throw unreadable(before);
  const draft = await prepare(bundle, identity, previous(log, contents), options.stage);
  const holds = before ? holdsFor(before, identity) : [];
  const next = stateOf(bundle, draft.contents);
  return {
    identity,
    log,
    ...(options.tells && { change: await changeOf(options, before, next) }),
    ...(ahead && { ahead }),
    ...(before && { before }),
    ...(contents && { contents }),
    holds,
    ...(await heldBy(options, holds, before)),
    next,
    draft,
    stored: await storedChunks(store, draft),
    commit: options.commit,
    dirtyAllowed: options.dirtyAllowed,
    contains: before && (await containsEntry(options, before)),
    distrusting: distrusting(acks, log.newest, options.signer),
    said: notes,
    at: options.now(),
    storeAt: store.date(),
    lifetimeHours: options.lifetimeHours,
    reason: options.reason,
    ...(options.flags !== undefined && { flags: options.flags }),
    // Where a delivery is under way, what all had before it stays what a refusal returns to.
    ...(options.stage && log.newest && { base: log.newest.entry.base ?? log.newest.entry.sequence }),
    ...(options.first && { first: true }),
    ...(options.onto && { onto: options.onto }),
    force: options.force ?? false,
  };
}

/** What an entry wants before, and a state after it. */
async function changeOf(
  { store, memory }: Surveyed,
  before: VerifiedEntry | undefined,
  after: EnforcedState,
): Promise<EnforcedChange> {
  if (!before) return { after };
  return { before: (await fetchState(store, before.entry, memory)) ?? 'unreadable', after };
}

/** An index that cannot be read is as good as none: everything is then written anew. */
async function contentsOf({ store, memory }: Surveyed, entry: Entry): Promise<BundleIndex | undefined> {
  const read = await fetchIndex(store, entry, memory.parts);
  return read.ok ? read.value : undefined;
}

function previous({ newest }: LogState, contents: BundleIndex | undefined) {
  return newest && contents && { reference: newest.entry.index, contents };
}

function containsEntry(options: PublishOptions, entry: VerifiedEntry): Promise<boolean | undefined> {
  return options.contains(commitOf(entry.entry), commitsBefore(options, entry));
}

async function heldBy(
  options: Surveyed,
  holds: readonly Hold[],
  before: VerifiedEntry | undefined,
): Promise<Pick<Situation, 'held' | 'content'>> {
  const { store, identity, holdsStay, memory } = options;
  const merged = new Set<string>();
  if (holds.length === 0) return { held: new Map(), content: { merged } };
  // A hold on a part is judged by its digest alone.
  const changes = holds.filter(({ part }) => !part);
  const { states, entries } = await readHeld(options, changes);
  for (const hold of holdsStay ? [] : changes) {
    const undone = positionText(positionsOf(hold, identity.epoch).undone);
    const found = entries.get(undone);
    if (found && (await containsEntry(options, found))) merged.add(undone);
  }
  const current = before && (await fetchState(store, before.entry, memory));
  return { held: states, content: { merged, ...(current && { current }) } };
}

async function storedChunks(store: ParameterStore, draft: Draft): Promise<Map<string, string>> {
  const names = chunksOf(draft).map(({ name }) => name);
  const found = names.length > 0 ? await store.get(names) : new Map();
  return new Map([...found.values()].map(({ name, value }) => [name, value]));
}
