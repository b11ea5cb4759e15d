import { DEFAULT_RATES, LIMITS, type Rates } from '../contract/limits.ts';

/** What one account and region carries, with all instances of all its environments together. */
export interface Capacity {
  /** Instances whose polls use half of the reads, so that the other half is left to fetch what is new. */
  instances: number;
  /** Seconds until all of them have a new entry: one poll, then what they fetch at the rate that is left. */
  spreadSeconds: number;
  /** Seconds until all of them have reported it, within a third of the writes. */
  reportSeconds: number;
}

/** Calls by which an instance fetches an entry's index and its part of a few chunks (follow/content.ts). */
const FETCHES = 2;

/** The share of the reads that polls may use. */
const POLLING = 1 / 2;

/** The share of the writes that acks may use (follow/follower.ts). */
const ACKING = 1 / 3;

/** How many instances an account carries at a poll interval. @param pollSeconds as environment.yaml has it */
export function capacity(pollSeconds: number, rates: Rates = DEFAULT_RATES): Capacity {
  const instances = Math.floor(rates.reads * POLLING * pollSeconds);
  const left = rates.reads * (1 - POLLING);
  return {
    instances,
    spreadSeconds: Math.ceil(pollSeconds + (instances * FETCHES) / left),
    reportSeconds: Math.ceil(instances / (rates.writes * ACKING)),
  };
}

/** Seconds that a part of so many compressed bytes takes to be written at these rates. */
export function publishSeconds(chunks: number, rates: Rates = DEFAULT_RATES): number {
  // Each chunk is written; all are read back, ten a call; then the log name and the head.
  return Math.ceil((chunks + 2) / rates.writes + Math.ceil(chunks / LIMITS.namesPerGet) / rates.reads);
}
