import { isMap, isSeq, parseDocument, Scalar, type Document, type YAMLSeq } from 'yaml';
import { Fault } from '../contract/fault.ts';

/** A certificate that is to be refused. */
export interface Revocation {
  fingerprint: string;
  reason: string;
  /** `2026-06-01`. */
  date: string;
}

/** What a new file begins with: an editor finds its keys by it. */
const HEAD = '# yaml-language-server: $schema=../schemas/revoked.schema.json\n';

/**
 * The text of revoked.yaml with these certificates at the end of its list; everything else, comments too, stays.
 * @param text absent where there is no file yet
 * @throws Fault where the text is no such file
 */
export function withRevoked(text: string | undefined, revocations: readonly Revocation[]): string {
  const document = parseDocument(text ?? `${HEAD}certificates: []\n`);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)))
    throw new Fault('policies/revoked.yaml cannot be read', 'npx ztna validate says where');
  const list = certificatesIn(document);
  for (const { fingerprint, reason, date } of revocations) {
    const quoted = new Scalar(date);
    quoted.type = Scalar.QUOTE_DOUBLE;
    list.add(document.createNode({ fingerprint, reason, date: quoted }));
  }
  return document.toString({ lineWidth: 0 });
}

/** The fingerprints that a text of revoked.yaml refuses. */
export function revokedIn(text: string | undefined): Set<string> {
  const value = parseDocument(text ?? '').toJS() as { certificates?: { fingerprint?: unknown }[] } | null;
  const lines = Array.isArray(value?.certificates) ? value.certificates : [];
  return new Set(lines.map((line) => String(line?.fingerprint)));
}

function certificatesIn(document: Document): YAMLSeq {
  const known = document.get('certificates');
  if (isSeq(known)) {
    // One that is empty is written `[]`; what is added goes on lines of its own.
    if (known.items.length === 0) known.flow = false;
    return known;
  }
  const list = document.createNode([]) as YAMLSeq;
  document.set('certificates', list);
  return list;
}
