import moment from 'moment-timezone';

/** Wall-clock time in a zone: the day of the week (0 is Monday) and the minute of the day. */
export interface PeerClock {
  day: number;
  minute: number;
}

/** Reads a clock by moment-timezone's own tables: a source of local time that shares nothing with the runtime's. */
export function wallClock(at: number, timezone: string): PeerClock {
  const local = moment.tz(at, timezone);
  return { day: local.isoWeekday() - 1, minute: local.hour() * 60 + local.minute() };
}
