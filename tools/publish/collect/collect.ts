import type { PublicKey } from '../../contract/log/dsse.ts';
import { type LogIdentity, type VerifiedEntry, verifyEntry } from '../../contract/log/entry.ts';
import { LIMITS, RECREATE_SECONDS } from '../../contract/limits.ts';
import {
  ackFolder,
  chunkName,
  entryName,
  logRoot,
  recordFolder,
  type LogScope,
} from '../../contract/names.ts';
import { listAcks, type StoredAck } from '../../store/acks.ts';
import { type Clock, systemClock } from '../../store/clock.ts';
import { listLog, readUp } from '../../store/log.ts';
import { fetchDirectory } from '../../store/directory.ts';
import { chunkNames, fetchIndex } from '../../store/part.ts';
import type { Parameter, ParameterStore } from '../../store/store.ts';
import { Fault } from '../../contract/fault.ts';

/** What to collect, and where. */
export interface CollectOptions {
  store: ParameterStore;
  identity: LogIdentity;
  trusted: readonly PublicKey[];
  /** The wall clock, in milliseconds. */
  now(): number;
  /** How many of the newest entries keep their parts. */
  keep?: number;
  /** How many of the newest entries stay, without their parts: what was wanted then is read from git by their digests. */
  entries?: number;
  /** Without it, only the plan is made. */
  execute: boolean;
  progress?: (step: string) => void;
  clock?: Clock;
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

/**
 * How many of the newest entries stay in the log although nothing needs their parts, so that who could reach what can be
 * told for years: with a heartbeat a day and a delivery every other day, two. An account has room for 10,000 names.
 */
export const LOGGED_ENTRIES = 1000;

/** How many of the newest records of deliveries stay. */
export const KEPT_RECORDS = 200;

/** Nothing younger is removed: a publisher or follower may be about to use it. A day, in milliseconds. */
const AGE = 24 * 3_600_000;

/**
 * Removes the acks of instances that are gone, and parts that none of the newest entries names, that no other ack and no
 * hold names, and that are older than a day; entries and records of deliveries are kept for much longer. What cannot be read keeps everything: a reason is needed to
 * remove, never to keep. An instance that reports again meanwhile keeps its ack and what that names.
 * Another publisher may roll back to an old entry at this very moment: then the rest stays, and what that entry names and
 * was just removed is put back.
 * @throws Fault where the log has no valid entry
 */
export async function collect(options: CollectOptions): Promise<Collection> {
  const { store, execute, progress } = options;
  const { values, ...collection } = await planCollection(options);
  const { remove, kept, notes } = collection;
  if (!execute || remove.length === 0) return collection;
  const removed: string[] = [];
  while (removed.length < remove.length) {
    if ((await since(options, kept)).length > 0) {
      notes.push('the log has grown meanwhile: the rest stays until the next time');
      break;
    }
    progress?.(`removing ${removed.length} of ${remove.length}`);
    const batch = remove.slice(removed.length, removed.length + LIMITS.namesPerDelete);
    if (await reportsAgain(options, batch, values)) {
      notes.push('an instance that was gone reports again: the rest stays until the next time');
      break;
    }
    await store.remove(batch);
    removed.push(...batch);
  }
  const back =
    removed.length > 0
      ? await putBack(options, kept, new Map(removed.map((name) => [name, values.get(name)!])))
      : [];
  if (back.length > 0)
    notes.push(`${back.length} names were put back: an entry appended meanwhile needs them`);
  return { ...collection, remove: removed.filter((name) => !back.includes(name)) };
}

/** Whether an ack of these names is another one than when it was decided to remove it. */
async function reportsAgain(
  { store, identity }: CollectOptions,
  names: readonly string[],
  values: ReadonlyMap<string, string>,
): Promise<boolean> {
  const acks = names.filter((name) => name.startsWith(`${ackFolder(identity)}/`));
  if (acks.length === 0) return false;
  const now = await store.get(acks);
  return acks.some((name) => now.has(name) && now.get(name)!.value !== values.get(name));
}

/** The valid entries appended since the newest of those kept. */
async function since({ store, identity, trusted }: CollectOptions, kept: readonly number[]) {
  const newest = Math.max(...kept);
  const texts = await readUp(store, identity, newest + 1);
  return [...texts]
    .map(([sequence, text]) => verifyEntry(text, sequence, identity, trusted))
    .filter((one) => one.ok);
}

/**
 * Puts back what entries need that were appended while it was removed. Not before a removed name may be created
 * again, when reads show those entries too, however late they are. @returns the names
 */
async function putBack(
  options: CollectOptions,
  kept: readonly number[],
  removed: ReadonlyMap<string, string>,
): Promise<string[]> {
  const { store, clock = systemClock, progress } = options;
  progress?.('waiting for entries that are appended at this moment');
  await clock.sleep((RECREATE_SECONDS + 5) * 1000);
  const back: string[] = [];
  const restore = async (names: readonly string[]) => {
    for (const name of names.filter((one) => removed.has(one) && !back.includes(one))) {
      await store.create(name, removed.get(name)!);
      back.push(name);
    }
  };
  for (const { entry } of await since(options, kept)) {
    await restore(chunkNames(entry, entry.index));
    const index = await fetchIndex(store, entry);
    const parts =
      index.ok && Object.values(index.value.components).flatMap((part) => chunkNames(entry, part));
    await restore(parts || [...removed.keys()].filter((name) => name.includes('/part/')));
  }
  return back;
}

async function planCollection(
  options: CollectOptions,
): Promise<Collection & { values: ReadonlyMap<string, string> }> {
  const { store, identity, trusted, now, keep = KEPT_ENTRIES, entries = LOGGED_ENTRIES } = options;
  const texts = await listLog(store, identity);
  const valid = [...texts]
    .map(([sequence, text]) => verifyEntry(text, sequence, identity, trusted))
    .filter((one) => one.ok)
    .sort((a, b) => b.entry.sequence - a.entry.sequence);
  if (valid.length === 0) throw new Fault('the log has no valid entry', 'publish first');
  const acks = await listAcks(store, identity, now());
  const [left, staying] = [acks.filter(({ silent }) => silent), acks.filter(({ silent }) => !silent)];
  const used = inUse(valid, staying, Math.max(1, keep));
  const unreadable = staying.filter(({ ack }) => !ack);
  const notes = unreadable.map(({ name }) => `${name} cannot be read`);
  const kept = valid.filter(({ entry }) => used.has(entry.sequence));
  const names = await namesOf(options, kept);
  const collection = { environment: identity.environment, kept: kept.map(({ entry }) => entry.sequence) };
  if (!names || unreadable.length > 0)
    return {
      ...collection,
      remove: [],
      values: new Map(),
      notes: [...notes, 'nothing is removed until everything kept can be read'],
    };
  const logged = valid[Math.min(Math.max(entries, 1), valid.length) - 1]!.entry.sequence;
  const oldest = Math.min(logged, ...collection.kept);
  const old = (parameter: Parameter): boolean => now() - parameter.modified.getTime() > AGE;
  const values = new Map(left.map(({ name, value }) => [name, value]));
  for (const folder of ['log', 'part']) {
    for await (const parameter of store.list(`${logRoot(identity)}/${folder}`)) {
      const { name } = parameter;
      // Above the oldest kept entry nothing of the log goes: an invalid entry there is evidence.
      const recent = folder === 'log' && name >= entryName(identity, oldest);
      if (!names.has(name) && !recent && old(parameter)) values.set(name, parameter.value);
    }
  }
  for (const one of await oldRecords(store, identity)) if (old(one)) values.set(one.name, one.value);
  // By name acks come first: what one pinned goes after it.
  return { ...collection, remove: [...values.keys()].sort(), notes, values };
}

/** The records of deliveries beyond those that stay. */
async function oldRecords(store: ParameterStore, log: LogScope): Promise<Parameter[]> {
  const all: Parameter[] = [];
  for await (const one of store.list(recordFolder(log))) all.push(one);
  // Names sort as sequences do.
  return all.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, -KEPT_RECORDS);
}

