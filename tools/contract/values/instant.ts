import { checked, isRead, WRONG_FORM, type Reading, type Unreadable } from './reading.ts';

/** Instants are milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** The last instant that four digits of a year can say. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const FORM = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?Z$/;

/**
 * Reads `2027-12-31T00:00:00Z` or `2027-12-31T00:00:00.5Z`, in the years 1970 to 9999. Leap seconds and 24:00 are
 * refused: the clocks of no component have them.
 */
export function readInstant(text: string): Reading<Instant> {
  const parts = FORM.exec(text)?.slice(1);
  if (!parts) return withoutZone(text) ?? withFix(text, WRONG_FORM);
  const [year, month, day, hour, minute, second] = parts.map(Number) as number[];
  const date = readDay(year!, month!, day!);
  if (!isRead(date)) return date;
  if (second === 60 && minute! <= 59 && hour! <= 23)
    return withFix(text, { reason: 'is in a leap second, which no clock here has' });
  if (hour === 24 && minute === 0 && second === 0)
    return withFix(text, { reason: 'is at 24:00, which is 00:00 of the next day' });
  if (hour! > 23 || minute! > 59 || second! > 59) return { reason: 'names a time that is not on the clock' };
  const time = ((hour! * 60 + minute!) * 60 + second!) * 1000;
  return { value: date.value + time + Number((parts[6] ?? '').padEnd(3, '0')) };
}

/** An instant that was checked when it came in. @throws RangeError for what is not an instant */
export function parseInstant(text: string): Instant {
  return checked(text, readInstant(text));
}

/** Milliseconds -> `2027-12-31T00:00:00Z`, without a fraction where there is none; never beyond the year 9999. */
export function instantText(instant: Instant): string {
  return new Date(Math.min(instant, LAST)).toISOString().replace('.000Z', 'Z');
}

/** Reads a civil date such as `2026-12-31`, in the years 1970 to 9999. @returns midnight UTC of that day */
export function readDate(text: string): Reading<Instant> {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.slice(1).map(Number);
  if (parts) return readDay(parts[0]!, parts[1]!, parts[2]!);
  const day = /^\s*(\d{4}-\d{2}-\d{2})(T.*|\s*)$/.exec(text)?.[1];
  return { ...WRONG_FORM, ...(day !== undefined && isRead(readDate(day)) && { fix: day }) };
}

function readDay(year: number, month: number, day: number): Reading<Instant> {
  if (year < 1970) return { reason: 'is before 1970', remedy: 'write a later year, or leave it out' };
  const at = Date.UTC(year, month - 1, day);
  // A day beyond the month's last is silently one of a later month.
  if (new Date(at).getUTCMonth() !== month - 1) return { reason: 'names a day that does not exist' };
  return { value: at };
}

/** A day and a time of which only the zone is missing: instants are in UTC. */
function withoutZone(text: string): Unreadable | undefined {
  const fix = inUtc(`${text.trim()}Z`);
  return fix === undefined ? undefined : { reason: 'names no time zone, and is in UTC', fix };
}

const ZONED = /^(\d{4}-\d{2}-\d{2})[t ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.(\d+))?(z|[-+]\d{2}:?\d{2})$/i;

/** What was meant by a date alone, another zone, small letters, a leap second, or more digits than count. */
function withFix(text: string, wrong: Unreadable): Unreadable {
  const fix = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : inUtc(text);
  return fix !== undefined && fix !== text && isRead(readInstant(fix)) ? { ...wrong, fix } : wrong;
}

function inUtc(text: string): string | undefined {
  const parts = ZONED.exec(text);
  if (!parts) return undefined;
  const [, day, hour, minute, second = '00', fraction = '', zone] = parts;
  const date = readDate(day!);
  if (!isRead(date) || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const [, sign, hours, minutes] = /^([-+])(\d{2}):?(\d{2})$/.exec(zone!) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const ahead = hours === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  const seconds = (Number(hour) * 60 + Number(minute) - ahead) * 60 + Number(second);
  const at = date.value + seconds * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return at < 0 || at > LAST ? undefined : instantText(at);
}
