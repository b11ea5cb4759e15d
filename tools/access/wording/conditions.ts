import type { Conditions, TimeCondition } from '../../contract/shapes.ts';
import { prefixTexts } from '../values/address.ts';
import { Calendar, durationOf, type Duration } from '../solver/calendar.ts';
import { timeAxis, type AccessRule } from '../solver/axes.ts';
import { DAY, instantText } from '../values/time-zone.ts';
import type { Box } from '../solver/boxes.ts';
import { conditionsText } from './condition-text.ts';
import { boundsText, weeksText } from './time-text.ts';
import { intervalsOf, same, union, type IntervalSet } from '../values/intervals.ts';

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
  const time = timeCondition(box, rules, calendar, shown);
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
  box: Box,
  rules: readonly AccessRule[],
  calendar: Calendar,
  shown: number,
): TimeCondition | undefined {
  const { time } = box;
  const line = calendar.line(rules.map(({ condition }) => condition));
  if (same(time, line.set)) return undefined;
  const duration = durationOf(time, line);
  const { until, known } = duration;
  const all = duration.all ?? everyInstant(box, rules, duration);
  const endless = until === undefined && calendar.to === Infinity;
  const intervals = intervalsOf(all ?? time)
    .filter(([, end]) => all !== undefined || end < known)
    .slice(0, shown)
    .map(([begin, end]): [string, string] | [string] =>
      end === Infinity ? [instantText(begin)] : [instantText(begin), instantText(end)],
    );
  const text =
    weeksText(box, rules, calendar) ?? intervalsText({ ...duration, ...(all && { all }) }, calendar);
  return { text, intervals, ...(all && !endless && { count: all.length / 2 }) };
}

/** A set of which only some instants were looked at, as a whole; undefined where it does not end, or very late. */
function everyInstant(
  { timeMasks }: Box,
  rules: readonly AccessRule[],
  { from, until = Infinity }: Duration,
): IntervalSet | undefined {
  if (until - from > COUNTED) return undefined;
  const masks = new Set(timeMasks);
  return timeAxis(rules, new Calendar(from, until))
    .filter(({ mask }) => masks.has(mask))
    .reduce<IntervalSet>((whole, { set }) => union(whole, set), []);
}

/** More intervals than this are counted, not said. */
const INTERVALS_SAID = 3;

/** Says a set of instants that is no window of a rule: a few intervals one by one, or how many and how long. */
function intervalsText({ from, until, all }: Duration, calendar: Calendar): string {
  const intervals = all && intervalsOf(all);
  if (intervals && intervals.length <= INTERVALS_SAID)
    return intervals.map(([begin, end]) => boundsText(begin, end, calendar)).join(' and ');
  const first = instantText(from);
  if (until === undefined && calendar.to === Infinity) return `again and again from ${first}`;
  const last = instantText(until ?? all!.at(-1)!);
  return `${intervals ? `${intervals.length} times` : 'again and again'} between ${first} and ${last}`;
}