/** Sequences in use: the newest, what they hold or may return to, and what some instance enforces or is told to. */
function inUse(valid: readonly VerifiedEntry[], acks: readonly StoredAck[], keep: number): Set<number> {
  const newest = valid.slice(0, keep);
  // What a hold names of an earlier epoch is in that epoch's log, of which nothing is collected.
  const held = newest.flatMap(({ entry }) =>
    entry.holds.flatMap(({ undone, kept, epoch }) => (epoch === undefined ? [undone, kept] : [])),
  );
  const bases = newest.flatMap(({ entry }) => entry.base ?? []);
  const acked = acks
    .flatMap(({ ack }) => [ack?.enforced, ack?.refused, ack?.waiting?.position])
    .flatMap((at) => at?.sequence ?? []);
  return new Set([...newest.map(({ entry }) => entry.sequence), ...held, ...bases, ...acked]);
}

/** Every name that these entries need; undefined where an index of them cannot be read. */
async function namesOf(
  { store, identity, trusted }: CollectOptions,
  entries: readonly VerifiedEntry[],
): Promise<Set<string> | undefined> {
  const names = new Set<string>();
  for (const { entry } of entries) {
    const index = await fetchIndex(store, entry);
    if (!index.ok) return undefined;
    names.add(entryName(entry, entry.sequence));
    for (const reference of [entry.index, ...Object.values(index.value.components)])
      for (let chunk = 0; chunk < reference.chunks; chunk++) names.add(chunkName(entry, reference, chunk));
    // Without them the whole index still tells everything: what cannot be read of them need not be kept.
    const directory = await fetchDirectory(store, { identity, trusted }, entry.index);
    for (const name of directory?.names ?? []) names.add(name);
    for (const page of directory?.pages ?? [])
      for (let chunk = 0; chunk < page.chunks; chunk++) names.add(chunkName(entry, page, chunk));
  }
  return names;
}
