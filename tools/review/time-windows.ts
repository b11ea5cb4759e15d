import { parseInstant, type Instant } from '../access/values/time-zone.ts';
import { HORIZON } from '../access/difference.ts';
import type { Repository } from '../load/repository.ts';

/** A time, its end excluded, in milliseconds. */
export interface TimeWindow {
  at: Instant;
  to: Instant;
}

/**
 * The times that have to be looked at so that no change of access is overlooked, however late it comes: from the
 * present instant to the horizon, and as long again after every start and expiry beyond it. In between, nothing
 * happens that has not been seen.
 */
export function timeWindows(repositories: readonly Repository[], at: Instant): TimeWindow[] {
  const found: TimeWindow[] = [{ at, to: at + HORIZON }];
  for (const edge of edges(repositories)) {
    const last = found.at(-1)!;
    if (edge + HORIZON <= last.to) continue;
    if (edge <= last.to) last.to = edge + HORIZON;
    else found.push({ at: edge, to: edge + HORIZON });
  }
  return found;
}

/** Every instant at which a policy starts or expires, ascending. */
function edges(repositories: readonly Repository[]): Instant[] {
  const policies = repositories.flatMap(({ policies }) => [...policies.values()]);
  const texts = policies.flatMap(({ value: { when } }) => [when?.start, when?.expires]);
  const instants = new Set(texts.filter((text) => text !== undefined).map(parseInstant));
  return [...instants].sort((a, b) => a - b);
}
