import type { PublicKey } from '../contract/dsse.ts';
import { type LogIdentity, type VerifiedEntry, verifyEntry } from '../contract/entry.ts';
import { LIMITS } from '../contract/limits.ts';
import { ackFolder, chunkName, entryName, logRoot } from '../contract/names.ts';
import { type Ack, validateAck } from '../contract/shapes.ts';
import { listLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import type { Parameter, ParameterStore } from '../store/store.ts';
import { Refusal } from '../contract/refusal.ts';

/** What to collect, and where. */
export interface CollectOptions {
  store: ParameterStore;
  identity: LogIdentity;
  trusted: readonly PublicKey[];
  /** The wall clock, in milliseconds. */
  now(): number;
  /** How many of the newest entries keep their parts. */
  keep?: number;
  /** Without it, only the plan is made. */
  execute: boolean;
  progress?: (step: string) => void;
}

/** What collecting removes: this and nothing else. */
export interface Collection {
  environment: string;
  /** Sequences whose entries are kept. */
  kept: number[];
  /** Names to remove, sorted. */
  remove: string[];
  /** What a person should know. */
  notes: string[];
}

/** How many of the newest entries are kept where nothing else is said. */
export const KEPT_ENTRIES = 20;

/** Nothing younger is removed: a publisher or follower may be about to use it. A day, in milliseconds. */
const AGE = 24 * 3_600_000;

/**
 * Removes entries and parts that none of the newest entries names, that no ack and no hold names, and that are
 * older than a day. What cannot be read keeps everything: a reason is needed to remove, never to keep.
 * @throws Refusal where the log has no valid entry
 */
export async function collect(options: CollectOptions): Promise<Collection> {
  const { store, execute, progress } = options;
  const collection = await planCollection(options);
  if (!execute) return collection;
  for (let done = 0; done < collection.remove.length; done += LIMITS.namesPerDelete) {
    progress?.(`removing ${done} of ${collection.remove.length}`);
    await store.remove(collection.remove.slice(done, done + LIMITS.namesPerDelete));
  }
  return collection;
}

async function planCollection(options: CollectOptions): Promise<Collection> {
  const { store, identity, trusted, now, keep = KEPT_ENTRIES } = options;
  const texts = await listLog(store, identity);
  const valid = [...texts]
    .map(([sequence, text]) => verifyEntry(text, sequence, identity, trusted))
    .filter((one) => one.ok)
    .sort((a, b) => b.entry.sequence - a.entry.sequence);
  if (valid.length === 0) throw new Refusal('the log has no valid entry', 'publish first');
  const acks = await acksOf(store, identity);
  const used = inUse(valid, acks.known, Math.max(1, keep));
  const notes = acks.unreadable.map((name) => `${name} cannot be read`);
  const kept = valid.filter(({ entry }) => used.has(entry.sequence));
  const names = await namesOf(store, kept);
  const collection = { environment: identity.environment, kept: kept.map(({ entry }) => entry.sequence) };
  if (!names || acks.unreadable.length > 0)
    return {
      ...collection,
      remove: [],
      notes: [...notes, 'nothing is removed until everything kept can be read'],
    };
  const oldest = Math.min(...collection.kept);
  const old = (parameter: Parameter): boolean => now() - parameter.modified.getTime() > AGE;
  const remove: string[] = [];
  for (const folder of ['log', 'part']) {
    for await (const parameter of store.list(`${logRoot(identity)}/${folder}`)) {
      const { name } = parameter;
      // Above the oldest kept entry nothing of the log goes: an invalid entry there is evidence.
      const recent = folder === 'log' && name >= entryName(identity, oldest);
      if (!names.has(name) && !recent && old(parameter)) remove.push(name);
    }
  }
  return { ...collection, remove: remove.sort(), notes };
}

/** Sequences in use: the newest, what they hold, and what some instance enforces or is told to. */
function inUse(valid: readonly VerifiedEntry[], acks: readonly Ack[], keep: number): Set<number> {
  const newest = valid.slice(0, keep);
  const held = newest.flatMap(({ entry }) => entry.holds.flatMap(({ undone, kept }) => [undone, kept]));
  const acked = acks
    .flatMap(({ enforced, refused }) => [enforced, refused])
    .flatMap((at) => at?.sequence ?? []);
  return new Set([...newest.map(({ entry }) => entry.sequence), ...held, ...acked]);
}

async function acksOf(
  store: ParameterStore,
  identity: LogIdentity,
): Promise<{ known: Ack[]; unreadable: string[] }> {
  const known: Ack[] = [];
  const unreadable: string[] = [];
  for await (const { name, value } of store.list(ackFolder(identity))) {
    const ack = jsonOf(value);
    if (validateAck(ack)) known.push(ack);
    else unreadable.push(name);
  }
  return { known, unreadable };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every name that these entries need; undefined where an index of them cannot be read. */
async function namesOf(
  store: ParameterStore,
  entries: readonly VerifiedEntry[],
): Promise<Set<string> | undefined> {
  const names = new Set<string>();
  for (const { entry } of entries) {
    const index = await fetchIndex(store, entry);
    if (!index.ok) return undefined;
    names.add(entryName(entry, entry.sequence));
    for (const reference of [entry.index, ...Object.values(index.value.components)])
      for (let chunk = 0; chunk < reference.chunks; chunk++) names.add(chunkName(entry, reference, chunk));
  }
  return names;
}
