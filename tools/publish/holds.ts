import type { BundleIndex, Hold } from '../contract/shapes.ts';

/** What the holds of the newest entry mean for new content. */
export interface HoldVerdict {
  /** Those that stay in force. */
  kept: Hold[];
  /** Those whose change has been reverted: the new content is what they restored. */
  released: Hold[];
  /** Those that the new content must not be published against, and why. */
  against: { hold: Hold; problem: string }[];
}

/**
 * Judges new content against holds. A hold that names a part is against exactly that part. Any other is against
 * the change from `kept` to `undone`, told by content: where these two differ, a component may get what was kept,
 * and the hold ends when all do. Anything else might contain the change, so it is refused.
 * @param holds those of the newest entry
 * @param contents the index of each entry that a hold names; absent where it is gone
 * @param next the new index
 */
export function judgeHolds(
  holds: readonly Hold[],
  contents: ReadonlyMap<number, BundleIndex>,
  next: BundleIndex,
): HoldVerdict {
  const verdict: HoldVerdict = { kept: [], released: [], against: [] };
  for (const hold of holds) {
    if (!hold.part && isReverted(hold, contents, next)) {
      verdict.released.push(hold);
      continue;
    }
    const problem = problemWith(hold, contents, next);
    if (problem) verdict.against.push({ hold, problem });
    else verdict.kept.push(hold);
  }
  return verdict;
}

function isReverted(hold: Hold, contents: ReadonlyMap<number, BundleIndex>, next: BundleIndex): boolean {
  const kept = contents.get(hold.kept);
  if (!kept || !contents.has(hold.undone)) return false;
  return changedBy(hold, contents).every((component) => same(next, kept, component));
}

function problemWith(
  hold: Hold,
  contents: ReadonlyMap<number, BundleIndex>,
  next: BundleIndex,
): string | undefined {
  const components = Object.keys(next.components);
  if (hold.part) {
    const holder = components.find((component) => next.components[component]!.part === hold.part);
    return holder && `it gives ${holder} the part that was refused in entry ${hold.undone}`;
  }
  const [undone, kept] = [contents.get(hold.undone), contents.get(hold.kept)];
  if (!undone || !kept) return `entries ${hold.kept} and ${hold.undone} cannot be read to compare with`;
  const back = changedBy(hold, contents).find((component) => same(next, undone, component));
  if (back) return `it gives ${back} again what entry ${hold.undone} brought`;
  const unclear = changedBy(hold, contents).find((component) => !same(next, kept, component));
  return unclear && `it changes ${unclear}, and may contain what entry ${hold.undone} brought`;
}

/** The components that the held change was about. */
function changedBy({ undone, kept }: Hold, contents: ReadonlyMap<number, BundleIndex>): string[] {
  const [after, before] = [contents.get(undone), contents.get(kept)];
  if (!after || !before) return [];
  const all = new Set([...Object.keys(after.components), ...Object.keys(before.components)]);
  return [...all].sort().filter((component) => !same(after, before, component));
}

function same(a: BundleIndex, b: BundleIndex, component: string): boolean {
  return a.components[component]?.content === b.components[component]?.content;
}
