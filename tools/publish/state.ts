import type { Bundle } from '../bundle/assemble.ts';
import { refusalsOf } from '../contract/admission.ts';
import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import { partIn } from '../contract/log/content.ts';
import type { PublicKey } from '../contract/log/dsse.ts';
import type { LogIdentity, LogPosition, VerifiedEntry } from '../contract/log/entry.ts';
import { positionsOf, positionText } from '../contract/log/hold.ts';
import { entryName, logRoot } from '../contract/names.ts';
import type { BundleIndex, Entry, Hold, Part } from '../contract/shapes.ts';
import type { AckMemory } from '../store/acks.ts';
import { entryAt } from '../store/log.ts';
import { fetchIndex, fetchParts, type PartMemory } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';

/** What every component is to enforce at one point of a log. */
export interface EnforcedState {
  index: BundleIndex;
  /** Digest of the index's content: the same for the same state. */
  content: string;
  /** The part of each component. */
  parts: ReadonlyMap<string, Part>;
}

/** The state that a bundle will bring. */
export function stateOf(bundle: Bundle, index: BundleIndex): EnforcedState {
  return { index, content: digestOf(canonicalBytes(index)), parts: partsOf(bundle) };
}

/** The part of each component of a bundle. */
export function partsOf({ parts }: Bundle): Map<string, Part> {
  return new Map(parts.flatMap(({ components, value }) => components.map((one) => [one, value] as const)));
}

/** What a command has read of states: it reads nothing twice. */
export interface StateMemory {
  parts: PartMemory;
  /** By where the index is, and its digest. */
  states: Map<string, EnforcedState>;
  /** By the name of the log: a name is written once. */
  entries: Map<string, VerifiedEntry>;
  acks: AckMemory;
}

/** A memory of nothing. */
export function stateMemory(): StateMemory {
  return { parts: new Map(), states: new Map(), entries: new Map(), acks: {} };
}

/**
 * Reads the state that an entry wants, each part once.
 * @returns undefined where a part of it is gone or is not what it should be
 */
export async function fetchState(
  store: ParameterStore,
  entry: Entry,
  memory: StateMemory = stateMemory(),
): Promise<EnforcedState | undefined> {
  const key = `${logRoot(entry)} ${entry.index.part} ${entry.index.content}`;
  const state = memory.states.get(key) ?? (await readState(store, entry, memory));
  if (state) memory.states.set(key, state);
  return state;
}

async function readState(
  store: ParameterStore,
  entry: Entry,
  { parts: known }: StateMemory,
): Promise<EnforcedState | undefined> {
  const index = await fetchIndex(store, entry, known);
  if (!index.ok) return undefined;
  const components = Object.entries(index.value.components);
  const results = await fetchParts(
    store,
    entry,
    components.map(([, reference]) => reference),
    known,
  );
  const parts = new Map<string, Part>();
  const read = new Map<Buffer, Part>();
  for (const [at, [component]] of components.entries()) {
    const result = results[at]!;
    if (!result.ok) return undefined;
    const part = read.get(result.bytes) ?? partOf(result.bytes, entry, component);
    if (!part) return undefined;
    read.set(result.bytes, part);
    parts.set(component, part);
  }
  return { index: index.value, content: entry.index.content, parts };
}

function partOf(bytes: Buffer, { environment }: Entry, component: string): Part | undefined {
  const part = partIn(bytes, environment, component);
  return part.ok ? part.value : undefined;
}

/** The entries that holds name, by `<epoch>/<sequence>`, and what each wants, as far as they can be read. */
export interface HeldEntries {
  entries: ReadonlyMap<string, VerifiedEntry>;
  states: ReadonlyMap<string, EnforcedState>;
}

/** Reads the entries that holds name, of whichever epoch. */
export async function readHeld(
  {
    store,
    identity,
    trusted,
    memory = stateMemory(),
  }: {
    store: ParameterStore;
    identity: LogIdentity;
    trusted: readonly PublicKey[];
    memory?: StateMemory | undefined;
  },
  holds: readonly Hold[],
): Promise<HeldEntries> {
  const entries = new Map<string, VerifiedEntry>();
  const states = new Map<string, EnforcedState>();
  const positions = holds.flatMap((hold) =>
    Object.values<LogPosition>({ ...positionsOf(hold, identity.epoch) }),
  );
  const distinct = new Map(positions.map((one) => [positionText(one), one]));
  for (const [text, { epoch, sequence }] of distinct) {
    const name = entryName({ ...identity, epoch }, sequence);
    const known = memory.entries.get(name);
    const found = known ?? (await entryAt(store, { ...identity, epoch }, trusted, sequence));
    if (found) memory.entries.set(name, found);
    const state = found && (await fetchState(store, found.entry, memory));
    if (found) entries.set(text, found);
    if (state) states.set(text, state);
  }
  return { entries, states };
}

/** Everything that a state refuses to connect, and what a person calls it. */
export function revokedIn({ parts }: Pick<EnforcedState, 'parts'>): Map<string, string> {
  return new Map([...parts.values()].flatMap((part) => [...refusalsOf(part)]));
}
