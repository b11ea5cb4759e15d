/** Why a text is no value of its kind. */
export interface Unreadable {
  /** What follows the value's name in a sentence: `has the wrong form`. */
  reason: string;
  /** The text that was meant, where that is plain. */
  fix?: string;
  /** What to do, where no text can be offered. */
  remedy?: string;
  /** Names of which the nearest may have been meant. */
  known?: () => Iterable<string>;
}

/** What a text says as one kind of value, or why it says nothing: every reader of that kind goes by this. */
export type Reading<T> = { value: T } | Unreadable;

/** The reason for a text of which nothing better can be said. */
export const WRONG_FORM: Unreadable = { reason: 'has the wrong form' };

/** Whether a text could be read. */
export function isRead<T>(reading: Reading<T>): reading is { value: T } {
  return 'value' in reading;
}

/**
 * The value of a text that was checked when it came in.
 * @throws RangeError where it was not: a value that nobody can read must never become an answer
 */
export function checked<T>(text: string, reading: Reading<T>): T {
  if (isRead(reading)) return reading.value;
  throw new RangeError(`${JSON.stringify(text)} ${reading.reason}`);
}
