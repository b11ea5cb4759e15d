import type { Condition } from '../values/condition.ts';
import { between, clip, windowInstants } from '../values/hours.ts';
import { intervalsOf, intervalSetOf, same, union, type IntervalSet } from '../values/intervals.ts';
import { rareTimes } from './clock-changes.ts';
import { DAY, type Instant, type TimeZone } from '../values/time-zone.ts';

/**
 * Where no policy starts or expires only weeks and summer times repeat: a year and a month show all that one zone
 * does, whichever the days on which its clocks change in that year. What several do together: `clock-changes.ts`.
 */
export const REPEATS = 400 * DAY;

/** A time, its end excluded, within which no condition starts or expires; Infinity is without end. */
interface Stretch {
  begin: Instant;
  end: Instant;
}

/** The instants to look at, so that no answer is overlooked. */
export interface TimeLine {
  /** All instants of short stretches; of long ones the first and last that show all that repeats in them. */
  set: IntervalSet;
  stretches: readonly Stretch[];
  /** The same for the same line. */
  key: string;
}

/** Works out when conditions hold from an instant on, once for all conditions that say the same. */
export class Calendar {
  readonly #lines = new Map<string, TimeLine>();
  readonly #windows = new Map<string, IntervalSet>();

  /** @param to excluded; without end when omitted */
  readonly from: Instant;
  readonly to: Instant;

  constructor(from: Instant, to: Instant = Infinity) {
    this.from = from;
    this.to = to;
  }

  /** The instants to look at where these conditions are all there are: a few years, however far their dates are. */
  line(conditions: readonly Pick<Condition, 'start' | 'expires' | 'window'>[]): TimeLine {
    const dates = conditions.flatMap(({ start, expires }) => [start, expires]);
    const inside = dates.filter((date) => date > this.from && date < this.to);
    const sorted = inside.length > 1 ? [...new Set(inside)].sort((a, b) => a - b) : inside;
    const zones = this.to < Infinity ? [] : zonesOf(conditions);
    const key = [...sorted, ...zones.map(({ name }) => name)].join();
    let line = this.#lines.get(key);
    if (!line) this.#lines.set(key, (line = this.#lineAt(sorted, zones, key)));
    return line;
  }

  #lineAt(dates: readonly Instant[], zones: readonly TimeZone[], key: string): TimeLine {
    const edges = [this.from, ...dates, this.to];
    const stretches = edges.slice(1).map((end, index) => ({ begin: edges[index]!, end }));
    // A time that was asked for is looked at as a whole.
    const set =
      this.to < Infinity
        ? between(this.from, this.to)
        : intervalSetOf(stretches.flatMap((stretch) => samples(stretch, zones)));
    return { set, stretches, key: this.to < Infinity ? '' : key };
  }

  /**
   * The instants of a line at which the condition's time holds; an unreadable window counts as `unknown` says.
   * @param line its dates are among those of the line
   */
  instants(condition: Condition, unknown: boolean, line: TimeLine = this.line([condition])): IntervalSet {
    const { start, expires, window } = condition;
    if (window === 'unreadable' && !unknown) return [];
    const set = window === undefined || window === 'unreadable' ? line.set : this.#open(condition, line);
    return start <= this.from && expires >= this.to ? set : clip(set, start, expires);
  }

  /** Whether there are such instants; most conditions say so without their being worked out. */
  comes(condition: Condition): boolean {
    const { start, expires, window, when } = condition;
    if (window === undefined) return Math.max(start, this.from) < Math.min(expires, this.to);
    const endless = expires === Infinity && this.to === Infinity && when.hours!.from !== when.hours!.to;
    // A week without end comes round, whatever hour the clocks skip once.
    return (endless && window !== 'unreadable') || this.instants(condition, false).length > 0;
  }

  #open({ window, when }: Condition, line: TimeLine): IntervalSet {
    const { timezone, days, from, to } = when.hours!;
    const key = `${timezone} ${days?.join() ?? ''} ${from} ${to} ${line.key}`;
    let instants = this.#windows.get(key);
    if (!instants) {
      const pieces = intervalsOf(line.set);
      instants = pieces.flatMap(([begin, end]) => windowInstants(window as never, begin, end));
      this.#windows.set(key, instants);
    }
    return instants;
  }
}

/** The parts of a stretch that stand for all of it: where it begins and ends, and what repeats in between. */
function samples({ begin, end }: Stretch, zones: readonly TimeZone[]): [Instant, Instant][] {
  if (end - begin <= 2 * REPEATS) return [[begin, end]];
  const first: [Instant, Instant] = [begin, begin + REPEATS];
  const last: [Instant, Instant][] = end === Infinity ? [] : [[end - REPEATS, end]];
  const changing = zones.filter((zone) => zone.segments(...first).length > 1);
  return [first, ...(changing.length > 1 ? rareTimes(changing, begin, end) : []), ...last];
}

/** The zones of several windows, by name; of one zone alone a year shows all. */
function zonesOf(conditions: readonly Pick<Condition, 'window'>[]): TimeZone[] {
  const zones = new Map<string, TimeZone>();
  for (const { window } of conditions)
    if (typeof window === 'object') zones.set(window.zone.name, window.zone);
  return zones.size < 2 ? [] : [...zones.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a set of instants of a line stands for. */
export interface Duration {
  from: Instant;
  /** Excluded; absent where it does not end, in the time looked at. */
  until?: Instant;
  /** All of it, an end of Infinity being none; absent where it recurs in a stretch that is not looked at as a whole. */
  all?: IntervalSet;
  /** All of it up to here is known. */
  known: Instant;
  /** The stretches in which it begins and ends. */
  first: Stretch;
  last: Stretch;
}

/** How long a set of instants lasts. @param time not empty, and of the line */
export function durationOf(time: IntervalSet, { set, stretches }: TimeLine): Duration {
  const among = stretches.filter(({ begin, end }) => clip(time, begin, end).length > 0);
  const [first, last] = [among[0]!, among.at(-1)!];
  let all = time;
  let known = Infinity;
  for (const stretch of among) {
    const here = clip(set, stretch.begin, stretch.end);
    if (same(here, between(stretch.begin, stretch.end))) continue;
    if (same(clip(time, stretch.begin, stretch.end), here)) all = union(all, [stretch.begin, stretch.end]);
    else known = Math.min(known, stretch.begin + REPEATS);
  }
  return {
    from: time[0]!,
    ...(last !== stretches.at(-1) && { until: time.at(-1)! }),
    ...(known === Infinity && { all }),
    ...{ known, first, last },
  };
}
