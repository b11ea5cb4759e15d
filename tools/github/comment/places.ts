import { code } from './inert.ts';
import type { Links } from '../../review/outcome.ts';

/** Where a line stands, as a link to it at a commit where there is a page. */
export function placeLink(links: Links, commit: string, file: string, line: number): string {
  const text = code(`${file}:${line}`);
  if (links.repository === undefined) return text;
  const path = file.split('/').map(segment).join('/');
  return `[${text}](${links.repository}/blob/${commit}/${path}#L${line})`;
}

/** A part of a path that cannot end a link. */
function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[()'!*]/g,
    (one) => `%${one.charCodeAt(0).toString(16)}`,
  );
}
