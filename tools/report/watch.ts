import { lookPauseMs, pagesFor } from '../contract/log/budget.ts';
import type { PublicKey } from '../contract/log/dsse.ts';
import type { Rates } from '../contract/limits.ts';
import type { Convergence, Environment } from '../contract/shapes.ts';
import { type AckMemory, rememberAcks } from '../store/acks.ts';
import { metered } from '../store/meter.ts';
import type { PartMemory } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';
import { convergence } from './convergence.ts';
import { observe } from './observe.ts';

/** Looks at one environment again and again, at a rate that leaves others theirs. */
export interface ConvergenceWatch {
  /** How far components have come. @param components those that matter; all when absent */
  look(store: ParameterStore, components?: readonly string[]): Promise<Convergence>;
  /** How many reads the last look took. */
  reads(): number;
  /** Milliseconds until the next look, by that. */
  pauseMs(): number;
  /** What the last look found. */
  seen(): Convergence | undefined;
}

/** What is watched, and how. */
export interface WatchOptions {
  environment: Pick<Environment, 'id' | 'account' | 'region' | 'epoch'>;
  trusted: readonly PublicKey[];
  /** The wall clock, in milliseconds, used where the store does not say what time it is. */
  now(): number;
  rates: Rates;
  /** What commands to type need to find this store. */
  flags?: string;
  /** What the command has read already, and what looks add to it. */
  memory?: { acks: AckMemory; parts: PartMemory };
}

/**
 * A watch on one environment: an index is read once, and where only a few components matter, only their acks are read,
 * and what was known of the others stays. Where no acks are known, the first look is at all.
 */
export function watchOf({
  environment,
  trusted,
  now,
  rates,
  flags,
  memory: { acks: memory, parts: known } = { acks: {}, parts: new Map() },
}: WatchOptions): ConvergenceWatch {
  let reads = 0;
  let seen: Convergence | undefined;
  return {
    async look(asked, components) {
      const pages = memory.listed && pagesFor(memory.listed.acks.length);
      const few = pages !== undefined && components && components.length < pages ? components : undefined;
      const store = metered(asked);
      const observed = await observe(store, environment, trusted, now(), { known, components: few });
      reads = store.calls.reads;
      const acks = rememberAcks(memory, observed.acks, now(), few);
      return (seen = convergence({ ...observed, acks }, now(), flags));
    },
    reads: () => reads,
    pauseMs: () => lookPauseMs(reads, rates),
    seen: () => seen,
  };
}
