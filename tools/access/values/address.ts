import { intervalsOf, intervalSetOf, type IntervalSet } from './intervals.ts';
import { checkedPrefix, textV4, textV6 } from '../../contract/values/address.ts';

export {
  addressText,
  parseAddress,
  parsePrefix,
  type Address,
  type AddressPrefix,
} from '../../contract/values/address.ts';

/** A set of known source addresses. */
export interface Sources {
  v4: IntervalSet<number>;
  v6: IntervalSet<bigint>;
}

const V4_END = 2 ** 32;
const V6_END = 1n << 128n;
/** Every address. */
export const EVERYWHERE: Sources = { v4: [0, V4_END], v6: [0n, V6_END] };

/** The set of addresses in any of the prefixes. @throws RangeError for one that is none: load lets none in */
export function sourcesOf(prefixes: readonly string[]): Sources {
  const read = prefixes.map(checkedPrefix);
  return {
    v4: intervalSetOf(
      read.flatMap((prefix) => (prefix.family === 4 ? [[prefix.begin, prefix.end] as const] : [])),
    ),
    v6: intervalSetOf(
      read.flatMap((prefix) => (prefix.family === 6 ? [[prefix.begin, prefix.end] as const] : [])),
    ),
  };
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
