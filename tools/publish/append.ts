import type { PublicKey } from '../contract/log/dsse.ts';
import type { LogIdentity, VerifiedEntry } from '../contract/log/entry.ts';
import { brief } from '../contract/text.ts';
import { Fault } from '../contract/fault.ts';
import type { Rates } from '../contract/limits.ts';
import { callsFor } from '../contract/log/budget.ts';
import {
  holdName,
  holdsFor,
  isNamed,
  liftingCommand,
  positionsOf,
  positionText,
} from '../contract/log/hold.ts';
import type { Ack, BundleIndex, Entry, Hold } from '../contract/shapes.ts';
import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import { entryAt, type LogState } from '../store/log.ts';
import { metered, type MeteredStore } from '../store/meter.ts';
import { fetchIndex, knownChunks } from '../store/part.ts';
import { lostProblem } from './collect/acks.ts';
import { apply, type Hands } from './apply.ts';
import type { EnforcedChange } from './change.ts';
import { clockProblem } from './clock.ts';
import { fitted, holdsAfter, MOST_HOLDS } from './holds.ts';
import { callsOf, changed, nextEntry, type Plan, planned } from './plan.ts';
import { entryProblem } from './problems.ts';
import type { Chunk } from './prepare.ts';
import { type PublishOutcome, spentOf } from './publish.ts';
import { distrusting, rotationProblem, verifySigner } from './keys/rotation.ts';
import {
  fetchState,
  readHeld,
  revokedIn,
  stateMemory,
  type StateMemory,
  type EnforcedState,
} from './state.ts';
import { type LogSurvey, surveyLog } from './survey.ts';

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
  /** Although some instance does not trust the signer's key, or enforces what the log does not have. */
  force?: boolean;
  /** What `release` needs beside the hold, to find this store and a key: ` --store aws --key ...`. */
  flags?: string;
  /** Calls a second that the store allows; default: an account's default rates. */
  rates?: Rates;
  planned?: (plan: Plan) => void;
}

/** The same, while the command is under way: what it has read, and how many calls that took. */
interface Appending extends AppendOptions {
  store: MeteredStore;
  memory: StateMemory;
}

/** The entry whose state is wanted, and what is on hold beside it; or why not. */
type Choice =
  | {
      source: VerifiedEntry;
      /** Its state, where what it changes is to be told. */
      wanted?: EnforcedState;
      holds: Hold[];
      notes?: string[];
      released?: EnforcedChange;
    }
  | { problem: string; remedy: string };

/** Appends an entry that wants what the newest one wants, so that its expiry moves; holds stay. */
export function heartbeat(options: AppendOptions): Promise<PublishOutcome> {
  return append(options, async (newest) => ({ source: newest, holds: newest.entry.holds }));
}

/**
 * Appends an entry that wants what an earlier one wanted, and holds the change that it undoes: publishing must
 * not bring it back until its revert merges, or the hold is released. What that earlier entry contains is wanted
 * again: holds on it end.
 * @param options.to the sequence to go back to
 * @param options.part the part that was refused, where one was: then the hold is on exactly that part
 */
export function rollback(options: AppendOptions & { to: number; part?: string }): Promise<PublishOutcome> {
  const { identity, trusted, to } = options;
  return append(options, async (newest, { store, memory }) => {
    const { sequence } = newest.entry;
    if (to >= sequence) return no(`entry ${sequence} is the newest`, 'name an earlier one: npx ztna history');
    const source = await entryAt(store, identity, trusted, to);
    if (!source) return no(`there is no valid entry ${to}`, 'choose one: npx ztna history');
    const wanted = await fetchState(store, source.entry, memory);
    if (!wanted) return no(`the parts of entry ${to} are gone`, 'name a later entry');
    return goTo({ ...options, store, memory }, newest, source, wanted);
  });
}

