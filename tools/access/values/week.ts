import { DAY, MINUTE, type Instant, type TimeZone } from './time-zone.ts';
import type { Window } from './hours.ts';
import { intersect, intervalSetOf, intervalsOf, type IntervalSet } from './intervals.ts';

/** Milliseconds. */
export const WEEK = 7 * DAY;

/** All times of a week: milliseconds of wall-clock time since its Monday began. */
export const WHOLE_WEEK: IntervalSet = [0, WEEK];

/** 1970-01-01 was a Thursday. */
const FIRST_DAY = 3 * DAY;

/** The times of a week at which a window is open. Whether it is open depends on nothing else, in any year. */
export function weekOf({ days, from, to }: Window): IntervalSet {
  const open = [0, 1, 2, 3, 4, 5, 6].filter((day) => (days >> day) & 1);
  return inOneWeek(open.map((day) => [day * DAY + from, day * DAY + to]));
}

/** Times of at most two weeks, those of the second as times of the first. */
function inOneWeek(times: readonly (readonly [begin: number, end: number])[]): IntervalSet {
  return intervalSetOf(
    times.flatMap(([begin, end]): [number, number][] => [
      [begin, Math.min(end, WEEK)],
      [Math.max(begin, WEEK) - WEEK, end - WEEK],
    ]),
  );
}

/** Which of some instants are, on a zone's clocks, at these times of the week. */
export function instantsAt(week: IntervalSet, zone: TimeZone, among: IntervalSet): IntervalSet {
  const found = stillPieces(zone, among).flatMap(({ begin, end, offset }) => {
    const times: [number, number][] = [];
    for (let monday = mondayOf(begin + offset); monday < end + offset; monday += WEEK)
      for (const [from, to] of intervalsOf(week)) times.push([monday + from - offset, monday + to - offset]);
    return intervalsOf(intersect(intervalSetOf(times), [begin, end]));
  });
  return intervalSetOf(found);
}

/** The times of the week, on a zone's clocks, at which some instants are. */
export function timesAt(instants: IntervalSet, zone: TimeZone): IntervalSet {
  const times = stillPieces(zone, instants).map(({ begin, end, offset }): [number, number] => {
    const from = begin + offset - mondayOf(begin + offset);
    return [from, from + Math.min(end - begin, WEEK)];
  });
  return inOneWeek(times);
}

function mondayOf(local: number): number {
  return Math.floor((local + FIRST_DAY) / WEEK) * WEEK - FIRST_DAY;
}

/** Instants, cut where the zone changes its clocks. */
function stillPieces(
  zone: TimeZone,
  instants: IntervalSet,
): { begin: Instant; end: Instant; offset: number }[] {
  return intervalsOf(instants).flatMap(([from, to]) => {
    const segments = zone.segments(from, to);
    return segments.map(({ begin, offset }, index) => ({
      begin,
      end: segments[index + 1]?.begin ?? to,
      offset,
    }));
  });
}

/** A window of some days of the week, as people write it; `to` not after `from` is on the next day. */
export interface DayWindow {
  /** Monday is 0. */
  days: number[];
  /** Minutes after midnight. */
  from: number;
  /** Excluded; 1440 is midnight. */
  to: number;
}

/** Times of the week as windows, each on all days that have it; undefined where one is of no whole minute. */
export function dayWindowsOf(week: IntervalSet): DayWindow[] | undefined {
  if (week.some((time) => time % MINUTE !== 0)) return undefined;
  const windows = new Map<string, DayWindow>();
  for (const [day, from, to] of cyclic(week).flatMap(([begin, end]) => piecesOf(begin, end))) {
    const known = windows.get(`${from}-${to}`);
    if (known) known.days.push(day);
    else windows.set(`${from}-${to}`, { days: [day], from: from / MINUTE, to: to / MINUTE });
  }
  const sorted = [...windows.values()].map((one) => ({ ...one, days: one.days.sort((a, b) => a - b) }));
  return sorted.sort((a, b) => a.days[0]! - b.days[0]! || a.from - b.from);
}

/** The intervals of a week that goes round: what ends with Sunday and goes on on Monday is one. */
function cyclic(week: IntervalSet): [number, number][] {
  const all = intervalsOf(week);
  if (all.length < 2 || week[0] !== 0 || week.at(-1) !== WEEK) return all;
  return [...all.slice(1, -1), [all.at(-1)![0], WEEK + all[0]![1]]];
}

/** The days of an interval: less than a day is one piece, also over midnight; more is cut at each midnight. */
function piecesOf(begin: number, end: number): [day: number, from: number, to: number][] {
  const day = Math.floor(begin / DAY);
  const midnight = (day + 1) * DAY;
  const from = begin - day * DAY;
  if (end <= midnight) return [[day % 7, from, end - day * DAY]];
  if (end - begin < DAY) return [[day % 7, from, end - midnight]];
  return [[day % 7, from, DAY], ...piecesOf(midnight, end)];
}
