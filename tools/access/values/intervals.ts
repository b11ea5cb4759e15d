/**
 * A set of points on a line, as ascending boundaries: begin, end, begin, end ...; begins are included, ends
 * excluded, and neither touch. Instants and ports are numbers, IPv6 addresses bigints.
 */
export type IntervalSet<T extends number | bigint = number> = readonly T[];

/** One way of combining two sets, point by point. */
type Rule = (inFirst: boolean, inSecond: boolean) => boolean;

/** Walks both sets' boundaries once. */
function combine<T extends number | bigint>(a: IntervalSet<T>, b: IntervalSet<T>, rule: Rule): T[] {
  const result: T[] = [];
  let i = 0;
  let j = 0;
  let inside = false;
  while (i < a.length || j < b.length) {
    const at = j >= b.length || (i < a.length && a[i]! < b[j]!) ? a[i]! : b[j]!;
    if (i < a.length && a[i] === at) i++;
    if (j < b.length && b[j] === at) j++;
    // An odd number of boundaries passed means inside.
    const now = rule(i % 2 === 1, j % 2 === 1);
    if (now !== inside) result.push(at);
    inside = now;
  }
  return result;
}

/** Points in either set. */
export function union<T extends number | bigint>(a: IntervalSet<T>, b: IntervalSet<T>): IntervalSet<T> {
  return a.length === 0 ? b : b.length === 0 ? a : combine(a, b, (inA, inB) => inA || inB);
}

/** Points in both sets. */
export function intersect<T extends number | bigint>(a: IntervalSet<T>, b: IntervalSet<T>): IntervalSet<T> {
  return a.length === 0 ? a : b.length === 0 ? b : combine(a, b, (inA, inB) => inA && inB);
}

/** Points in the first set and not in the second. */
export function subtract<T extends number | bigint>(a: IntervalSet<T>, b: IntervalSet<T>): IntervalSet<T> {
  return a.length === 0 || b.length === 0 ? a : combine(a, b, (inA, inB) => inA && !inB);
}

/** Whether two sets hold the same points. */
export function same<T extends number | bigint>(a: IntervalSet<T>, b: IntervalSet<T>): boolean {
  return a.length === b.length && a.every((boundary, index) => boundary === b[index]);
}

/** Whether a point is in the set. */
export function includes<T extends number | bigint>(set: IntervalSet<T>, point: T): boolean {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (set[middle]! <= point) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/** The set of all points in any of the intervals given in any order. */
export function intervalSetOf<T extends number | bigint>(
  intervals: readonly (readonly [begin: T, end: T])[],
): IntervalSet<T> {
  const sorted = intervals
    .filter(([begin, end]) => begin < end)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const result: T[] = [];
  for (const [begin, end] of sorted) {
    const last = result.length - 1;
    if (last < 0 || begin > result[last]!) result.push(begin, end);
    else if (end > result[last]!) result[last] = end;
  }
  return result;
}

/** The intervals one by one. */
export function intervalsOf<T extends number | bigint>(set: IntervalSet<T>): [begin: T, end: T][] {
  return Array.from({ length: set.length / 2 }, (_, index) => [set[2 * index]!, set[2 * index + 1]!]);
}