/** What going back to an entry makes of the holds. */
async function goTo(
  options: Appending & { to: number; part?: string },
  { entry: { sequence, holds, index } }: VerifiedEntry,
  source: VerifiedEntry,
  wanted: EnforcedState,
): Promise<Choice> {
  const { to, part, reason, now, flags } = options;
  const { environment, epoch } = options.identity;
  const added = {
    undone: sequence,
    kept: to,
    ...(part && { part }),
    reason: brief(reason),
    since: new Date(now()).toISOString(),
  };
  const { entries } = await readHeld(options, holds);
  const holdsAt = (hold: Hold): readonly Hold[] | undefined => {
    const found = entries.get(positionText(positionsOf(hold, epoch).undone));
    return found && holdsFor(found, { epoch });
  };
  const { states } = await readHeld(options, [...holds, ...holds.flatMap((hold) => holdsAt(hold) ?? [])]);
  const held = { epoch, states, at: now() };
  const left = { added, content: index.content, holdsAt };
  const after = holdsAfter(holds, { source: to, state: wanted }, held, left);
  if (after.holds.length > MOST_HOLDS) {
    const [oldest] = after.holds;
    return no(
      `an entry has room for ${MOST_HOLDS} holds, and there are as many`,
      `lift one that is not needed any more, and go back then; the oldest: ${liftingCommand(environment, oldest!, epoch, flags)}`,
    );
  }
  const notes = after.lifted.map(
    (hold) => `the hold on entry ${holdName(hold, epoch)} ends: entry ${to} contains its change`,
  );
  const says = (hold: Hold, what: string): string =>
    `the change of entry ${holdName(hold, epoch)} is on hold ${what}; to lift it: ${liftingCommand(environment, hold, epoch, flags)}`;
  notes.push(...after.again.map((hold) => says(hold, 'again')));
  // Nothing is held where the entry gone to leaves nothing of what it undoes.
  for (const hold of after.holds)
    if (!holds.includes(hold) && hold.undone === sequence) notes.push(says(hold, 'from then on'));
  return { source, wanted, holds: fitted(after.holds), notes };
}

/** Which hold a person means: by the sequence that it undoes, and the epoch where it is of an earlier one. */
export interface NamedHold {
  undone: number;
  epoch?: number;
}

/** Appends an entry that wants what the newest one wants, without the hold on an entry. */
export function release(options: AppendOptions & NamedHold): Promise<PublishOutcome> {
  const own = options.identity.epoch;
  const name = { epoch: options.epoch ?? own, sequence: options.undone };
  return append(options, async (newest, appending) => {
    const lifted = newest.entry.holds.filter((hold) => isNamed(hold, own, name));
    const holds = newest.entry.holds.filter((hold) => !lifted.includes(hold));
    if (lifted.length > 0) {
      const wanted = await fetchState(appending.store, newest.entry, appending.memory);
      return {
        source: newest,
        ...(wanted && { wanted }),
        holds,
        ...(await releasedBy(appending, lifted[0]!)),
      };
    }
    const known = newest.entry.holds.map((hold) => holdName(hold, own)).join(', ') || 'none';
    const asked = name.epoch === own ? String(name.sequence) : positionText(name);
    return no(`there is no hold on entry ${asked}`, `the holds are on: ${known}`);
  });
}

/** The change that a hold keeps back, as far as it can be read. */
async function releasedBy(options: Appending, hold: Hold): Promise<{ released?: EnforcedChange }> {
  const { states } = await readHeld(options, [hold]);
  const { kept, undone } = positionsOf(hold, options.identity.epoch);
  const [before, after] = [states.get(positionText(kept)), states.get(positionText(undone))];
  return before && after ? { released: { before, after } } : {};
}

const no = (problem: string, remedy: string): { problem: string; remedy: string } => ({ problem, remedy });

/** How often other publishers may win before we give up. */
const ATTEMPTS = 10;

async function append(
  asked: AppendOptions,
  choose: (newest: VerifiedEntry, appending: Appending) => Promise<Choice>,
): Promise<PublishOutcome> {
  verifySigner(asked);
  const options: Appending = { ...asked, store: metered(asked.store), memory: stateMemory() };
  for (let attempts = 1; attempts <= ATTEMPTS; attempts += 1) {
    const survey = await surveyLog(options);
    const { newest } = survey.log;
    if (!newest && !survey.ahead) throw new Fault('nothing was published yet', 'publish first');
    if (!newest) throw lostFault(survey.ahead!);
    const plan = await planOf(options, survey, newest, await choose(newest, options));
    options.planned?.(plan);
    const executed = options.execute && plan.action === 'publish';
    if (!executed) return { plan, executed, attempts };
    if ((await apply(plan, options)) === 'done')
      return { plan, executed, digest: digestOf(canonicalBytes(plan.entry!)), attempts };
    options.progress?.('another publisher was first: looking again');
  }
  throw new Fault(`other publishers were first ${ATTEMPTS} times in a row`, 'try again when they are done');
}

