import { DAY, type Instant } from '../../access/values/time-zone.ts';
import { Fault } from '../../contract/fault.ts';

/** An instant that was asked for, in milliseconds; the present one where none was. */
export function instantOption(text: string | undefined, now: Date): number {
  if (text === undefined || text === 'now') return now.getTime();
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Fault(`${text} is not an instant`, 'write it as 2026-06-01T15:00:00Z');
  return at;
}

/** A positive number that was asked for; the fallback where none was. */
export function numberOption(text: string | undefined, fallback: number, flag: string): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new Fault(`${flag} ${text} is not a positive number`, `try ${flag} ${fallback}`);
  return value;
}

/** Where a time of so many days from an instant on ends; undefined where no number was asked for: it has no end. */
export function horizonOption(days: string | undefined, at: Instant): Instant | undefined {
  return days === undefined ? undefined : at + numberOption(days, 400, '--days') * DAY;
}
