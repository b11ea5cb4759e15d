import type { PublicKey } from '../../../tools/contract/log/dsse.ts';
import { identityOf, verifyEntry } from '../../../tools/contract/log/entry.ts';
import { Fault } from '../../../tools/contract/fault.ts';
import type {
  Convergence,
  Environment,
  EnvironmentHistory,
  InstanceTraffic,
} from '../../../tools/contract/shapes.ts';
import { isRepository } from '../../../tools/git/git.ts';
import { convergence, type LogObservation } from '../../../tools/report/convergence.ts';
import { history } from '../../../tools/report/history.ts';
import { rowsOf } from '../../../tools/report/log-history.ts';
import { observe } from '../../../tools/report/observe.ts';
import { StoreFault } from '../../../tools/store/fault.ts';
import { listLog } from '../../../tools/store/log.ts';
import type { ParameterStore } from '../../../tools/store/store.ts';
import { asked, trafficOf, type FiguresOf } from './traffic.ts';

/** What is known of one environment's store: as it was read last, whatever happened since. */
export interface StoreReading {
  /** When it was read, in milliseconds; undefined where it never was. */
  asOf?: number;
  /** Why, and since when, it cannot be read. */
  away?: { since: number; reason: string };
  observed?: LogObservation;
  convergence?: Convergence;
  history?: EnvironmentHistory;
  traffic: readonly InstanceTraffic[];
  /** The state with the figures of which the traffic was worked out. */
  reported?: Convergence;
  /** By sequence: milliseconds from its issue until it was seen to be in force everywhere. */
  enforcedAfter: ReadonlyMap<number, number>;
}

/** Nothing was read yet. */
export const UNREAD: StoreReading = { traffic: [], enforcedAfter: new Map() };

/** From where a store is read. */
export interface StoreAsked {
  environment: Environment;
  store: ParameterStore;
  trusted: readonly PublicKey[];
  /** The clone in which authors are looked up. */
  root: string;
  /** Asks components, where they are on this machine; elsewhere their acks say it. */
  figuresOf?: FiguresOf | undefined;
}

/** Reads the store once more. The log is listed only where its newest entry is another than before. */
export async function readStore(from: StoreAsked, before: StoreReading, now: number): Promise<StoreReading> {
  const observed = await observe(from.store, from.environment, from.trusted, now);
  const same =
    before.history !== undefined &&
    before.observed?.newest?.digest === observed.newest?.digest &&
    before.observed?.invalid.length === observed.invalid.length;
  const rows = same ? before.history! : await historyOf(from);
  const state = convergence(observed, now);
  const { convergence: seen, reported } = from.figuresOf
    ? await asked(state, from.figuresOf, now)
    : { convergence: state, reported: state };
  return {
    asOf: now,
    observed,
    convergence: seen,
    history: rows,
    reported,
    traffic: trafficOf(reported, before.reported, before.traffic),
    enforcedAfter: enforcedAfter(state, before, now),
  };
}

/** What is known when the store could not be read: all that was known, and why. @throws what is no expected failure */
export function unread(before: StoreReading, error: unknown, now: number): StoreReading {
  if (!(error instanceof Fault || error instanceof StoreFault)) throw error;
  return { ...before, away: { since: before.away?.since ?? now, reason: error.message } };
}

async function historyOf(asked: StoreAsked): Promise<EnvironmentHistory> {
  const { store, environment, trusted, root } = asked;
  if (await isRepository(root)) return rowsOf(store, environment, trusted, root);
  const identity = identityOf(environment);
  const texts = await listLog(store, identity);
  return history(
    identity,
    [...texts].map(([sequence, text]) => verifyEntry(text, sequence, identity, trusted)),
  );
}

/** Adds the newest entry where it was seen to come and is now in force everywhere; who starts later cannot know. */
function enforcedAfter({ newest, converged }: Convergence, before: StoreReading, now: number) {
  const { convergence: was, enforcedAfter: known } = before;
  if (!newest || !converged || known.has(newest.sequence)) return known;
  const seen = was && (was.newest?.sequence !== newest.sequence || !was.converged);
  if (!seen) return known;
  return new Map(known).set(newest.sequence, Math.max(0, now - Date.parse(newest.issuedAt)));
}
