import { Fault } from '../../../tools/contract/fault.ts';

/** Which part of a list is wanted. */
export interface PageAsked {
  /** What the page before it said as `next`; the first page when omitted. */
  cursor?: string | undefined;
  /** At most so many. */
  limit: number;
  /** Only those whose name or text contains this, whatever the case. */
  search?: string | undefined;
}

/** A part of a list. */
export interface Page<T> {
  items: T[];
  /** How many there are on all pages. */
  total: number;
  next?: string;
}

/** Things on a page where nothing else is said. */
export const PAGE = 100;
/** Things on a page at most. */
export const MOST = 500;

/**
 * The part of a sorted list after a cursor, which is the name of the last thing before: things that come and go
 * between two pages are neither skipped nor repeated.
 * @param nameOf what a thing is called: unique, and the list is in its order
 * @param textOf what is searched
 */
export function pageOf<T>(
  all: Iterable<T>,
  { cursor, limit, search }: PageAsked,
  nameOf: (item: T) => string,
  textOf: (item: T) => string = nameOf,
): Page<T> {
  const wanted = search?.trim().toLowerCase() ?? '';
  const found =
    wanted === '' ? [...all] : [...all].filter((one) => textOf(one).toLowerCase().includes(wanted));
  const after = cursor === undefined ? undefined : nameIn(cursor);
  const from = after === undefined ? 0 : firstAfter(found, after, nameOf);
  const items = found.slice(from, from + limit);
  const more = from + limit < found.length;
  const last = items.at(-1);
  return { items, total: found.length, ...(more && last !== undefined && { next: cursorOf(nameOf(last)) }) };
}

function firstAfter<T>(items: readonly T[], after: string, nameOf: (item: T) => string): number {
  const index = items.findIndex((one) => nameOf(one) > after);
  return index < 0 ? items.length : index;
}

const cursorOf = (name: string): string => Buffer.from(name).toString('base64url');

function nameIn(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString();
  if (name !== '' && cursorOf(name) === cursor) return name;
  throw new Fault(
    'the cursor is none of ours',
    'leave it out: the first page says where the next one begins',
  );
}
