/** A stretch of a line that has an owner; the end is excluded. */
export interface OwnedStretch<T> {
  begin: number;
  end: number;
  /** Stretches of one owner do not overlap each other. */
  owner: string;
  of: T;
}

/**
 * Stretches of different owners that overlap, in one pass over all of them: each that overlaps one which begins
 * before it is told once, against one of those.
 * @returns pairs in the order given: the later one, and one before it that it overlaps
 */
export function overlaps<T>(stretches: readonly OwnedStretch<T>[]): [later: T, earlier: T][] {
  const order = new Map(stretches.map((stretch, index) => [stretch, index]));
  const sorted = [...stretches].sort((a, b) => a.begin - b.begin || order.get(a)! - order.get(b)!);
  const found: [OwnedStretch<T>, OwnedStretch<T>][] = [];
  // The two that reach furthest, of different owners: one of them overlaps the next, if any does.
  let [furthest, second]: (OwnedStretch<T> | undefined)[] = [];
  for (const next of sorted) {
    const other = furthest?.owner === next.owner ? second : furthest;
    if (other && next.begin < other.end) {
      found.push(order.get(next)! > order.get(other)! ? [next, other] : [other, next]);
    }
    if (!furthest || next.owner === furthest.owner)
      furthest = !furthest || next.end > furthest.end ? next : furthest;
    else if (next.end > furthest.end) [furthest, second] = [next, furthest];
    else if (!second || next.end > second.end) second = next;
  }
  return found
    .sort((a, b) => order.get(a[0])! - order.get(b[0])!)
    .map(([later, earlier]) => [later.of, earlier.of]);
}
