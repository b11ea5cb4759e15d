import { intervalSetOf, subtract, union, type IntervalSet } from '../values/intervals.ts';
import { DAY, type Instant, type TimeZone } from '../values/time-zone.ts';

const WEEK = 7 * DAY;

/**
 * Within so many years every calendar comes (14 of them: the weekday of January 1, in a leap year or not; in 28 years
 * each does), and Ramadan, during which some zones set their clocks back, in every season (33 years).
 */
const AHEAD = 34 * 366 * DAY;

/** A time in which no zone changes its clocks. */
interface Still {
  begin: Instant;
  end: Instant;
  /** How far ahead of UTC each zone is, as one text. */
  offsets: string;
}

/**
 * What several zones do together, and not in every year: one may change its clocks some days before another does in
 * some years, and on the same day in others. Wherever the zones' offsets are the same at the same time of the week,
 * every window is open or closed alike, so the first and last such times stand for all.
 */
export function rareTimes(zones: readonly TimeZone[], begin: Instant, end: Instant): [Instant, Instant][] {
  const forward = stillTimes(zones, begin, Math.min(end, begin + AHEAD));
  const first = unseen(forward, ({ begin: from, end: to }) => [from, Math.min(to, from + WEEK)]);
  if (end === Infinity) return first;
  const backward = stillTimes(zones, Math.max(begin, end - AHEAD), end).reverse();
  return [...first, ...unseen(backward, ({ begin: from, end: to }) => [Math.max(from, to - WEEK), to])];
}

/** The weeks of those times that have, for their offsets, a time of the week that none before had. */
function unseen(times: readonly Still[], weekOf: (still: Still) => [Instant, Instant]): [Instant, Instant][] {
  const seen = new Map<string, IntervalSet>();
  return times.flatMap((still) => {
    const known = seen.get(still.offsets) ?? [];
    const here = timesOfWeek(still);
    if (subtract(here, known).length === 0) return [];
    seen.set(still.offsets, union(known, here));
    return [weekOf(still)];
  });
}

function timesOfWeek({ begin, end }: Still): IntervalSet {
  if (end - begin >= WEEK) return [0, WEEK];
  const from = begin % WEEK;
  const to = from + end - begin;
  return intervalSetOf([
    [from, Math.min(to, WEEK)],
    [0, Math.max(0, to - WEEK)],
  ]);
}

function stillTimes(zones: readonly TimeZone[], begin: Instant, end: Instant): Still[] {
  const segments = zones.map((zone) => zone.segments(begin, end));
  const begins = new Set(segments.flatMap((all) => all.map((one) => one.begin)));
  const edges = [...begins].sort((a, b) => a - b);
  const places = segments.map(() => 0);
  return edges.map((edge, index) => {
    const offsets = segments.map((all, zone) => {
      while (all[places[zone]! + 1] && all[places[zone]! + 1]!.begin <= edge) places[zone]!++;
      return all[places[zone]!]!.offset;
    });
    return { begin: edge, end: edges[index + 1] ?? end, offsets: offsets.join() };
  });
}
