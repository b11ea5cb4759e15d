import { X509Certificate } from 'node:crypto';

/**
 * The URLs at which a CA says of itself that it answers, and where its revocation lists are: authority information access and
 * CRL distribution points (RFC 5280, sections 4.2.2.1 and 4.2.1.13). @throws Error for what is no certificate
 */
export function certificateUrls(pem: string): string[] {
  const { infoAccess = '', raw } = new X509Certificate(pem);
  const answers = [...infoAccess.matchAll(/URI:(\S+)/g)].map(([, url]) => url!);
  return [...answers, ...revocationLists(raw)];
}

/** The object identifier 2.5.29.31, as DER has it; Node.js names no revocation lists. */
const DISTRIBUTION_POINTS = Buffer.from('0603551d1f', 'hex');

/** The tags of DER that matter here: a BOOLEAN, an OCTET STRING, and a URI among general names. */
const [BOOLEAN, OCTETS, URI] = [0x01, 0x04, 0x86];

function revocationLists(der: Buffer): string[] {
  const at = der.indexOf(DISTRIBUTION_POINTS);
  if (at < 0) return [];
  let value = elementAt(der, at + DISTRIBUTION_POINTS.length);
  // Whether it is critical.
  if (value?.tag === BOOLEAN) value = elementAt(der, value.end);
  return value?.tag === OCTETS ? urisIn(value.content) : [];
}

/** The URIs in some elements, at any depth. */
function urisIn(der: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < der.length;) {
    const element = elementAt(der, at);
    if (!element) return found;
    // Its sixth bit says that an element is made of others.
    if (element.tag & 0x20) found.push(...urisIn(element.content));
    if (element.tag === URI) found.push(element.content.toString('latin1'));
    at = element.end;
  }
  return found;
}

/** The element that begins somewhere; undefined where it has no room. */
function elementAt(der: Buffer, at: number): { tag: number; content: Buffer; end: number } | undefined {
  const [tag, first] = [der[at], der[at + 1]];
  if (tag === undefined || first === undefined) return undefined;
  // A length below 128 is one byte; else the first says how many bytes it has.
  const more = first < 0x80 ? 0 : first & 0x7f;
  const begin = at + 2 + more;
  if (more > 3 || begin > der.length) return undefined;
  const length = more === 0 ? first : der.readUIntBE(at + 2, more);
  const end = begin + length;
  return end > der.length ? undefined : { tag, content: der.subarray(begin, end), end };
}
