import type { Conditions, Hours, When } from '../../contract/shapes.ts';
import { EVERYWHERE, prefixTexts, sourcesOf } from '../values/address.ts';
import { ATTRIBUTES } from '../values/device.ts';
import { subtract } from '../values/intervals.ts';

/** The days of a week as policies write them, Monday being 0. */
export const WEEK_DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** More prefixes than this are counted, not listed. */
const PREFIXES_SHOWN = 4;

/** `weekdays 08:00-19:00 America/New_York` */
export function hoursText({ timezone, days, from, to }: Hours): string {
  return [daysText(days ?? WEEK_DAYS), `${from}-${to}`, timezone].join(' ');
}

/** `weekdays`, `Sat, Sun` */
export function daysText(days: readonly string[]): string {
  const sorted = WEEK_DAYS.filter((day) => days.includes(day));
  if (sorted.length === 7) return 'daily';
  if (sorted.join() === 'mon,tue,wed,thu,fri') return 'weekdays';
  if (sorted.join() === 'sat,sun') return 'weekends';
  return sorted.map((day) => day[0]!.toUpperCase() + day.slice(1)).join(', ');
}

/** Conditions in words, joined by commas; empty for always. */
export function conditionsText({ time, sources, device }: Omit<Conditions, 'text'>): string {
  return [time?.text, sources && sourcesText(sources), device && deviceText(device)]
    .filter(Boolean)
    .join(', ');
}

/**
 * `from 203.0.113.0/24`, or `from outside 203.0.113.0/24` where that is shorter. Whether it is so from an unknown address
 * too is said where that is all there is to say: every connection has an address that is known.
 */
export function sourcesText(sources: readonly string[]): string {
  const known = sources.filter((one) => one !== 'unknown');
  if (known.length === 0) return 'where the address is not known';
  const { v4, v6 } = sourcesOf(known);
  const rest = prefixTexts({ v4: subtract(EVERYWHERE.v4, v4), v6: subtract(EVERYWHERE.v6, v6) });
  if (rest.length === 0) return 'from any known address';
  return rest.length < known.length ? `from outside ${listed(rest)}` : `from ${listed(known)}`;
}

function listed(prefixes: readonly string[]): string {
  const shown = prefixes.slice(0, PREFIXES_SHOWN).join(', ');
  return prefixes.length > PREFIXES_SHOWN ? `${shown} and ${prefixes.length - PREFIXES_SHOWN} more` : shown;
}

/** `with managed true, os linux or macos`; `unless managed true` where any other value, or none that is known, will do. */
export function deviceText(device: Readonly<Record<string, readonly string[]>>): string {
  const texts = Object.entries(device).map(([name, values]) => ({
    unless: exceptions(name, values),
    name,
    values,
  }));
  const said = (word: string, facts: readonly string[]): string =>
    facts.length === 0 ? '' : `${word} ${facts.join(', ')}`;
  const fact = (name: string, values: readonly string[]): string => `${name} ${values.join(' or ')}`;
  const wanted = texts.filter(({ unless }) => !unless).map(({ name, values }) => fact(name, values));
  const unwanted = texts.flatMap(({ name, unless }) =>
    unless ? [said('unless', [fact(name, unless)])] : [],
  );
  return [said('with', wanted), ...unwanted].filter(Boolean).join(', ');
}

/** The values of an attribute that are not among these, where that is all that is asked and is fewer words. */
function exceptions(name: string, values: readonly string[]): readonly string[] | undefined {
  const all = ATTRIBUTES.find((one) => one.name === name)?.values ?? [];
  const others = all.filter((one) => !values.includes(one));
  return values.includes('unknown') && others.length > 0 && others.length < values.length
    ? others
    : undefined;
}

/** A policy's conditions in words; empty for none. */
export function whenText({ hours, from, device, start, expires }: When): string {
  const date = (text: string): string => text.replace('T00:00:00Z', '');
  const facts = Object.entries(device ?? {}).map(
    ([name, value]) => [name, [value].flat().map(String)] as const,
  );
  return [
    hours && hoursText(hours),
    from && sourcesText(from),
    facts.length > 0 && deviceText(Object.fromEntries(facts)),
    start && `from ${date(start)}`,
    expires && `until ${date(expires)}`,
  ]
    .filter(Boolean)
    .join(', ');
}
