import { Fault } from '../../contract/fault.ts';
import { readInstant } from '../../contract/values/instant.ts';
import { isRead, WRONG_FORM, type Reading } from '../../contract/values/reading.ts';

/** An instant that was asked for, in milliseconds; the present one where none was. */
export function instantOption(text: string | undefined, now: Date): number {
  if (text === undefined || text === 'now') return now.getTime();
  return readOption(String(text), readInstant(String(text)), INSTANT);
}

const INSTANT = { what: 'an instant', example: 'write it as 2026-06-01T15:00:00Z' };

/** The value of an option, by the reader of its kind. @param words what it is, and what to write where nothing better is known */
export function readOption<T>(
  text: string,
  reading: Reading<T>,
  words: { what: string; example: string },
): T {
  if (isRead(reading)) return reading.value;
  const reason = reading.reason === WRONG_FORM.reason ? `is not ${words.what}` : reading.reason;
  const remedy = reading.fix === undefined ? (reading.remedy ?? words.example) : `write ${reading.fix}`;
  throw new Fault(`${text} ${reason}`, remedy);
}

/** A positive number that was asked for; the fallback where none was. */
export function numberOption(text: string | undefined, fallback: number, flag: string): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new Fault(`${flag} ${text} is not a positive number`, `try ${flag} ${fallback}`);
  return value;
}
