import type { Finding } from './finding.ts';
import { compatible, withFixes } from './fix.ts';

/** Texts by path, changed so that nothing is left that can be put right in one way only. */
export interface Repair {
  /** What was put right, in order; places are those of the text as it was then. */
  fixed: Finding[];
  /** The texts that changed, by path. */
  changed: Map<string, string>;
  /** What is left. */
  left: readonly Finding[];
}

/** One fault hides another, as broken YAML hides what does not fit; no file hides so many. */
const ROUNDS = 10;

/**
 * Makes the edits of all findings that carry some, and again of what is found then.
 * @param find everything that is wrong with the texts of which these have changed
 * @param texts the text of each file as it is
 */
export async function repair(
  find: (changed: ReadonlyMap<string, string>) => Promise<readonly Finding[]>,
  texts: (file: string) => string | undefined,
): Promise<Repair> {
  const changed = new Map<string, string>();
  const fixed: Finding[] = [];
  let left = await find(changed);
  for (let round = 0; round < ROUNDS; round++) {
    const made = [...new Set(left.map(({ file }) => file))].flatMap((file) => {
      const text = changed.get(file) ?? texts(file);
      const chosen = text === undefined ? [] : compatible(left, file);
      const better =
        text === undefined
          ? ''
          : withFixes(
              text,
              chosen.flatMap(({ fix = [] }) => fix),
            );
      if (chosen.length === 0 || better === text) return [];
      changed.set(file, better);
      return chosen;
    });
    if (made.length === 0) break;
    fixed.push(...made);
    left = await find(changed);
  }
  return { fixed, changed, left };
}
