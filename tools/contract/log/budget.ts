import { CHUNK_BYTES, DEFAULT_RATES, LIMITS, type Rates } from '../limits.ts';
import type { BundleSettings } from '../shapes.ts';

/**
 * How SSM's calls are shared out: one function for each sum, for those who plan, wait, follow, and say what an account
 * carries.
 */

/** The share of an account's reads that polls may use. */
export const POLLING = 1 / 2;

/** The share of the reads by which instances fetch what is new. */
export const FETCHING = 1 / 4;

/** The share of the writes that acks may use. */
export const ACKING = 1 / 3;

/** The share of the reads, or of the lists where they are counted apart, that a delivery uses to look how far components have come. */
export const LOOKING = 1 / 8;

/** The share of the reads that is left to publishers, scheduled jobs and people. */
export const WORKING = 1 - POLLING - FETCHING - LOOKING;

/** Bytes of an index, compressed, for each component: two digests that nothing compresses, and little else. */
export const INDEX_BYTES = 74;

/** How long a ring may take where components are few, in seconds. */
const SHORTEST_PATIENCE = 900;

/** Pauses between two looks at the acks are never shorter, in milliseconds. */
const SHORTEST_PAUSE = 2000;

/** The calls a second that an environment may make. */
export function ratesOf({ storeRates }: Pick<BundleSettings, 'storeRates'>): Rates {
  return storeRates ? { ...storeRates, deletes: storeRates.writes } : DEFAULT_RATES;
}

/** How many calls read so many names. */
export function callsFor(names: number): number {
  return Math.ceil(names / LIMITS.namesPerGet);
}

/** How many calls list so many parameters: a page that is full leads on to another, which may be empty. */
export function pagesFor(parameters: number): number {
  return Math.floor(parameters / LIMITS.parametersPerPage) + 1;
}

/** How long calls take at some rates, in seconds, rounded up to tenths. */
export function secondsFor({ reads, writes }: Pick<Rates, 'reads' | 'writes'>, rates: Rates): number {
  return Math.ceil((reads / rates.reads + writes / rates.writes) * 10) / 10;
}

/** Whose acks share the writes. */
export interface Reporting {
  /** How many components the environment has. */
  components: number;
  /** How many instances the component has that reports. */
  instances: number;
  /** Writes a second that Parameter Store allows. */
  writes: number;
}

/**
 * Over how many seconds an instance spreads an ack that is new. Each component has an equal part of what all acks may
 * use, and its instances share that: so all instances of all components stay within it, and nobody need know how many
 * the others have.
 */
export function ackSpreadSeconds({ components, instances, writes }: Reporting): number {
  return (components * Math.max(1, instances)) / (writes * ACKING);
}

/** What a delivery knows of those it waits for. */
export interface StageSize {
  components: number;
  /** How many instances the component has that has most. */
  instances: number;
  /** All instances. */
  total: number;
  pollSeconds: number;
  rates: Rates;
}

/** How many chunks the index of so many components has. */
export function indexChunks(components: number): number {
  return Math.ceil((components * INDEX_BYTES) / CHUNK_BYTES);
}

/** By how many reads an instance fetches what is new: the index, or of a large one directory and page; and its part of up to ten chunks. */
export function fetchCalls(components: number): number {
  const index = indexChunks(components) > LIMITS.namesPerGet ? 2 : 1;
  return index + 1;
}

/** How many seconds pass until all instances have what is new: a poll, which is up to a tenth late, and their fetches. */
export function fetchedSeconds({
  components,
  total,
  pollSeconds,
  rates,
}: Omit<StageSize, 'instances'>): number {
  return pollSeconds * 1.1 + (total * fetchCalls(components)) / (rates.reads * FETCHING);
}

/** How many seconds a stage is waited for: until the slowest has fetched it and had its turn to say so, and a fifth more. */
export function patienceSeconds(size: StageSize): number {
  const { rates } = size;
  const spread = ackSpreadSeconds({ ...size, writes: rates.writes });
  return Math.max(SHORTEST_PATIENCE, Math.ceil(1.2 * (fetchedSeconds(size) + spread)));
}

/** Milliseconds between two looks that make so many reads each. */
export function lookPauseMs(reads: number, rates: Rates = DEFAULT_RATES): number {
  return Math.max(SHORTEST_PAUSE, Math.ceil((1000 * reads) / ((rates.lists ?? rates.reads) * LOOKING)));
}
