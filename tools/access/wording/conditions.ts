import type { Conditions, TimeCondition } from '../../contract/shapes.ts';
import { prefixTexts } from '../values/address.ts';
import type { Calendar, AccessRule } from '../solver/axes.ts';
import { instantText, type Instant } from '../values/time-zone.ts';
import type { Box } from '../solver/boxes.ts';
import { conditionsText, hoursText } from './condition-text.ts';
import { clip, between } from '../values/hours.ts';
import { same, subtract, type IntervalSet } from '../values/intervals.ts';

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

/** A set of instants in words and intervals; undefined for all of the time looked at. */
function timeCondition(
  time: IntervalSet,
  rules: readonly AccessRule[],
  calendar: Calendar,
  shown: number,
): TimeCondition | undefined {
  if (same(time, between(calendar.from, calendar.to))) return undefined;
  const intervals = Array.from({ length: Math.min(time.length / 2, shown) }, (_, index): [string, string] => [
    instantText(time[2 * index]!),
    instantText(time[2 * index + 1]!),
  ]);
  return { text: timeText(time, rules, calendar), intervals, count: time.length / 2 };
}

/** Says a set of instants by the windows that the rules name, where that is exactly what it is. */
function timeText(time: IntervalSet, rules: readonly AccessRule[], calendar: Calendar): string {
  const all = between(calendar.from, calendar.to);
  const windows = rules.flatMap(({ condition }) =>
    condition.window && condition.when.hours ? [condition] : [],
  );
  const candidates = [
    { set: all, text: '' },
    ...windows.map((condition) => ({
      set: calendar.instants({ ...condition, start: -Infinity, expires: Infinity }, false),
      text: hoursText(condition.when.hours!),
    })),
  ];
  for (const { set, text } of candidates) {
    const inside = bounded(time, set, text, calendar);
    if (inside !== undefined) return inside;
  }
  for (const { set, text } of candidates.slice(1)) {
    const outside = bounded(time, subtract(all, set), `outside ${text}`, calendar);
    if (outside !== undefined) return outside;
  }
  const last = instantText(time.at(-1)!);
  return `${time.length / 2} times between ${instantText(time[0]!)} and ${last}`;
}

/** The text where the time is the set, or the set from one instant or until another. */
function bounded(time: IntervalSet, set: IntervalSet, text: string, calendar: Calendar): string | undefined {
  const [from, to] = [time[0]!, time.at(-1)!];
  if (!same(clip(set, from, to), time)) return undefined;
  const begins = from === calendar.from || from === set[0] ? '' : `from ${dateText(from)}`;
  const ends = to === calendar.to || to === set.at(-1) ? '' : `until ${dateText(to)}`;
  return [text, begins, ends].filter(Boolean).join(' ');
}

/** An instant as people write it: the date alone at midnight UTC. */
export function dateText(instant: Instant): string {
  return instantText(instant).replace('T00:00:00Z', '');
}
