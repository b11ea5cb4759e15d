import type { PublicKey } from '../contract/log/dsse.ts';
import { chainedEntry, type LogIdentity, verifyEntry } from '../contract/log/entry.ts';
import { Fault } from '../contract/fault.ts';
import type { DeliveryRecord, Entry, PastEntry, PastInstance } from '../contract/shapes.ts';
import type { StoredAck } from '../store/acks.ts';
import { listLog } from '../store/log.ts';
import type { ParameterStore } from '../store/store.ts';

/** An entry of a log, of which it is known that it was in it. */
export interface ProvenEntry {
  entry: Entry;
  digest: string;
  proof: PastEntry['proof'];
}

/** What is looked at: an entry, or whatever was the newest at an instant, in milliseconds. */
export type LogMoment = { sequence: number } | { instant: number };

/** The entry that decided, and those that it is known by. */
export interface DecidingEntry {
  /** Absent where nothing was published by then. */
  one?: ProvenEntry;
  /** Of its epoch, the lowest first. */
  all: readonly ProvenEntry[];
}

/**
 * The entries of a log that are proven, the lowest first: by a key that is trusted, or by a later entry that is proven and
 * names their digest. So those stay proven that a key signed which was replaced since.
 */
export async function provenEntries(
  store: ParameterStore,
  identity: LogIdentity,
  trusted: readonly PublicKey[],
): Promise<ProvenEntry[]> {
  const texts = await listLog(store, identity);
  const found: ProvenEntry[] = [];
  let wanted: string | null = null;
  for (const sequence of [...texts.keys()].sort((a, b) => b - a)) {
    const text = texts.get(sequence)!;
    const verified = verifyEntry(text, sequence, identity, trusted);
    const chained: Entry | undefined =
      verified.ok || wanted === null ? undefined : chainedEntry(text, sequence, identity, wanted);
    const entry: Entry | undefined = verified.ok ? verified.entry : chained;
    if (!entry) continue;
    const digest = verified.ok ? verified.digest : wanted!;
    found.push({ entry, digest, proof: verified.ok ? 'signature' : 'chain' });
    wanted = entry.previous;
  }
  return found.reverse();
}

/**
 * The entry that decided: the one of a sequence, or the newest at an instant, also of an earlier epoch.
 * @throws Fault where the log has it no more, or never had
 */
export async function decidedAt(
  store: ParameterStore,
  identity: LogIdentity,
  trusted: readonly PublicKey[],
  when: LogMoment,
): Promise<DecidingEntry> {
  for (let epoch = identity.epoch; epoch >= 1; epoch -= 1) {
    const all = await provenEntries(store, { ...identity, epoch }, trusted);
    const one = all.findLast(({ entry }) => isMeant(entry, when));
    if (one) return { one, all };
    // What a sequence is of an earlier epoch, nobody can say who names no epoch.
    if ('sequence' in when) throw gone(`there is no entry ${when.sequence}`, identity, all);
    const first = all[0]?.entry;
    if (first && first.previous !== null) throw gone('what was wanted then is collected', identity, all);
  }
  return { all: [] };
}

function isMeant({ sequence, issuedAt }: Entry, when: LogMoment): boolean {
  return 'sequence' in when ? sequence === when.sequence : Date.parse(issuedAt) <= when.instant;
}

function gone(what: string, { environment }: LogIdentity, [first]: readonly ProvenEntry[]): Fault {
  const oldest = first
    ? `the oldest that the log has is ${first.entry.sequence}, of ${first.entry.issuedAt}`
    : 'the log is empty';
  return new Fault(`${environment}: ${what}: ${oldest}`, `see: npx ztna history --env ${environment}`);
}

/** An entry as output has it. */
export function pastEntry(
  { entry, digest, proof }: ProvenEntry,
  all: readonly ProvenEntry[],
  source: PastEntry['source'],
): PastEntry {
  const next = all.find((one) => one.entry.sequence > entry.sequence);
  const { epoch, sequence, commit, reason, issuedAt, expiresAt } = entry;
  return {
    ...{ epoch, sequence, entry: digest, commit, reason, issuedAt, expiresAt },
    ...(next && { replacedAt: next.entry.issuedAt }),
    ...{ proof, source },
  };
}

/**
 * Where what an entry wanted is known to have been in force, and since when: by what instances say now, and by the records
 * of deliveries. Entries before and after it that want the same, without another between them, count as the same.
 */
export function enforcedWhere(
  { entry }: ProvenEntry,
  all: readonly ProvenEntry[],
  acks: readonly StoredAck[],
  records: readonly DeliveryRecord[],
): PastInstance[] {
  const run = runOf(entry, all);
  const found = new Map<string, PastInstance>();
  for (const { sequence, where, entry: digest } of records)
    if (run.get(sequence) === digest)
      for (const [instance, since] of Object.entries(where))
        found.set(instance, { instance, since, source: 'record' });
  for (const { instance, ack } of acks)
    if (ack?.enforced && ack.enforcedSince && run.get(ack.enforced.sequence) === ack.enforced.entry)
      found.set(instance, { instance, since: ack.enforcedSince, source: 'ack' });
  return [...found.values()].sort((a, b) => (a.instance < b.instance ? -1 : 1));
}

/** The entries around one that want the same as it, by sequence, with their digests. */
function runOf({ sequence, index }: Entry, all: readonly ProvenEntry[]): Map<number, string> {
  const isOther = ({ entry }: ProvenEntry): boolean => entry.index.content !== index.content;
  const [lower, upper] = [
    all.filter(({ entry }) => entry.sequence < sequence).findLast(isOther),
    all.find((one) => one.entry.sequence > sequence && isOther(one)),
  ];
  const within = all.filter(
    ({ entry }) =>
      entry.sequence > (lower?.entry.sequence ?? 0) && entry.sequence < (upper?.entry.sequence ?? Infinity),
  );
  return new Map(within.map(({ entry, digest }) => [entry.sequence, digest]));
}
