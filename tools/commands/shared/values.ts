import { DAY, type Instant } from '../../access/values/time-zone.ts';
import { Refusal } from './command.ts';

/** An instant that was asked for, in milliseconds; the present one where none was. */
export function instantOption(text: unknown, now: Date): number {
  if (text === undefined || text === 'now') return now.getTime();
  const at = Date.parse(String(text));
  if (Number.isNaN(at))
    throw new Refusal(`${String(text)} is not an instant`, 'write it as 2026-06-01T15:00:00Z');
  return at;
}

/** A positive number that was asked for; the fallback where none was. */
export function numberOption(text: unknown, fallback: number, flag: string): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new Refusal(`${flag} ${String(text)} is not a positive number`, `try ${flag} ${fallback}`);
  return value;
}

/** Where a time of so many days from an instant on ends; undefined where no number was asked for: it has no end. */
export function horizonOption(days: unknown, at: Instant): Instant | undefined {
  return days === undefined ? undefined : at + numberOption(days, 400, '--days') * DAY;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time that was asked for, such as `4h`, in milliseconds. */
export function durationOption(text: unknown): number {
  const match = /^([1-9][0-9]{0,4})([mhd])$/.exec(String(text));
  if (!match) throw new Refusal(`${String(text)} is no time`, 'write it as 90m, 4h or 3d');
  return Number(match[1]) * UNITS[match[2]!]!;
}
