/** One thing that a deployment needs and does not find. */
export interface Need {
  /** What, as `signing key` or `image policy-agent`. */
  what: string;
  /** Where it has to be: a file, a name in AWS, a setting of GitHub. */
  where: string;
  /** What is wrong. */
  problem: string;
  /** What to do about it. */
  remedy: string;
  /** Does it, and says what was done, or nothing where it could not be done and that was said; absent where only a person can. */
  fix?: () => Promise<string | undefined>;
}

/** One kind of thing that is looked at. */
export interface Checkup {
  /** What is looked at, for a person. */
  name: string;
  /** @throws Fault where it cannot be looked at */
  look(): Promise<Need[]>;
}

/** What is found, and what was done about it. */
export interface Examination {
  /** Sentences, in order. */
  done: string[];
  /** What is still needed. */
  needs: Need[];
}

/**
 * Looks at one thing after the other, as each needs those before it. What can be done is done, and is looked at again.
 * @param execute whether anything is done
 * @param tell told what is done as it is done
 */
export async function examine(
  checkups: readonly Checkup[],
  execute: boolean,
  tell: (sentence: string) => void,
): Promise<Examination> {
  const done: string[] = [];
  const needs: Need[] = [];
  for (const { look } of checkups) {
    let found = await look();
    const fixable = execute ? found.flatMap(({ fix }) => fix ?? []) : [];
    for (const fix of fixable) {
      const sentence = await fix();
      if (sentence === undefined) continue;
      tell(sentence);
      done.push(sentence);
    }
    if (fixable.length > 0) found = await look();
    needs.push(...found);
  }
  return { done, needs };
}
