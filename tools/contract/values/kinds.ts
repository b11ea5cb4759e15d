import { readAddress, readIpv4, readIpv4Prefix, readPrefix } from './address.ts';
import { readDate, readInstant } from './instant.ts';
import { readPortRange } from './port.ts';
import { readPrincipal } from './principal.ts';
import { isRead, type Reading, type Unreadable } from './reading.ts';
import { readTimeZone } from './time-zone-name.ts';

/**
 * The one reader of each kind of scalar, by the name that common.schema.json gives the kind. The compiled validators
 * ask it in place of the schema's own pattern and format, which are for editors and other programs.
 */
export const VALUE_KINDS = {
  address: readAddress,
  date: readDate,
  instant: readInstant,
  ipv4: readIpv4,
  ipv4Prefix: readIpv4Prefix,
  portRange: readPortRange,
  prefix: readPrefix,
  principal: readPrincipal,
  timeZone: readTimeZone,
} as const satisfies Record<string, (text: string) => Reading<unknown>>;

/** The name of a kind of scalar. */
export type ValueKind = keyof typeof VALUE_KINDS;

/** Whether a text is a value of a kind. */
export function isValue(kind: ValueKind, text: string): boolean {
  return isRead<unknown>(VALUE_KINDS[kind](text));
}

/** The format by which a compiled validator calls the reader of a kind. */
export function formatOf(kind: ValueKind): string {
  return `ztna-${kind}`;
}

/** Why the reader of a format's kind refuses a value; undefined where the format is not one with a reader. */
export function unreadable(format: unknown, value: unknown): Unreadable | undefined {
  const kind = String(format).replace(/^ztna-/, '');
  if (!Object.hasOwn(VALUE_KINDS, kind) || typeof value !== 'string') return undefined;
  const reading: Reading<unknown> = VALUE_KINDS[kind as ValueKind](value);
  return isRead(reading) ? undefined : reading;
}
