import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { LIMITS } from '../limits.ts';
import { ackFolder, ackName, type LogScope } from '../names.ts';
import { type Ack, type Envelope, validateAck } from '../shapes.ts';
import { jsonIn } from '../text.ts';
import { canonicalJson } from './canonical.ts';
import { PAYLOAD_TYPE, type PublicKey } from './dsse.ts';
import { type LogIdentity, type VerifiedEntry, verifyEntry } from './entry.ts';

/** What is under a name of the acks; or why it counts as nobody's word. */
export type AckReading = { ok: true; ack: Ack } | { ok: false; problem: string };

/** Reads an ack. It counts only under the name of the one it speaks for: a component can write no other. */
export function readAck(log: LogScope, name: string, text: string): AckReading {
  const ack = jsonIn(text);
  if (!validateAck(ack)) return { ok: false, problem: `${name} is not an ack` };
  const { component, instance, environment } = ack;
  return name === ackName(log, component, instance) && environment === log.environment
    ? { ok: true, ack }
    : { ok: false, problem: `${name} speaks for ${component} ${instance} in ${environment}` };
}

/** A log as far as it is known, to judge by what an ack says of it. */
export interface KnownLog {
  identity: LogIdentity;
  /** The keys of which any one may have signed an entry. */
  trusted: readonly PublicKey[];
  /** Its newest valid entry; undefined where it has none. */
  newest: { entry: { sequence: number }; digest: string } | undefined;
}

/**
 * Whether an instance says that it enforces what a log does not have. `proven`, by the signed entry in its ack: the store
 * is lost, or an old copy. `claimed`: anybody could say so who may write an ack, and nothing waits for it.
 */
export function aheadIn(
  { enforced, proof }: Pick<Ack, 'enforced' | 'proof'>,
  { identity, trusted, newest }: KnownLog,
): 'proven' | 'claimed' | undefined {
  const has = newest?.entry.sequence ?? 0;
  if (enforced?.epoch !== identity.epoch || enforced.sequence < has) return undefined;
  if (enforced.sequence === has && enforced.entry === newest?.digest) return undefined;
  const text = proof && envelopeIn(proof);
  const verified = text !== undefined && verifyEntry(text, enforced.sequence, identity, trusted);
  return verified && verified.ok && verified.digest === enforced.entry ? 'proven' : 'claimed';
}

/** The entry in force itself, in an ack. */
type Proof = NonNullable<Ack['proof']>;

/** An instance makes up its ack each second, to see whether there is news. */
const proofs = new WeakMap<object, Proof>();

/** An entry as an ack shows it. */
export function proofOf(entry: Pick<VerifiedEntry, 'text'>): Proof {
  const known = proofs.get(entry);
  if (known) return known;
  const { payload, signatures } = JSON.parse(entry.text) as Envelope;
  const compressed = brotliCompressSync(Buffer.from(payload, 'base64'));
  const proof = { payload: compressed.toString('base64'), signature: signatures[0]!.sig };
  proofs.set(entry, proof);
  return proof;
}

/** The envelope that a proof is of, to be verified; undefined where it is none, or larger than any entry. */
function envelopeIn({ payload, signature }: Proof): string | undefined {
  try {
    const bytes = brotliDecompressSync(Buffer.from(payload, 'base64'), {
      maxOutputLength: LIMITS.valueCharacters,
    });
    return canonicalJson({
      payload: bytes.toString('base64'),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: signature }],
    } satisfies Envelope);
  } catch {
    // Whatever is wrong with another's bytes, they prove nothing.
    return undefined;
  }
}

/** The component and instance in the name of an ack: `connector/apps/i-1`. */
export function instanceIn(log: LogScope, name: string): string {
  return name.slice(ackFolder(log).length + 1);
}
