import {
  comparePositions,
  type InvalidEntry,
  type LogPosition,
  verifyEntry,
  type VerifiedEntry,
} from '../contract/log/entry.ts';
import { entryName, headName } from '../contract/names.ts';
import type { Position } from '../contract/shapes.ts';
import { firstFree, headIn, judge, listLog, type LogTexts, readUp } from '../store/log.ts';
import type { Parameter, ParameterStore } from '../store/store.ts';
import type { Subject } from './content/fetch.ts';

/** Where to look. */
export interface Cursor {
  /** Everything up to this sequence has been dealt with. */
  settled: number;
  /** Whether the whole log may be listed when head and next name lead nowhere. */
  mayList: boolean;
  /** The entry in force; what the store has in its place is compared with it now, or where the head is below it. */
  own?: { position: Position; comparing: boolean };
  /** Other names to read with the same call. */
  also?: readonly string[];
}

/** What a poll of the log found. */
export interface PollResult {
  /** The newest valid entry above `settled`. */
  newest?: VerifiedEntry;
  /** What is above that and is none. */
  invalid: InvalidEntry[];
  /** The highest sequence up to which nothing is missing. */
  reached: number;
  /** What the store has in the place of the entry in force; absent where it was not compared. */
  compared?: OwnEntry;
  /** Values of the other names, as far as there are any. */
  also: Map<string, string>;
  /** Whether the log was listed. */
  listed: boolean;
}

/** What was found in the place of the entry in force. */
export interface OwnEntry {
  /** Why it is not that entry. */
  conflict?: string;
  /** Whether there is nothing, and nothing newer: the store is lost or an old copy, or the read was late. */
  missing: boolean;
}

/**
 * Looks for entries after `settled`: one call for head and next name, and more only when there is something.
 * Nothing is taken from the head but where to look.
 */
export async function poll(store: ParameterStore, subject: Subject, cursor: Cursor): Promise<PollResult> {
  const { identity, trusted } = subject;
  const next = cursor.settled + 1;
  const { own } = cursor;
  const first = [
    headName(identity),
    entryName(identity, next),
    ...(own?.comparing ? [entryName(identity, own.position.sequence)] : []),
    ...(cursor.also ?? []),
  ];
  const found = await store.get(first);
  const head = headIn(found.get(headName(identity))?.value);
  const there = found.has(entryName(identity, next));
  const { texts, listed } = await gather(store, subject, cursor, head, there);
  const { newest, invalid } = judge(texts, identity, trusted);
  const isLow = own !== undefined && (head === undefined || head < own.position.sequence);
  const compared =
    own && (own.comparing || isLow)
      ? await compare(store, subject, own.position, found, isLow && !newest)
      : undefined;
  return {
    ...(newest && { newest }),
    invalid,
    // Beyond a gap an attacker may have forged an entry: those that will fill the gap must not be passed over.
    reached: firstFree(texts, (newest?.entry.sequence ?? cursor.settled) + 1) - 1,
    ...(compared && { compared }),
    also: new Map([...found].map(([name, { value }]) => [name, value])),
    listed,
  };
}

async function gather(
  store: ParameterStore,
  { identity, trusted }: Subject,
  { settled, mayList }: Cursor,
  head: number | undefined,
  there: boolean,
): Promise<{ texts: LogTexts; listed: boolean }> {
  const next = settled + 1;
  const valid = (texts: LogTexts) => judge(texts, identity, trusted).newest !== undefined;
  const texts: LogTexts = head !== undefined && head > next ? await readUp(store, identity, head) : new Map();
  if (valid(texts)) return { texts, listed: false };
  if (there) for (const [sequence, text] of await readUp(store, identity, next)) texts.set(sequence, text);
  const misled = head === undefined || head >= next;
  if (valid(texts) || !misled || !mayList) return { texts, listed: false };
  for (const [sequence, text] of await listLog(store, identity))
    if (sequence > settled) texts.set(sequence, text);
  return { texts, listed: true };
}

/** @param behind whether the store seems to have nothing as new as the entry in force */
async function compare(
  store: ParameterStore,
  subject: Subject,
  own: Position,
  found: ReadonlyMap<string, Parameter>,
  behind: boolean,
): Promise<OwnEntry> {
  const name = entryName(subject.identity, own.sequence);
  const there = found.get(name) ?? (await store.get([name])).get(name);
  const conflict = there && conflictIn(there.value, own, subject);
  if (there) return { missing: false, ...(conflict && { conflict }) };
  // An entry below newer ones may have been collected.
  return behind ? { missing: true, conflict: missingText(own) } : { missing: false };
}

function missingText({ sequence, epoch }: Position): string {
  return `the store does not have entry ${sequence}, which is in force here, nor a newer one: it is lost or an old copy; begin again with epoch ${epoch + 1}`;
}

function conflictIn(text: string, own: Position, { identity, trusted }: Subject): string | undefined {
  const verified = verifyEntry(text, own.sequence, identity, trusted);
  if (!verified.ok)
    return `entry ${own.sequence}, which is in force, is no longer valid in the store: ${verified.reason}`;
  return verified.digest === own.entry
    ? undefined
    : `entry ${own.sequence} in the store is another one than that in force`;
}

/** What to do with an entry, by its place: take it, or leave it and why. */
export type Order = { state: 'newer' } | { state: 'same' } | { state: 'refused'; reason: string };

/**
 * Judges an entry's place. Below the floor, or below what the deployment demands, is refused; so is another entry
 * in the very place of the floor. The same entry may be applied again.
 */
export function orderOf(
  { entry, digest }: VerifiedEntry,
  floor: Position | undefined,
  minimum: LogPosition | undefined,
): Order {
  const refused = (reason: string): Order => ({ state: 'refused', reason });
  const place = ({ epoch, sequence }: LogPosition) => `${epoch}/${sequence}`;
  if (minimum && comparePositions(entry, minimum) < 0)
    return refused(`${place(entry)} is below the minimum ${place(minimum)} that the deployment demands`);
  const compared = floor ? comparePositions(entry, floor) : 1;
  if (compared > 0) return { state: 'newer' };
  if (compared < 0) return refused(`${place(entry)} is below ${place(floor!)}, which was enforced already`);
  return digest === floor!.entry
    ? { state: 'same' }
    : refused(`${place(entry)} is another entry than the one that was enforced`);
}
