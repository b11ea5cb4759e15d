import type { Hours } from '../../contract/shapes.ts';
import { DAY, MINUTE, zone, type Instant, type TimeZone } from './time-zone.ts';
import { intersect, intervalSetOf, type IntervalSet } from './intervals.ts';

const DAYS: readonly NonNullable<Hours['days']>[number][] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** 1970-01-01 was a Thursday. */
const FIRST_DAY = 3;

/** A weekly window of wall-clock time in one zone. */
export interface Window {
  zone: TimeZone;
  /** Bit n: the n-th day of the week, Monday being 0. */
  days: number;
  /** Milliseconds after midnight, included. */
  from: number;
  /** Milliseconds after midnight, excluded; beyond a day for an overnight window. */
  to: number;
}

/** The window that a policy states. @returns undefined where its zone is unknown or its ends are equal */
export function windowOf(hours: Hours): Window | undefined {
  const known = zone(hours.timezone);
  const from = timeOfDay(hours.from);
  const to = timeOfDay(hours.to);
  if (!known || from === to) return undefined;
  const days = (hours.days ?? DAYS).reduce((mask: number, day) => mask | (1 << DAYS.indexOf(day)), 0);
  return { zone: known, days, from, to: to < from ? to + DAY : to };
}

/** `08:30` -> milliseconds after midnight. */
export function timeOfDay(text: string): number {
  const [hours, minutes] = text.split(':').map(Number);
  return (hours! * 60 + minutes!) * MINUTE;
}

/** Whether an instant's wall-clock time is in the window. */
export function inWindow(window: Window, at: Instant): boolean {
  const local = at + window.zone.offset(at);
  const day = Math.floor(local / DAY);
  const time = local - day * DAY;
  if (onDay(window, day) && time >= window.from && time < window.to) return true;
  return onDay(window, day - 1) && time + DAY >= window.from && time + DAY < window.to;
}

function onDay({ days }: Window, day: number): boolean {
  return ((days >> ((((day + FIRST_DAY) % 7) + 7) % 7)) & 1) === 1;
}

/** All instants of a time that are in the window. */
export function windowInstants(window: Window, from: Instant, to: Instant): IntervalSet {
  const segments = window.zone.segments(from, to);
  return intervalSetOf(
    segments.flatMap(({ begin, offset }, index) => {
      const end = segments[index + 1]?.begin ?? to;
      return inSegment(window, begin, end, offset);
    }),
  );
}

/** Within a segment wall-clock time runs evenly, so that the window recurs every week. */
function inSegment(window: Window, begin: Instant, end: Instant, offset: number): [Instant, Instant][] {
  const windows: [Instant, Instant][] = [];
  const lastDay = Math.floor((end + offset) / DAY);
  for (let day = Math.floor((begin + offset) / DAY) - 1; day <= lastDay; day++) {
    if (!onDay(window, day)) continue;
    const midnight = day * DAY - offset;
    const opens = Math.max(begin, midnight + window.from);
    const closes = Math.min(end, midnight + window.to);
    if (opens < closes) windows.push([opens, closes]);
  }
  return windows;
}

/** All instants from `from` up to `to`. */
export function between(from: Instant, to: Instant): IntervalSet {
  return from < to ? [from, to] : [];
}

/** The instants of a set that lie between two. */
export function clip(set: IntervalSet, from: Instant, to: Instant): IntervalSet {
  return intersect(set, between(from, to));
}
