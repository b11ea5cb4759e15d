import type { Reading } from './reading.ts';

/** `UTC`, or an area and a place; abbreviations such as PST are names to some readers and none to others. */
const FORM = /^(UTC|(?!SystemV)[A-Z][A-Za-z]*(\/[A-Z][A-Za-z0-9_+-]*){1,2})$/;

/** Whether the runtime's tz database has a name; worked out once for each. */
const known = new Map<string, boolean>();

function isKnown(name: string): boolean {
  let answer = known.get(name);
  if (answer === undefined) known.set(name, (answer = canFormat(name)));
  return answer;
}

function canFormat(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** The names that may have been meant: the runtime lists each zone once, without its other names. */
const names = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];

/**
 * Reads the name of a time zone of the tz database, as it is spelled there: `Europe/Berlin`, `UTC`. Other names of a
 * zone (`Asia/Kolkata`, `US/Eastern`) are names; offsets (`+02:00`) and abbreviations (`CET`) are not.
 */
export function readTimeZone(text: string): Reading<string> {
  const isForm = FORM.test(text) && isKnown(text);
  const spelled = isForm && isListed(text) ? text : names().find((one) => same(one, text));
  if (isForm && (spelled === undefined || spelled === text)) return { value: text };
  const reason = 'is no time zone';
  if (spelled !== undefined) return { reason, fix: spelled };
  return { reason, known: names, remedy: 'use the name of a large city near by' };
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

let listed: ReadonlySet<string> | undefined;

function isListed(name: string): boolean {
  listed ??= new Set(names());
  return listed.has(name);
}
