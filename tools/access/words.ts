import type { Hours } from '../contract/shapes.ts';

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** `weekdays 08:00-19:00 America/New_York` */
export function hoursText({ timezone, days, from, to }: Hours): string {
  return [daysText(days ?? WEEK), `${from}-${to}`, timezone].filter(Boolean).join(' ');
}

function daysText(days: readonly string[]): string {
  const sorted = WEEK.filter((day) => days.includes(day));
  if (sorted.length === 7) return 'daily';
  if (sorted.join() === 'mon,tue,wed,thu,fri') return 'weekdays';
  if (sorted.join() === 'sat,sun') return 'weekends';
  return sorted.map((day) => day[0]!.toUpperCase() + day.slice(1)).join(', ');
}
