import type { PublicKey } from '../contract/log/dsse.ts';
import type { LogIdentity, VerifiedEntry } from '../contract/log/entry.ts';
import type { Ack } from '../contract/shapes.ts';
import { type AckMemory, listAcks, rememberAcks, type StoredAck } from '../store/acks.ts';
import { type Clock, systemClock } from '../store/clock.ts';
import { entriesBefore, type LogState, readLog } from '../store/log.ts';
import type { ParameterStore } from '../store/store.ts';
import { aheadOf, claimNotes } from './collect/acks.ts';
import { silenceNotes } from './keys/rotation.ts';

/** Which log is looked at, and how. */
export interface LogPlace {
  store: ParameterStore;
  identity: LogIdentity;
  /** The keys that followers trust. */
  trusted: readonly PublicKey[];
  /** The wall clock, in milliseconds. */
  now(): number;
  clock?: Clock;
  /** What the command has read already. */
  memory?: { acks: AckMemory };
  /** Whether acks that it has read count however old they are: so they do while a delivery that began with them goes on. */
  acksCount?: boolean;
}

/** A log, and what its instances say. */
export interface LogSurvey {
  log: LogState;
  acks: readonly StoredAck[];
  /** That of an instance that shows an entry in force which the log does not have: the store is lost, or an old copy. */
  ahead?: Ack;
  /** What is to be said of instances that are gone, or that say what they do not prove. */
  notes: readonly string[];
}

/** How often a log that seems to lack something is read again, with doubling pauses from 100 ms: six seconds in all. */
const LOOKS = 7;

/**
 * Reads a log and its acks. The acks first: what they name was in the log before they were read. Where the log does not
 * have it even so, reads may be late, and it is read again.
 */
export async function surveyLog(place: LogPlace): Promise<LogSurvey> {
  const { store, identity, trusted, clock } = place;
  const { sleep } = clock ?? systemClock;
  const acks = await acksOf(place);
  for (let look = 1; ; look += 1) {
    const log = await readLog(store, identity, trusted);
    const known = { identity, trusted, newest: log.newest };
    const ahead = aheadOf(acks, known);
    const notes = [...silenceNotes(acks), ...claimNotes(acks, known)];
    if (!ahead) return { log, acks, notes };
    if (look === LOOKS) return { log, acks, ahead, notes };
    await sleep(100 * 2 ** (look - 1));
  }
}

/** For how long acks that a command has listed are not listed again, in milliseconds: instances renew theirs after 300 s and more. */
const ACKS_COUNT_MS = 60_000;

/** The acks as the command knows them, if not for too long; else they are listed. */
async function acksOf({ store, identity, now, memory, acksCount }: LogPlace): Promise<readonly StoredAck[]> {
  const at = now();
  const known = memory?.acks.listed;
  if (known && (acksCount || Math.abs(at - known.at) < ACKS_COUNT_MS)) return known.acks;
  const found = await listAcks(store, identity, at);
  return memory ? rememberAcks(memory.acks, found, at) : found;
}

/** The log of an earlier epoch that has entries. */
export interface EarlierLog extends LogSurvey {
  identity: LogIdentity;
  newest: VerifiedEntry;
}

/** How many epochs are looked back for one that has entries. */
export const EPOCHS_BACK = 10;

/** The log of the last epoch before one; undefined where there is none, or none of its entries is left. */
export async function earlierLog({ memory: _, ...place }: LogPlace): Promise<EarlierLog | undefined> {
  const { epoch } = place.identity;
  for (let earlier = epoch - 1; earlier > Math.max(0, epoch - 1 - EPOCHS_BACK); earlier -= 1) {
    const identity = { ...place.identity, epoch: earlier };
    const { newest } = await readLog(place.store, identity, place.trusted);
    if (newest) return { ...(await surveyLog({ ...place, identity })), identity, newest };
  }
  return undefined;
}

/** What the entries before one were built from, the newest first. */
export async function* commitsBefore(
  { store, trusted }: LogPlace,
  from: VerifiedEntry,
): AsyncGenerator<string> {
  for await (const { entry } of entriesBefore(store, from.entry, trusted, from)) yield commitOf(entry);
}

/** The commit that an entry was built from. */
export function commitOf({ commit }: { commit: string }): string {
  return commit.replace('-dirty', '');
}
