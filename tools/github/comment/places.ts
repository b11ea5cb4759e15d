import type { PageOf } from '../../output/media/markdown.ts';
import type { Links, PullRequestOutcome } from '../../review/outcome.ts';

/** The page of a line on GitHub, at the commit of its side; undefined where the repository has no page. */
export function pagesOf(
  { repository }: Links,
  { base, head }: Pick<PullRequestOutcome, 'base' | 'head'>,
): PageOf {
  if (repository === undefined) return () => undefined;
  return ({ file, line, side }) => {
    const path = file.split('/').map(segment).join('/');
    return `${repository}/blob/${side === 'after' ? head : base}/${path}#L${line}`;
  };
}

/** A part of a path that cannot end a link. */
function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[()'!*]/g,
    (one) => `%${one.charCodeAt(0).toString(16)}`,
  );
}
