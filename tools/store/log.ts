import {
  type InvalidEntry,
  type LogIdentity,
  verifyEntry,
  type VerifiedEntry,
} from '../contract/log/entry.ts';
import type { PublicKey } from '../contract/log/dsse.ts';
import { LIMITS } from '../contract/limits.ts';
import { entryName, headName, logFolder, type LogScope, sequenceOf } from '../contract/names.ts';
import type { ParameterStore } from './store.ts';

/** What is under the names of a log, by sequence. */
export type LogTexts = Map<number, string>;

/** What a publisher must know of a log. */
export interface LogState {
  /** The newest entry that verifies: it alone decides. Absent where there is none. */
  newest?: VerifiedEntry;
  /** The first free sequence after the newest valid entry; where there is none, after everything in the log. */
  next: number;
  /** What the unsigned hint says, if anything sensible. */
  head?: number;
  /** What is above the newest valid entry and is none. */
  invalid: InvalidEntry[];
}

/**
 * Finds the newest valid entry: from the head upwards, or by listing where the head is missing or leads nowhere.
 * The head is a hint that anybody may have written; nothing is taken from it but where to begin to look.
 */
export async function readLog(
  store: ParameterStore,
  identity: LogIdentity,
  trusted: readonly PublicKey[],
): Promise<LogState> {
  const head = headIn((await store.get([headName(identity)])).get(headName(identity))?.value);
  const near = head === undefined ? new Map<number, string>() : await readUp(store, identity, head);
  const state = judge(near, identity, trusted);
  const found = state.newest ? state : judge(await listLog(store, identity), identity, trusted);
  return { ...found, ...(head !== undefined && { head }) };
}

/** The sequence that a head says, or undefined for anything else. */
export function headIn(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9][0-9]{0,11}$/.test(text) ? Number(text) : undefined;
}

/** Reads entries from a sequence upwards, ten a call, as far as there are any without a gap. */
export async function readUp(store: ParameterStore, scope: LogScope, from: number): Promise<LogTexts> {
  const texts: LogTexts = new Map();
  for (let sequence = from; ; sequence += LIMITS.namesPerGet) {
    const names = Array.from({ length: LIMITS.namesPerGet }, (_, index) =>
      entryName(scope, sequence + index),
    );
    const found = await store.get(names);
    for (const name of names) {
      const parameter = found.get(name);
      if (!parameter) return texts;
      texts.set(sequenceOf(name), parameter.value);
    }
  }
}

/** Reads the whole log, a page of ten a call. */
export async function listLog(store: ParameterStore, scope: LogScope): Promise<LogTexts> {
  const folder = logFolder(scope);
  const texts: LogTexts = new Map();
  for await (const { name, value } of store.list(folder)) {
    const sequence = sequenceOf(name);
    // A name of another form is nobody's entry.
    if (Number.isSafeInteger(sequence) && name === entryName(scope, sequence)) texts.set(sequence, value);
  }
  return texts;
}

/** The newest of these entries that verifies, and what is above it. */
export function judge(
  texts: LogTexts,
  identity: LogIdentity,
  trusted: readonly PublicKey[],
): Omit<LogState, 'head'> {
  const sequences = [...texts.keys()].sort((a, b) => b - a);
  const invalid: InvalidEntry[] = [];
  for (const sequence of sequences) {
    const verified = verifyEntry(texts.get(sequence)!, sequence, identity, trusted);
    if (verified.ok) return { newest: verified, next: firstFree(texts, sequence + 1), invalid };
    invalid.push(verified);
  }
  return { next: (sequences[0] ?? 0) + 1, invalid };
}

/**
 * The first free sequence from one upwards. Every publisher that appends contends for that one, whatever is beyond it: if
 * not, a forged entry further up would send two publishers to two names, and both would win.
 */
export function firstFree(texts: LogTexts, from: number): number {
  let sequence = from;
  while (texts.has(sequence)) sequence += 1;
  return sequence;
}

/** The valid entry at a sequence; undefined where there is none. */
export async function entryAt(
  store: ParameterStore,
  identity: LogIdentity,
  trusted: readonly PublicKey[],
  sequence: number,
): Promise<VerifiedEntry | undefined> {
  const name = entryName(identity, sequence);
  const text = (await store.get([name])).get(name)?.value;
  const verified = text === undefined ? undefined : verifyEntry(text, sequence, identity, trusted);
  return verified?.ok ? verified : undefined;
}

/** The valid entries before one, the newest first, as far as each names the one before it and that is still there. */
export async function* entriesBefore(
  store: ParameterStore,
  identity: LogIdentity,
  trusted: readonly PublicKey[],
  from: VerifiedEntry,
): AsyncGenerator<VerifiedEntry> {
  let [{ previous }, below] = [from.entry, from.entry.sequence];
  while (previous !== null && below > 1) {
    const sequences = Array.from({ length: LIMITS.namesPerGet }, (_, index) => below - 1 - index);
    const names = sequences.filter((one) => one > 0).map((one) => entryName(identity, one));
    const found = await store.get(names);
    if (found.size === 0) return;
    for (const name of names) {
      const text = found.get(name)?.value;
      const verified =
        text === undefined ? undefined : verifyEntry(text, sequenceOf(name), identity, trusted);
      // What is no entry was passed over when the next one was appended.
      if (!verified?.ok || verified.digest !== previous) continue;
      yield verified;
      previous = verified.entry.previous;
    }
    below -= LIMITS.namesPerGet;
  }
}
