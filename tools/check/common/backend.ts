import { addressText, parseAddress, type Address } from '../../access/values/address.ts';
import { portSetOf } from '../../access/values/ports.ts';
import type { IntervalSet } from '../../access/values/intervals.ts';
import type { Service } from '../../contract/shapes.ts';

/** Where a registration leads. */
export interface BackendTarget {
  /** In lower case, an address as it is shortest written. */
  host: string;
  /** Undefined for a DNS name. */
  address: Address | undefined;
  /** Undefined where a port leads to itself. */
  port: number | undefined;
}

/** Reads `host`, `host:port`, `[address]` or `[address]:port`. */
export function targetOf(backend: string): BackendTarget {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::([0-9]+))?$/.exec(backend) ?? [];
  const host = (bracketed ?? plain ?? backend).toLowerCase();
  const address = parseAddress(host);
  return {
    host: address ? addressText(address) : host,
    address,
    port: port === undefined ? undefined : Number(port),
  };
}

/** The ports of the backend that a service's ports lead to. */
export function portsAt({ port }: BackendTarget, { ports }: Service): IntervalSet {
  return port === undefined ? portSetOf(ports) : [port, port + 1];
}

/** The upper 96 bits of 64:ff9b::/96, behind which a translator puts IPv4 addresses (RFC 6052). */
const TRANSLATED = 0x64ff9bn << 64n;

/** The address that packets go to in the end: the IPv4 address inside a translated IPv6 one. */
export function finalAddress(address: Address): Address {
  if (address.family === 4 || address.value >> 32n !== TRANSLATED) return address;
  return { family: 4, value: Number(address.value & 0xffffffffn) };
}
