import type { Conditions, TimeCondition } from '../../contract/shapes.ts';
import { prefixTexts } from '../values/address.ts';
import { Calendar, durationOf, type Duration, type TimeLine } from '../solver/calendar.ts';
import { timeAxis, type AccessRule } from '../solver/axes.ts';
import { DAY, instantText, type Instant } from '../values/time-zone.ts';
import type { Box } from '../solver/boxes.ts';
import { conditionsText, hoursText } from './condition-text.ts';
import { clip } from '../values/hours.ts';
import { includes, intervalsOf, same, subtract, union, type IntervalSet } from '../values/intervals.ts';

/**
 * The conditions of a box, without its ports; an empty text is always.
 * @param shown how many intervals of time to write out; the rest are counted
 */
export function conditionsOf(
  box: Box,
  rules: readonly AccessRule[],
  calendar: Calendar,
  shown: number,
): Conditions {
  const time = timeCondition(box.time, rules, calendar, shown);
  const { v4, v6, unknown } = box.sources;
  const anywhere = unknown && prefixTexts({ v4, v6 }).join() === '0.0.0.0/0,::/0';
  const device = box.device.flatMap(({ attribute, values, unknown }) => {
    if (unknown && values === attribute.mask) return [];
    const named = attribute.values.filter((_, index) => values & (1 << (attribute.shift + index)));
    return [[attribute.name, unknown ? [...named, 'unknown'] : named] as const];
  });
  const found = {
    ...(time && { time }),
    ...(!anywhere && { sources: [...prefixTexts({ v4, v6 }), ...(unknown ? ['unknown'] : [])] }),
    ...(device.length > 0 && { device: Object.fromEntries(device) }),
  };
  return { text: conditionsText(found), ...found };
}

/** Intervals over a longer time are not counted: 40 years. */
const COUNTED = 40 * 366 * DAY;

/** A set of instants in words and intervals; undefined for all of the time looked at. */
function timeCondition(
  time: IntervalSet,
  rules: readonly AccessRule[],
  calendar: Calendar,
  shown: number,
): TimeCondition | undefined {
  const line = calendar.line(rules.map(({ condition }) => condition));
  if (same(time, line.set)) return undefined;
  const duration = durationOf(time, line);
  const { until, known } = duration;
  const all = duration.all ?? everyInstant(time, rules, calendar, duration);
  const endless = until === undefined && calendar.to === Infinity;
  const intervals = intervalsOf(all ?? time)
    .filter(([, end]) => all !== undefined || end < known)
    .slice(0, shown)
    .map(([begin, end]): [string, string] | [string] =>
      end === Infinity ? [instantText(begin)] : [instantText(begin), instantText(end)],
    );
  const text = timeText(time, rules, calendar, line, { ...duration, ...(all && { all }) });
  return { text, intervals, ...(all && !endless && { count: all.length / 2 }) };
}

/** A set of which only some instants were looked at, as a whole; undefined where it does not end, or very late. */
function everyInstant(
  time: IntervalSet,
  rules: readonly AccessRule[],
  calendar: Calendar,
  { from, until = Infinity }: Duration,
): IntervalSet | undefined {
  if (until - from > COUNTED) return undefined;
  const ofTime = timeAxis(rules, calendar).filter(({ set }) => includes(time, set[0]!));
  const masks = new Set(ofTime.map(({ mask }) => mask));
  return timeAxis(rules, new Calendar(from, until))
    .filter(({ mask }) => masks.has(mask))
    .reduce<IntervalSet>((whole, { set }) => union(whole, set), []);
}

/** More intervals than this are counted, not said. */
const INTERVALS_SAID = 3;

/** Says a set of instants by the windows that the rules name, where that is exactly what it is. */
function timeText(
  time: IntervalSet,
  rules: readonly AccessRule[],
  calendar: Calendar,
  line: TimeLine,
  duration: Duration,
): string {
  const windows = rules.flatMap(({ condition }) =>
    condition.window && condition.when.hours ? [condition] : [],
  );
  const candidates = [
    { set: line.set, text: '' },
    ...windows.map((condition) => ({
      set: calendar.instants({ ...condition, start: -Infinity, expires: Infinity }, false, line),
      text: hoursText(condition.when.hours!),
    })),
  ];
  const outside = candidates.slice(1).map(({ set, text }) => ({
    set: subtract(line.set, set),
    text: `outside ${text}`,
  }));
  for (const { set, text } of [...candidates, ...outside]) {
    const { first, last } = duration;
    if (same(clip(set, first.begin, last.end), time))
      return [text, bounds(first.begin, last.end, calendar)].filter(Boolean).join(' ');
  }
  return intervalsText(duration, calendar);
}

/** `from 2035-03-01 until 2036-01-01`, without what is not so. */
function bounds(from: Instant, to: Instant, calendar: Calendar): string {
  const begins = from <= calendar.from ? '' : `from ${dateText(from)}`;
  const ends = to >= calendar.to ? '' : `until ${dateText(to)}`;
  return [begins, ends].filter(Boolean).join(' ');
}

/** Says a set of instants that is no window of a rule: a few intervals one by one, or how many and how long. */
function intervalsText({ from, until, all }: Duration, calendar: Calendar): string {
  const intervals = all && intervalsOf(all);
  if (intervals && intervals.length <= INTERVALS_SAID)
    return intervals.map(([begin, end]) => bounds(begin, end, calendar)).join(' and ');
  const first = instantText(from);
  if (until === undefined && calendar.to === Infinity) return `again and again from ${first}`;
  const last = instantText(until ?? all!.at(-1)!);
  return `${intervals ? `${intervals.length} times` : 'again and again'} between ${first} and ${last}`;
}

/** An instant as people write it: the date alone at midnight UTC. */
export function dateText(instant: Instant): string {
  return instantText(instant).replace('T00:00:00Z', '');
}
