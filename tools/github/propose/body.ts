import type { EnvironmentDifference } from '../../contract/shapes.ts';
import { sentences } from '../comment/access.ts';
import { fitted, type Section } from '../comment/cut.ts';
import { inert } from '../comment/inert.ts';

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
  const lines = sentences(difference, { base: '', head: '' }, {});
  return fitted(
    [
      section(says.flatMap((text) => [inert(text), ''])),
      ...listed.map(({ title, items }) => section([`**${inert(title)}**`, '', ...items.map(item), ''])),
      section(lines),
    ],
    'The comment below has the rest.',
  ).trimEnd();
}

const section = (lines: readonly string[]): Section => ({ begin: [], lines, end: [] });
const item = (text: string): string => `- ${inert(text)}`;
