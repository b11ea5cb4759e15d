import {
  ACKING,
  ackSpreadSeconds,
  callsFor,
  fetchedSeconds,
  indexChunks,
  lookPauseMs,
  pagesFor,
  patienceSeconds,
  POLLING,
  WORKING,
} from '../contract/log/budget.ts';
import { isPaged, pageCount } from '../contract/log/directory.ts';
import { LONGEST_RENEWAL } from '../contract/log/liveness.ts';
import { DEFAULT_RATES, LIMITS, type Rates } from '../contract/limits.ts';

/** What one account and region carries, with all instances of all its environments together; one instance a component. */
export interface Capacity {
  /** As many instances as polls, renewals and parameters allow. */
  instances: number;
  /** What is used up first. */
  bound: 'polls' | 'renewals' | 'parameters';
  /** Seconds until all of them have a new entry: one poll, and what they fetch. */
  spreadSeconds: number;
  /** Seconds until all of them have reported it. */
  reportSeconds: number;
  /** Seconds that a stage is waited for, where nothing else is said. */
  patienceSeconds: number;
  /** Seconds between two looks of a delivery at all of them. */
  lookSeconds: number;
}

/** What an environment keeps in the store. */
export interface StoreNeeds {
  components: number;
  instances: number;
  /** What stays when it is collected. */
  kept: KeptEntries;
}

/** How many entries, and what of them, stay in the store. */
export interface KeptEntries {
  /** Those with their parts. */
  whole: number;
  /** Those whose own names stay, the others among them. */
  logged: number;
  /** Records of deliveries. */
  records: number;
}

/**
 * How many parameters an environment of small parts needs: a head, an ack of each instance, a part of each component, entries
 * and records, and for each entry that is kept whole its index, and two parts that no other has; of a large index its pages,
 * and for each entry directory, list, and two pages that no other has.
 */
export function parametersOf({ components, instances, kept }: StoreNeeds): number {
  const chunks = indexChunks(components);
  const pages = isPaged({ chunks }) ? pageCount(components) : 0;
  const paging = pages > 0 ? 1 + indexChunks(pages) + 2 : 0;
  const own = 1 + instances + components + pages + kept.logged + kept.records;
  return own + kept.whole * (chunks + 2 + paging);
}

/** As many components with one instance each as there is room for. */
function componentsIn(parameters: number, kept: KeptEntries): number {
  let [least, most] = [0, parameters];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (parametersOf({ components: middle, instances: middle, kept }) <= parameters) least = middle;
    else most = middle - 1;
  }
  return least;
}

/**
 * How many instances an account carries at a poll interval.
 * @param pollSeconds as environment.yaml has it @param kept what stays in the store
 */
export function capacity(pollSeconds: number, kept: KeptEntries, rates: Rates = DEFAULT_RATES): Capacity {
  const most = {
    polls: Math.floor(rates.reads * POLLING * pollSeconds),
    renewals: Math.floor(rates.writes * ACKING * LONGEST_RENEWAL),
    parameters: componentsIn(LIMITS.parametersPerAccount, kept),
  };
  const instances = Math.min(...Object.values(most));
  const bound = (['polls', 'renewals', 'parameters'] as const).find((one) => most[one] === instances)!;
  const size = { components: instances, instances: 1, total: instances, pollSeconds, rates };
  const fetched = fetchedSeconds(size);
  const spread = ackSpreadSeconds({ ...size, writes: rates.writes });
  return {
    instances,
    bound,
    spreadSeconds: Math.ceil(fetched),
    reportSeconds: Math.ceil(fetched + spread),
    patienceSeconds: patienceSeconds(size),
    lookSeconds: Math.ceil(lookPauseMs(pagesFor(instances) + 2, rates) / 1000),
  };
}

/**
 * Seconds that a part of so many chunks takes to be written, beside all that polls and reports: each chunk is written, all are
 * read back, ten a call; then the log name and the head.
 */
export function publishSeconds(chunks: number, rates: Rates = DEFAULT_RATES): number {
  return Math.ceil((chunks + 2) / (rates.writes * (1 - ACKING)) + callsFor(chunks) / (rates.reads * WORKING));
}

/** What an environment costs each second, whatever happens in it: calls of polls, of renewals, and of reading who else renews. */
export function steadyCalls({
  instances,
  pollSeconds,
  renewSeconds,
}: {
  instances: number;
  pollSeconds: number;
  renewSeconds: number;
}): { reads: number; writes: number } {
  const writes = instances / renewSeconds;
  return { reads: instances / pollSeconds + writes, writes };
}