function lostFault(ahead: Ack): Fault {
  const { problem, remedy } = lostProblem(ahead, undefined);
  return new Fault(problem, remedy);
}

async function planOf(
  options: Appending,
  survey: LogSurvey,
  newest: VerifiedEntry,
  choice: Choice,
): Promise<Plan> {
  const { identity, store, memory } = options;
  const { log } = survey;
  const notes = log.invalid.map(({ sequence, reason }) => `entry ${sequence} is passed over: ${reason}`);
  const base = { identity, newest, parts: [], changed: [], create: [], readBack: [], readAgain: [], notes };
  const refused = ({ problem, remedy }: { problem: string; remedy: string }): Plan => ({
    ...base,
    commit: newest.entry.commit,
    action: 'refused',
    problem,
    remedy,
    calls: callsOf(spentOf(store, options)),
  });
  if ('problem' in choice) return refused(choice);
  const { source, wanted } = choice;
  const index = await indexAt(options, source.entry);
  const inForce = await indexAt(options, newest.entry);
  const readAgain = index && source !== newest ? readChunks(options, source.entry, index) : [];
  if (!index || !readAgain)
    return refused(no(`the parts of entry ${source.entry.sequence} are gone`, 'name a later entry'));
  const problem = problemWith(options, survey);
  if (problem) return refused(problem);
  const entry = entryOf(options, log, choice);
  const unfit = entryProblem(entry);
  if (unfit) return refused(unfit);
  // Where the same is wanted as before, nothing of it need be read.
  const before = wanted && (await fetchState(store, newest.entry, memory));
  notes.push(...survey.notes, ...(choice.notes ?? []));
  if (before && wanted) notes.push(...acceptedAgain(before, wanted));
  return {
    ...base,
    readAgain,
    action: 'publish',
    commit: entry.commit,
    entry,
    head: entry.sequence,
    parts: partsOf(source.entry, index),
    changed: changed(index, inForce),
    ...(wanted && { change: { before: before ?? 'unreadable', after: wanted } }),
    ...(choice.released && { released: choice.released }),
    calls: callsOf(spentOf(store, options), { reads: 2 * callsFor(readAgain.length), writes: 2 }),
  };
}

async function indexAt({ store, memory }: Appending, entry: Entry): Promise<BundleIndex | undefined> {
  const index = await fetchIndex(store, entry, memory.parts);
  return index.ok ? index.value : undefined;
}

/** Why nothing is appended to a log as it is, by this signer, now; undefined where it may be. */
function problemWith(
  { store, signer, now, force = false }: AppendOptions,
  { log: { newest }, acks, ahead }: LogSurvey,
): { problem: string; remedy: string } | undefined {
  const clock = clockProblem({ at: now(), store: store.date(), newest });
  if (clock && !(force && clock.forcible)) return clock;
  if (force) return undefined;
  return ahead ? lostProblem(ahead, newest) : rotationProblem(distrusting(acks, newest, signer));
}

/** Says what is revoked now, and would no longer be. */
function acceptedAgain(before: EnforcedState, wanted: EnforcedState): string[] {
  const still = revokedIn(wanted);
  return [...revokedIn(before)]
    .filter(([refusal]) => !still.has(refusal))
    .map(
      ([, name]) => `the revoked ${name} is accepted again; what refuses it before all else: npx ztna merge`,
    );
}

/** The chunks of an entry that is not the newest, as they were read: a collector may be removing them. Undefined where one was not. */
function readChunks({ memory }: Appending, entry: Entry, index: BundleIndex): Chunk[] | undefined {
  const parts = new Map(Object.values(index.components).map((reference) => [reference.part, reference]));
  return knownChunks(memory.parts, entry, [entry.index, ...parts.values()])?.slice();
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
