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
  const fix = spelled ?? offsetZone(text) ?? zoneOfCity(text);
  if (fix !== undefined) return { reason, fix };
  const abbreviated = ABBREVIATIONS.find(([names]) => names.split(' ').includes(text.toUpperCase()));
  if (abbreviated) return { reason: 'is an abbreviation, which several zones share', remedy: abbreviated[1] };
  return { reason, known: names, remedy: 'use the name of a large city near by, such as Europe/Berlin' };
}

/** Abbreviations, each with what to write for it: the places that use it, and the offset alone. */
const ABBREVIATIONS: readonly (readonly [names: string, remedy: string])[] = [
  ['EST EDT ET EST5EDT', 'write America/New_York, or Etc/GMT+5 for UTC-5 all year'],
  ['CST CDT CT CST6CDT', 'write America/Chicago, or Asia/Shanghai, or Etc/GMT+6 for UTC-6 all year'],
  ['MST MDT MT MST7MDT', 'write America/Denver, or America/Phoenix, which has no summer time'],
  ['PST PDT PT PST8PDT', 'write America/Los_Angeles, or Etc/GMT+8 for UTC-8 all year'],
  ['CET CEST MEZ MESZ MET', 'write Europe/Berlin or another city, or Etc/GMT-1 for UTC+1 all year'],
  ['EET EEST', 'write Europe/Helsinki or another city, or Etc/GMT-2 for UTC+2 all year'],
  ['WET WEST', 'write Europe/Lisbon or another city'],
  ['BST', 'write Europe/London'],
  ['IST', 'write Asia/Kolkata, Europe/Dublin or Asia/Jerusalem'],
  ['JST', 'write Asia/Tokyo'],
  ['AEST AEDT', 'write Australia/Sydney, or Australia/Brisbane, which has no summer time'],
];

/** `UTC+1`, `GMT-5` and `+02:00` say whole hours: the tz database names them, with the sign turned round. */
function offsetZone(text: string): string | undefined {
  if (/^(GMT|Z|Zulu|UCT|(UTC|GMT)?[+-]?0{1,2}(:?00)?)$/i.test(text)) return 'UTC';
  const [, sign, hours] = /^(?:UTC|GMT)?\s*([+-])0?(\d{1,2})(?::?00)?$/i.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const zone = `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`;
  return FORM.test(zone) && isKnown(zone) ? zone : undefined;
}

/** The one zone that is called after a city: `Berlin`, `New York`, `America/New York`. */
function zoneOfCity(text: string): string | undefined {
  const name = text.trim().replace(/\s+/g, '_');
  const found = names().filter((one) => same(one, name) || same(one.slice(one.lastIndexOf('/') + 1), name));
  return found.length === 1 ? found[0] : undefined;
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

let listed: ReadonlySet<string> | undefined;

function isListed(name: string): boolean {
  listed ??= new Set(names());
  return listed.has(name);
}
