import type { ServiceId } from './company.ts';

/** What a packet of the inner IPv4 says. */
export interface PacketSpec {
  source: string;
  destination: string;
  /** 1 ICMP, 6 TCP, 17 UDP. */
  protocol?: number;
  sourcePort?: number;
  port: number;
  payload?: Buffer;
  /** The field with flags and offset of fragments. */
  fragment?: number;
  /** Options, a multiple of four bytes. */
  options?: Buffer;
}

/** Builds a packet of UDP, or a SYN of TCP, with right sums. */
export function packet(spec: PacketSpec): Buffer {
  const { protocol = 17, fragment = 0, options = Buffer.alloc(0) } = spec;
  const body = protocol === 6 ? syn(spec) : datagram(spec);
  const header = Buffer.alloc(20 + options.length);
  header[0] = 0x40 | (header.length / 4);
  header.writeUInt16BE(header.length + body.length, 2);
  header.writeUInt16BE(fragment, 6);
  header[8] = 64;
  header[9] = protocol;
  address(spec.source).copy(header, 12);
  address(spec.destination).copy(header, 16);
  options.copy(header, 20);
  header.writeUInt16BE(sum(header), 10);
  const pseudo = Buffer.concat([
    header.subarray(12, 20),
    Buffer.from([0, protocol, body.length >> 8, body.length & 255]),
  ]);
  body.writeUInt16BE(sum(Buffer.concat([pseudo, body])), protocol === 6 ? 16 : 6);
  return Buffer.concat([header, body]);
}

function datagram({ sourcePort = 40_000, port, payload = Buffer.from('hello') }: PacketSpec): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(port, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([header, payload]);
}

function syn({ sourcePort = 40_000, port }: PacketSpec): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(port, 2);
  header.writeUInt32BE(1000, 4);
  header[12] = 0x50;
  header[13] = 0x02;
  header.writeUInt16BE(65_535, 14);
  return header;
}

/** What a packet of UDP that came says. */
export function readPacket(
  bytes: Buffer,
): Required<Pick<PacketSpec, 'source' | 'destination' | 'sourcePort' | 'port' | 'payload'>> {
  const at = (bytes[0]! & 0x0f) * 4;
  return {
    source: [...bytes.subarray(12, 16)].join('.'),
    destination: [...bytes.subarray(16, 20)].join('.'),
    sourcePort: bytes.readUInt16BE(at),
    port: bytes.readUInt16BE(at + 2),
    payload: bytes.subarray(at + 8),
  };
}

/** A message of `ztna-v1` that begins with a service's id: register, serve, or a packet for it. */
export function message(first: number, service: ServiceId | string, rest: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from([first, service.length]), Buffer.from(service), rest]);
}

function address(text: string): Buffer {
  return Buffer.from(text.split('.').map(Number));
}

/** RFC 1071. */
function sum(bytes: Buffer): number {
  let total = 0;
  for (let at = 0; at < bytes.length; at += 2) total += (bytes[at]! << 8) + (bytes[at + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >> 16);
  return ~total & 0xffff;
}
