/** A remedy that names the nearest known name, or says where to look where none is near. */
export function didYouMean(name: string, known: Iterable<string>, otherwise: string): string {
  const near = nearest(name, known);
  return near === undefined ? otherwise : `did you mean \`${near}\`?`;
}

/** The known name with the fewest edits from a name, where that is few; undefined otherwise. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: { name: string; edits: number } | undefined;
  // Of four letters, two edits leave nothing of the name.
  const most = name.length < 5 ? 1 : Math.max(2, name.length / 3);
  for (const one of known) {
    // The difference in length is the least number of edits: most names need no table.
    if (Math.abs(name.length - one.length) > most) continue;
    const edits = distance(name, one);
    if (edits <= most && (!best || edits < best.edits)) best = { name: one, edits };
  }
  return best?.name;
}

/** The one known name that a slip of one key makes of a name, where no other is near; undefined otherwise. */
export function slipOf(name: string, known: Iterable<string>): string | undefined {
  const all = [...known];
  const best = nearest(name, all);
  if (
    best === undefined ||
    nearest(
      name,
      all.filter((one) => one !== best),
    ) !== undefined
  )
    return undefined;
  const swapped = [...name].some(
    (_, at) => name.slice(0, at) + (name[at + 1] ?? '') + name[at] + name.slice(at + 2) === best,
  );
  return swapped || distance(name, best) === 1 ? best : undefined;
}

/** Insertions, deletions and replacements between two texts (Levenshtein), row by row. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1]));
    }
    row = next;
  }
  return row[b.length]!;
}
