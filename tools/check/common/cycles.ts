/** The shortest way from an id back to itself, by what each id names; undefined where there is none. */
export function cycleFrom(
  start: string,
  namedBy: (id: string) => readonly string[] | undefined,
): string[] | undefined {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of namedBy(way.at(-1)!) ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
