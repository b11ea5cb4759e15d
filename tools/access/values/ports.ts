import type { Intervals } from '../../contract/shapes.ts';
import { portRange } from '../../contract/values/port.ts';
import { intervalsOf, intervalSetOf, type IntervalSet } from './intervals.ts';

export { portRange } from '../../contract/values/port.ts';

/**
 * The ports that a file names, as a set.
 * @param ports numbers and inclusive ranges such as "9000-9010"
 */
export function portSetOf(ports: readonly (number | string)[]): IntervalSet {
  return intervalSetOf(ports.map(portRange).map(([first, last]) => [first, last + 1]));
}

/** A set of ports as inclusive intervals, the form that parts and enforcement files have. */
export function portIntervals(set: IntervalSet): Intervals {
  return intervalsOf(set).map(([begin, end]) => [begin, end - 1]);
}

/** Inclusive intervals as a set of ports. */
export function portSetOfIntervals(intervals: Intervals): IntervalSet {
  return intervalSetOf(intervals.map(([first, last]) => [first, last + 1]));
}
