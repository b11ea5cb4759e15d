import { checked, isRead, WRONG_FORM, type Reading, type Unreadable } from './reading.ts';

/** A known source address; one that is IPv4 mapped into IPv6 is IPv4. */
export type Address = { family: 4; value: number } | { family: 6; value: bigint };

/** ::ffff:0:0/96 (RFC 4291, section 2.5.5.2). */
const MAPPED = 0xffffn << 32n;

/**
 * Reads an address.
 * @returns undefined for anything but one IPv4 address in dotted decimals or one IPv6 address (RFC 4291), zone ids excluded
 */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const value = parseV4(text);
    return value === undefined ? undefined : { family: 4, value };
  }
  const value = parseV6(text);
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn ? { family: 4, value: Number(value - MAPPED) } : { family: 6, value };
}

/** A prefix: its family, its first address, and the first address after it. */
export type AddressPrefix =
  | { family: 4; begin: number; end: number; hostBits: boolean }
  | { family: 6; begin: bigint; end: bigint; hostBits: boolean };

/** Whether an address is in a prefix; one of another family is in none. */
export function isInside({ family, value }: Address, prefix: AddressPrefix): boolean {
  return family === prefix.family && value >= prefix.begin && value < prefix.end;
}

/**
 * Reads a prefix such as 203.0.113.0/24 or 2001:db8::/32; an address alone is a prefix of full length, and one
 * inside ::ffff:0:0/96 is an IPv4 prefix. Host bits are cleared, and reported.
 * @returns undefined for anything else
 */
export function parsePrefix(text: string): AddressPrefix | undefined {
  const [address = '', length, ...rest] = text.split('/');
  if (rest.length > 0 || (length !== undefined && !/^(0|[1-9][0-9]{0,2})$/.test(length))) return undefined;
  if (!address.includes(':')) return prefixV4(parseV4(address), length === undefined ? 32 : Number(length));
  const value = parseV6(address);
  const bits = length === undefined ? 128 : Number(length);
  if (value === undefined || bits > 128) return undefined;
  if (bits >= 96 && value >> 32n === 0xffffn) return prefixV4(Number(value - MAPPED), bits - 96);
  const size = 1n << BigInt(128 - bits);
  const begin = (value / size) * size;
  return { family: 6, begin, end: begin + size, hostBits: begin !== value };
}

function prefixV4(value: number | undefined, bits: number): AddressPrefix | undefined {
  if (value === undefined || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const begin = Math.floor(value / size) * size;
  return { family: 4, begin, end: begin + size, hostBits: begin !== value };
}

function parseV4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (!parts || parts.some((part) => Number(part) > 255 || (part.length > 1 && part[0] === '0')))
    return undefined;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

function parseV6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d[\d.]*)$/.exec(text);
  if (dotted?.[2]!.includes('.')) {
    const v4 = parseV4(dotted[2]!);
    if (v4 === undefined) return undefined;
    return parseV6(`${dotted[1]}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[]?];
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(tail ? missing : 0).fill('0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** An address as text, IPv6 as RFC 5952 writes it. */
export function addressText(address: Address): string {
  return address.family === 4 ? textV4(address.value) : textV6(address.value);
}

/** An IPv4 address in dotted decimals. */
export function textV4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** An IPv6 address as RFC 5952 writes it. */
export function textV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const [begin, length] = longestZeros(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, begin).join(':')}::${groups.slice(begin + length).join(':')}`;
}

/** The first of the longest runs of zeros, which RFC 5952 shortens. */
function longestZeros(groups: readonly string[]): [begin: number, length: number] {
  let longest: [number, number] = [0, 0];
  for (let begin = 0; begin < groups.length; begin++) {
    const rest = groups.slice(begin).findIndex((group) => group !== '0');
    const length = rest < 0 ? groups.length - begin : rest;
    if (length > longest[1]) longest = [begin, length];
  }
  return longest;
}

/** Reads one source address, IPv4 or IPv6; one that is mapped into IPv6 is IPv4. */
export function readAddress(text: string): Reading<Address> {
  const value = parseAddress(text);
  return value ? { value } : misread(oneAddress(text), (one) => isRead(readAddress(one)), text);
}

/** Reads an address in dotted decimals. */
export function readIpv4(text: string): Reading<number> {
  const value = parseV4(text);
  return value === undefined ? misread(oneAddress(text), (one) => isRead(readIpv4(one)), text) : { value };
}

/** Reads a prefix without host bits; an address alone is a prefix of full length. */
export function readPrefix(text: string): Reading<AddressPrefix> {
  const value = parsePrefix(text);
  if (!value) return tooLong(text) ?? misread(text, (one) => isRead(readPrefix(one)));
  if (!value.hostBits) return { value };
  const whole = value.family === 4 ? textV4(value.begin) : textV6(value.begin);
  return { reason: 'has host bits set', fix: `${whole}/${lengthOf(value)}`, ...OR_ONE };
}

const OR_ONE = { remedy: 'or the one address alone' };

function lengthOf(prefix: AddressPrefix): number {
  if (prefix.family === 4) return 32 - Math.log2(prefix.end - prefix.begin);
  return 129 - (prefix.end - prefix.begin).toString(2).length;
}

/** Reads an IPv4 prefix with its length, such as 10.20.0.0/16. */
export function readIpv4Prefix(text: string): Reading<AddressPrefix> {
  return text.includes('/') && !text.includes(':') ? readPrefix(text) : misread(text, () => false);
}

/** A prefix that was checked when it came in. @throws RangeError for what is none */
export function checkedPrefix(text: string): AddressPrefix {
  return checked(text, readPrefix(text));
}

/** An address without a length that leaves nothing but it. */
function oneAddress(text: string): string {
  return text.trim().replace(text.includes(':') ? /\/128$/ : /\/32$/, '');
}

/** A prefix with a length that no address has. */
function tooLong(text: string): Unreadable | undefined {
  const [address = '', length] = text.split('/');
  const most = address.includes(':') ? 128 : 32;
  if (!parseAddress(address) || !/^[0-9]+$/.test(length ?? '') || Number(length) <= most) return undefined;
  return {
    reason: `is longer than the ${most} bits of an address`,
    remedy: `write a length from 0 to ${most}`,
  };
}

/** @param text as it can be read, with slips of no meaning corrected @param found as it is */
function misread(text: string, fits: (text: string) => boolean, found = text): Unreadable {
  if (text.includes('%'))
    return {
      reason: 'has a zone id, which means something on one machine only',
      ...better(text.replace(/%[^/]*/, ''), fits),
    };
  if (/(^|\.)0\d/.test(text))
    return { reason: 'has an octet with a zero before it, which some read as octal' };
  const plain = text.trim().replace(/^\[(.*)\]$/, '$1');
  return { ...WRONG_FORM, ...(plain !== found && better(plain, fits)) };
}

function better(text: string, fits: (text: string) => boolean): { fix?: string } {
  return fits(text) ? { fix: text } : {};
}
