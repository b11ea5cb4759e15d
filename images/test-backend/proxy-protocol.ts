/** What a proxy says of the connection that it hands on: PROXY protocol, version 2 (HAProxy, "proxy-protocol.txt"). */
export interface ProxyHeader {
  command: 'local' | 'proxy';
  transport?: 'tcp' | 'udp';
  source?: { address: string; port: number };
  destination?: { address: string; port: number };
  /** Who is behind it, as the app connector says: TLV 0xE0, the first of those for own use. */
  principal?: string;
  /** Every TLV in order: its type in hex, and its bytes in hex. */
  tlvs: readonly { type: string; value: string }[];
}

/** What the first bytes of a connection are. */
export type Beginning =
  | { kind: 'none' }
  /** It may be a header once more has come. */
  | { kind: 'short' }
  | { kind: 'header'; header: ProxyHeader; bytes: number }
  | { kind: 'wrong'; reason: string };

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
/** Signature, version and command, family and transport, length. */
const FIXED = 16;
/** Longer than any header that is meant: the principal has at most 254 bytes. */
const LONGEST = 4096;
const PRINCIPAL = 0xe0;
const TRANSPORTS = { 1: 'tcp', 2: 'udp' } as const;

/** Reads what a connection begins with. */
export function readBeginning(bytes: Buffer): Beginning {
  const shared = Math.min(bytes.length, SIGNATURE.length);
  if (!bytes.subarray(0, shared).equals(SIGNATURE.subarray(0, shared))) return { kind: 'none' };
  if (bytes.length < FIXED) return { kind: 'short' };
  const length = bytes.readUInt16BE(14);
  if (bytes[12]! >> 4 !== 2) return { kind: 'wrong', reason: `version ${bytes[12]! >> 4}` };
  if (length > LONGEST) return { kind: 'wrong', reason: `${length} bytes` };
  if (bytes.length < FIXED + length) return { kind: 'short' };
  return readHeader(bytes.subarray(0, FIXED + length));
}

function readHeader(bytes: Buffer): Beginning {
  const command = bytes[12]! & 0x0f;
  if (command > 1) return { kind: 'wrong', reason: `command ${command}` };
  const addresses = readAddresses(bytes);
  const tlvs = addresses && readTlvs(bytes.subarray(addresses.end));
  if (!tlvs) return { kind: 'wrong', reason: 'it is cut off' };
  const principal = tlvs.find(({ type }) => type === PRINCIPAL)?.value;
  const { end: _, ...known } = addresses;
  return {
    kind: 'header',
    bytes: bytes.length,
    header: {
      command: command === 1 ? 'proxy' : 'local',
      ...known,
      ...(principal && { principal: principal.toString('utf8') }),
      tlvs: tlvs.map(({ type, value }) => ({ type: type.toString(16), value: value.toString('hex') })),
    },
  };
}

type Addresses = Pick<ProxyHeader, 'transport' | 'source' | 'destination'> & { end: number };

/** IPv4 alone: the tunnel has nothing else. What is of another family is skipped. */
function readAddresses(bytes: Buffer): Addresses | undefined {
  const [family, transport] = [bytes[13]! >> 4, bytes[13]! & 0x0f];
  const size = ({ 0: 0, 1: 12, 2: 36, 3: 216 } as Record<number, number>)[family];
  if (size === undefined || bytes.length < FIXED + size) return undefined;
  if (family !== 1) return { end: FIXED + size };
  const known = TRANSPORTS[transport as 1 | 2];
  return {
    ...(known && { transport: known }),
    source: { address: [...bytes.subarray(16, 20)].join('.'), port: bytes.readUInt16BE(24) },
    destination: { address: [...bytes.subarray(20, 24)].join('.'), port: bytes.readUInt16BE(26) },
    end: FIXED + size,
  };
}

function readTlvs(bytes: Buffer): { type: number; value: Buffer }[] | undefined {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 3 > bytes.length) return undefined;
    const end = at + 3 + bytes.readUInt16BE(at + 1);
    if (end > bytes.length) return undefined;
    found.push({ type: bytes[at]!, value: bytes.subarray(at + 3, end) });
    at = end;
  }
  return found;
}
