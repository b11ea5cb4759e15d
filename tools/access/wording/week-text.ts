import { subtract, type IntervalSet } from '../values/intervals.ts';
import { dayWindowsOf, WHOLE_WEEK, type DayWindow } from '../values/week.ts';
import { daysText, WEEK_DAYS } from './condition-text.ts';

/** More windows than this are not said. */
const WINDOWS_SAID = 6;

/** Times in words, and of how many windows they are. */
export interface WeekText {
  text: string;
  parts: number;
}

/**
 * Times of the week on a zone's clocks: `weekdays 19:00-20:00 and Sat 08:00-20:00 America/New_York`, or `outside ...`
 * where that is shorter. Undefined where it would be long either way.
 */
export function zoneText(week: IntervalSet, zone: string): WeekText | undefined {
  const [inside, outside] = [week, subtract(WHOLE_WEEK, week)].map((one) => windowsText(one));
  if (inside && (!outside || inside.parts <= outside.parts))
    return { ...inside, text: `${inside.text} ${zone}` };
  return outside && { ...outside, text: `outside ${outside.text} ${zone}` };
}

/**
 * Times of the week on the clocks of several zones at once: `weekdays 08:00-19:00 Europe/Berlin outside weekdays
 * 08:00-19:00 America/New_York`.
 */
export function besideText(weeks: readonly { week: IntervalSet; zone: string }[]): string | undefined {
  const limiting = weeks.filter(({ week }) => subtract(WHOLE_WEEK, week).length > 0);
  const texts = limiting.map(({ week, zone }) => zoneText(week, zone)?.text);
  if (texts.some((text) => text === undefined)) return undefined;
  const isOutside = (text: string | undefined): text is string => text!.startsWith('outside ');
  const inside = texts.filter((text) => !isOutside(text)).join(' while ');
  return [inside, texts.filter(isOutside).join(' and ')].filter(Boolean).join(' ');
}

function windowsText(week: IntervalSet): WeekText | undefined {
  const windows = dayWindowsOf(week);
  if (!windows || windows.length === 0 || windows.length > WINDOWS_SAID) return undefined;
  return { text: windows.map(windowText).join(' and '), parts: windows.length };
}

function windowText({ days, from, to }: DayWindow): string {
  return `${daysText(days.map((day) => WEEK_DAYS[day]!))} ${clockText(from)}-${clockText(to)}`;
}

/** Minutes after midnight as `08:30`. */
function clockText(minutes: number): string {
  const digits = (value: number): string => String(value).padStart(2, '0');
  return `${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`;
}
