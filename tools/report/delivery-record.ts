import { SCHEMA_VERSION, LIMITS } from '../contract/limits.ts';
import { recordFolder, recordName, type LogScope } from '../contract/names.ts';
import {
  validateDeliveryRecord,
  type Convergence,
  type DeliveryFigures,
  type DeliveryRecord,
  type Latency,
} from '../contract/shapes.ts';
import { jsonIn } from '../contract/text.ts';
import type { ParameterStore } from '../store/store.ts';

/** What is known of a delivery beside what its components say. */
export interface DeliveryFacts {
  kind: DeliveryRecord['kind'];
  /** When its commit was made; absent where it is of none. */
  mergedAt?: string;
}

/**
 * What a delivery came to, by what live instances said when it was in force everywhere.
 * @returns undefined where nothing was published
 */
export function recordOf(
  { environment, epoch, newest, components }: Convergence,
  { kind, mergedAt }: DeliveryFacts,
): DeliveryRecord | undefined {
  if (!newest) return undefined;
  const all = components.flatMap(({ component, instances }) =>
    instances.flatMap(({ instance, sequence, enforcedSince }) =>
      sequence === newest.sequence && enforcedSince !== undefined
        ? [{ instance: `${component}/${instance}`, since: enforcedSince }]
        : [],
    ),
  );
  const from = Date.parse(mergedAt ?? newest.issuedAt);
  // What was so before is not changed by it.
  const changed = all.map(({ since }) => Date.parse(since)).filter((since) => since >= from);
  const record = {
    ...{ schemaVersion: SCHEMA_VERSION, environment, epoch, kind },
    ...{ sequence: newest.sequence, entry: newest.entry, commit: newest.commit },
    ...(mergedAt !== undefined && { mergedAt }),
    issuedAt: newest.issuedAt,
    enforcedAt: new Date(Math.max(Date.parse(newest.issuedAt), ...changed)).toISOString(),
    instances: changed.length,
    seconds: latencyOf(changed.map((since) => (since - from) / 1000)),
  } satisfies Omit<DeliveryRecord, 'where'>;
  return { ...record, where: fitting(record, all) };
}

/** The latest first, as many as there is room for. */
function fitting(
  record: Omit<DeliveryRecord, 'where'>,
  all: readonly { instance: string; since: string }[],
): DeliveryRecord['where'] {
  const where: DeliveryRecord['where'] = {};
  let room = LIMITS.valueCharacters - Buffer.byteLength(JSON.stringify({ ...record, where }));
  for (const { instance, since } of [...all].sort((a, b) => (a.since > b.since ? -1 : 1))) {
    room -= Buffer.byteLength(JSON.stringify({ [instance]: since }));
    if (room < 0) break;
    where[instance] = since;
  }
  return where;
}

/** The half, nearly all and the worst of some durations in seconds, by nearest rank. */
export function latencyOf(seconds: readonly number[]): Latency {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: at(0.5), p99: at(0.99), most: sorted.at(-1) ?? 0 };
}

/** Keeps a record; one that is there already stays. @throws StoreFault */
export async function keepRecord(store: ParameterStore, record: DeliveryRecord): Promise<void> {
  await store.create(recordName(record, record.sequence), JSON.stringify(record));
}

/** The records of a log, the oldest first; what is none is left out. */
export async function recordsOf(store: ParameterStore, log: LogScope): Promise<DeliveryRecord[]> {
  const records: DeliveryRecord[] = [];
  for await (const { name, value } of store.list(recordFolder(log))) {
    const record = jsonIn(value);
    if (validateDeliveryRecord(record) && name === recordName(log, record.sequence)) records.push(record);
  }
  return records.sort((a, b) => a.sequence - b.sequence);
}

/** How long deliveries took: over all instances that one changed, each record counting with what it has. */
export function figuresOf(records: readonly DeliveryRecord[]): DeliveryFigures {
  const revocations = records.filter(({ kind }) => kind === 'revocation');
  const [first] = records;
  return {
    deliveries: records.length,
    ...(first && { since: first.issuedAt, merge: over(records) }),
    revocations: revocations.length,
    ...(revocations.length > 0 && { revocation: over(revocations) }),
  };
}

function over(records: readonly DeliveryRecord[]): Latency {
  return latencyOf(records.flatMap(secondsOf));
}

/** How long each instance took that a delivery changed; where there was no room for all, its own figures stand for the rest. */
function secondsOf({ mergedAt, issuedAt, where, instances, seconds }: DeliveryRecord): number[] {
  const from = Date.parse(mergedAt ?? issuedAt);
  const known = Object.values(where).map((since) => (Date.parse(since) - from) / 1000);
  const changed = known.filter((one) => one >= 0);
  // The latest have room, so that what is missing was not later than the half.
  return [...changed, ...Array<number>(Math.max(0, instances - changed.length)).fill(seconds.p50)];
}
