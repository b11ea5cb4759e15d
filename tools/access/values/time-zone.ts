import { isRead } from '../../contract/values/reading.ts';
import type { Instant } from '../../contract/values/instant.ts';
import { readTimeZone } from '../../contract/values/time-zone-name.ts';

export { instantText, parseInstant, type Instant } from '../../contract/values/instant.ts';

/** Milliseconds. */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** From an instant on, a zone's clocks are this far ahead of UTC, in milliseconds, until the next segment. */
export interface Segment {
  begin: Instant;
  offset: number;
}

/** Segments are worked out for stretches of this length, about 397 days, and kept. */
const STRETCH = 2 ** 35;

/** A time zone's offsets from UTC, from the tz database that the runtime carries. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;
  readonly #stretches = new Map<number, Segment[]>();
  #recent: { index: number; segments: Segment[] } | undefined;

  /** @throws RangeError for a name that the tz database does not have */
  constructor(readonly name: string) {
    const digits = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...digits,
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
    });
  }

  /** How far ahead of UTC the zone's clocks are at an instant, in milliseconds. */
  offset(at: Instant): number {
    const index = Math.floor(at / STRETCH);
    if (this.#recent?.index !== index) this.#recent = { index, segments: this.#stretch(index) };
    const { segments } = this.#recent;
    let last = segments.length - 1;
    while (last > 0 && segments[last]!.begin > at) last--;
    return segments[last]!.offset;
  }

  /** The segments that cover a time; the first begins at `from`. */
  segments(from: Instant, to: Instant): Segment[] {
    const result: Segment[] = [{ begin: from, offset: this.offset(from) }];
    for (let index = Math.floor(from / STRETCH); index * STRETCH < to; index++) {
      for (const { begin, offset } of this.#stretch(index)) {
        if (begin > from && begin < to && offset !== result.at(-1)!.offset) result.push({ begin, offset });
      }
    }
    return result;
  }

  #stretch(index: number): Segment[] {
    const known = this.#stretches.get(index);
    if (known) return known;
    const begin = index * STRETCH;
    const segments = [{ begin, offset: this.#measure(begin) }];
    // No zone has ever changed its offset twice within a day.
    for (let at = begin; at < begin + STRETCH; at += DAY)
      this.#look(at, Math.min(at + DAY, begin + STRETCH), segments);
    this.#stretches.set(index, segments);
    return segments;
  }

  /** Finds the change between two instants, if there is one, to the second. */
  #look(low: Instant, high: Instant, segments: Segment[]): void {
    const before = segments.at(-1)!.offset;
    const after = this.#measure(high);
    if (before === after) return;
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      const between = middle > low ? middle : low + 1000;
      if (between >= high) break;
      if (this.#measure(between) === before) low = between;
      else high = between;
    }
    segments.push({ begin: high, offset: after });
  }

  #measure(at: Instant): number {
    const parts: Record<string, string> = {};
    for (const { type, value } of this.#format.formatToParts(at)) parts[type] = value;
    const year = parts['era'] === 'BC' ? 1 - Number(parts['year']) : Number(parts['year']);
    const [month, day, hour, minute, second] = ['month', 'day', 'hour', 'minute', 'second'].map((type) =>
      Number(parts[type]),
    );
    const local = Date.UTC(2000, month! - 1, day, hour, minute, second);
    return new Date(local).setUTCFullYear(year, month! - 1, day) - Math.floor(at / 1000) * 1000;
  }
}

const zones = new Map<string, TimeZone | undefined>();

/** The zone of a name, made once. @returns undefined where the tz database has none */
export function zone(name: string): TimeZone | undefined {
  if (!zones.has(name)) zones.set(name, makeZone(name));
  return zones.get(name);
}

function makeZone(name: string): TimeZone | undefined {
  return isRead(readTimeZone(name)) ? new TimeZone(name) : undefined;
}
