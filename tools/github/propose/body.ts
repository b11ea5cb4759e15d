import type { EnvironmentDifference } from '../../contract/shapes.ts';
import { prose, say } from '../../contract/sentence.ts';
import { differenceLines } from '../../output/difference.ts';
import { markdown } from '../../output/media/markdown.ts';
import { fitted, plain, written } from '../comment/cut.ts';

/** What the body of a pull request of ours says; texts may hold what people wrote. */
export interface Body {
  /** Sentences, a paragraph each. */
  says: readonly string[];
  lists?: readonly { title: string; items: readonly string[] }[];
  difference: readonly EnvironmentDifference[];
}

/** The body of a pull request, within GitHub's limit, in which nothing that people wrote has a meaning. */
export function bodyOf({ says, lists = [], difference }: Body): string {
  const listed = lists.filter(({ items }) => items.length > 0);
  const sections = [
    plain(says.flatMap((text) => [[prose(text)], []])),
    ...listed.map(({ title, items }) =>
      plain([say`**${prose(title)}**`, [], ...items.map((text) => say`- ${prose(text)}`), []]),
    ),
    plain(differenceLines(difference)),
  ];
  return fitted(written(sections), markdown(say`The comment below has the rest`)).trimEnd();
}
