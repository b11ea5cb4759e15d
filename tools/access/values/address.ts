import { intervalsOf, intervalSetOf, type IntervalSet } from './intervals.ts';

/** A known source address; one that is IPv4 mapped into IPv6 is IPv4. */
export type Address = { family: 4; value: number } | { family: 6; value: bigint };

/** A set of known source addresses. */
export interface Sources {
  v4: IntervalSet<number>;
  v6: IntervalSet<bigint>;
}

const V4_END = 2 ** 32;
const V6_END = 1n << 128n;
/** ::ffff:0:0/96 (RFC 4291, section 2.5.5.2). */
const MAPPED = 0xffffn << 32n;

/** Every address. */
export const EVERYWHERE: Sources = { v4: [0, V4_END], v6: [0n, V6_END] };

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

/** The set of addresses in any of the prefixes; one that cannot be read names no address. */
export function sourcesOf(prefixes: readonly string[]): Sources {
  const read = prefixes.map(parsePrefix).filter((prefix) => prefix !== undefined);
  return {
    v4: intervalSetOf(
      read.flatMap((prefix) => (prefix.family === 4 ? [[prefix.begin, prefix.end] as const] : [])),
    ),
    v6: intervalSetOf(
      read.flatMap((prefix) => (prefix.family === 6 ? [[prefix.begin, prefix.end] as const] : [])),
    ),
  };
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

function textV4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function textV6(value: bigint): string {
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

/** The fewest prefixes that make up the set, IPv4 first, ascending. */
export function prefixTexts({ v4, v6 }: Sources): string[] {
  const first = intervalsOf(v4).flatMap(([begin, end]) => cover(BigInt(begin), BigInt(end), 32));
  const second = intervalsOf(v6).flatMap(([begin, end]) => cover(begin, end, 128));
  return [
    ...first.map(([begin, bits]) => `${textV4(Number(begin))}/${bits}`),
    ...second.map(([begin, bits]) => `${textV6(begin)}/${bits}`),
  ];
}

/** The fewest aligned blocks from begin up to end. */
function cover(begin: bigint, end: bigint, width: number): [begin: bigint, bits: number][] {
  const blocks: [bigint, number][] = [];
  while (begin < end) {
    let bits = width;
    let size = 1n;
    while (bits > 0 && begin % (size * 2n) === 0n && begin + size * 2n <= end) {
      size *= 2n;
      bits--;
    }
    blocks.push([begin, bits]);
    begin += size;
  }
  return blocks;
}
