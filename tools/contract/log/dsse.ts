import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { canonicalJson, digestOf } from './canonical.ts';
import { LIMITS } from '../limits.ts';
import { Fault } from '../fault.ts';
import { type Envelope, type TrustedKey, validateEnvelope } from '../shapes.ts';
import { jsonIn } from '../text.ts';

/** The algorithms in which entries are signed. */
export type Algorithm = TrustedKey['algorithm'];

/** A public key whose signatures are trusted. */
export interface PublicKey {
  /** A name for people. */
  id: string;
  algorithm: Algorithm;
  /** Digest of the key's SubjectPublicKeyInfo in DER: the key's only identity. */
  digest: string;
  key: KeyObject;
}

/** Whatever can sign: a key in a file, or one that never leaves a service. */
export interface Signer {
  id: string;
  algorithm: Algorithm;
  /** SubjectPublicKeyInfo, DER, base64. */
  publicKey: string;
  /** Signs bytes as the algorithm has it: Ed25519 in its pure form, ECDSA over SHA-256 in DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** What the payload of an envelope is. */
type PayloadType = Envelope['payloadType'];

/** What the payload of every envelope of the log is. */
export const PAYLOAD_TYPE = 'application/vnd.ztna.entry+json' satisfies PayloadType;

/** The payload of the envelope beside a large index. */
export const DIRECTORY_TYPE = 'application/vnd.ztna.directory+json' satisfies PayloadType;

/** DSSE's pre-authentication encoding: what is really signed. */
export function preAuthentication(type: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/** An envelope around a payload, as canonical JSON, signed once. */
export async function seal(
  payload: Uint8Array,
  signer: Signer,
  payloadType: PayloadType = PAYLOAD_TYPE,
): Promise<string> {
  const signature = await signer.sign(preAuthentication(payloadType, payload));
  return canonicalJson({
    payload: Buffer.from(payload).toString('base64'),
    payloadType,
    signatures: [{ keyid: signer.id, sig: Buffer.from(signature).toString('base64') }],
  } satisfies Envelope);
}

/** What an envelope holds, or why it is worth nothing. */
export type EnvelopeResult = { ok: true; payload: Buffer; key: PublicKey } | { ok: false; reason: string };

/**
 * Takes an envelope apart; nothing of the payload may be looked at unless the answer is `ok`.
 * Every trusted key is tried on every signature: the key id is for people, and one that names no key, or the
 * wrong one, changes nothing.
 */
export function unseal(
  text: string,
  trusted: readonly PublicKey[],
  payloadType: PayloadType = PAYLOAD_TYPE,
): EnvelopeResult {
  if (text.length > LIMITS.valueCharacters)
    return refuse(`it is longer than ${LIMITS.valueCharacters} characters`);
  const envelope = jsonIn(text);
  if (!validateEnvelope(envelope) || envelope.payloadType !== payloadType)
    return refuse(
      `it is not a DSSE envelope of ${payloadType === PAYLOAD_TYPE ? 'an entry' : 'a directory'}`,
    );
  const payload = Buffer.from(envelope.payload, 'base64');
  const signed = preAuthentication(envelope.payloadType, payload);
  for (const { sig } of envelope.signatures) {
    const signature = Buffer.from(sig, 'base64');
    const key = trusted.find((candidate) => isValidSignature(candidate, signed, signature));
    if (key) return { ok: true, payload, key };
  }
  return refuse(
    `no signature on it is by a trusted key (${trusted.map(({ id }) => id).join(', ') || 'none'})`,
  );
}

function refuse(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}

function isValidSignature({ algorithm, key }: PublicKey, signed: Buffer, signature: Buffer): boolean {
  return verify(algorithm === 'ed25519' ? null : 'sha256', signed, key, signature);
}

/**
 * How many keys one may trust: as many as an ack names (schemas/ack.schema.json), eight of environment.yaml and the
 * machine's own. With more, an instance could not say what it enforces.
 */
export const MOST_TRUSTED_KEYS = 9;

/**
 * Trusted keys as they are in environment.yaml, ready to verify with; a key that is there twice is one.
 * @throws Fault for a key that cannot be read or is of another algorithm than it says, and for too many
 */
export function trust(keys: readonly TrustedKey[]): PublicKey[] {
  const all = keys.map(verifiedKey);
  const distinct = all.filter(({ digest }, index) => all.findIndex((one) => one.digest === digest) === index);
  if (distinct.length <= MOST_TRUSTED_KEYS) return distinct;
  throw new Fault(
    `${distinct.length} keys are trusted, and ${MOST_TRUSTED_KEYS} is the most`,
    'take those out of bundle.trustedKeys with which nobody signs any more',
  );
}

/**
 * The trusted keys of environment.yaml as a program is told them, in JSON. None at all would verify nothing.
 * @throws Fault for what is no list of keys, beside the reasons of `trust`
 */
export function trustIn(text: string): PublicKey[] {
  const keys = jsonIn(text);
  const isKey = (key: unknown): key is TrustedKey =>
    typeof key === 'object' &&
    key !== null &&
    ['id', 'algorithm', 'publicKey'].every((name) => typeof (key as never)[name] === 'string');
  if (Array.isArray(keys) && keys.length > 0 && keys.every(isKey)) return trust(keys);
  throw new Fault(
    'ZTNA_TRUSTED_KEYS is not a list of keys in JSON',
    'write bundle.trustedKeys of environment.yaml: id, algorithm and publicKey of each',
  );
}

function verifiedKey({ id, algorithm, publicKey }: TrustedKey): PublicKey {
  const der = Buffer.from(publicKey, 'base64');
  const key = readKey(id, der);
  if (algorithmOf(key) !== algorithm)
    throw new Fault(
      `trusted key ${id} is not of the algorithm ${algorithm}`,
      'print it again with: npx ztna keys',
    );
  return { id, algorithm, digest: digestOf(der), key };
}

function readKey(id: string, der: Buffer): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    throw new Fault(
      `trusted key ${id} cannot be read: expected a SubjectPublicKeyInfo in DER, base64`,
      'print it with: npx ztna keys init',
    );
  }
}

/** The algorithm of a key, of those in which entries are signed. */
export function algorithmOf(key: KeyObject): Algorithm | undefined {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return key.asymmetricKeyType === 'ec' && curve === 'prime256v1' ? 'ecdsa-p256' : undefined;
}
