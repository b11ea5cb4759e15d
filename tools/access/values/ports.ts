import type { Intervals } from '../../contract/shapes.ts';
import { intervalsOf, intervalSetOf, type IntervalSet } from './intervals.ts';

/**
 * The ports that a file names, as a set.
 * @param ports numbers and inclusive ranges such as "9000-9010"; a range that runs backwards names no port
 */
export function portSetOf(ports: readonly (number | string)[]): IntervalSet {
  return intervalSetOf(ports.map(portRange).map(([first, last]) => [first, last + 1]));
}

/** The first and last port of `8080` or `"9000-9010"`. */
export function portRange(port: number | string): [first: number, last: number] {
  if (typeof port === 'number') return [port, port];
  const [first, last] = port.split('-').map(Number) as [number, number];
  return [first, last];
}

/** A set of ports as inclusive intervals, the form that parts and enforcement files have. */
export function portIntervals(set: IntervalSet): Intervals {
  return intervalsOf(set).map(([begin, end]) => [begin, end - 1]);
}

/** Inclusive intervals as a set of ports. */
export function portSetOfIntervals(intervals: Intervals): IntervalSet {
  return intervalSetOf(intervals.map(([first, last]) => [first, last + 1]));
}
