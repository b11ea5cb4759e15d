import { canonicalJson, digestOf } from './canonical.ts';
import { type PublicKey, unseal } from './dsse.ts';
import type { LogScope } from '../names.ts';
import { LIMITS } from '../limits.ts';
import { type Entry, type Environment, validateEntry, validateEnvelope } from '../shapes.ts';
import { jsonIn } from '../text.ts';

/** Whose log it is: what every entry of it must say of itself. */
export interface LogIdentity extends LogScope {
  account: string;
  region: string;
}

/** The log of an environment, as its entries must name it. */
export function identityOf({
  id,
  account,
  region,
  epoch,
}: Pick<Environment, 'id' | 'account' | 'region' | 'epoch'>): LogIdentity {
  return { environment: id, account, region, epoch };
}

/** An entry that a trusted key signed for this very place in this very log. */
export interface VerifiedEntry {
  ok: true;
  entry: Entry;
  /** Digest of the entry's payload: the entry's identity. */
  digest: string;
  /** The key that signed it. */
  key: PublicKey;
  /** The envelope, as the store has it. */
  text: string;
}

/** What is in an entry's place and is none, with why. */
export interface InvalidEntry {
  ok: false;
  sequence: number;
  reason: string;
  /** Digest of the text there. */
  digest: string;
}

/**
 * Verifies one entry of a log, in this order: signature, shape, environment, account, region, epoch, sequence.
 * @param text what is under the log name
 * @param sequence the sequence in that name
 * @param identity whose log it is
 * @param trusted the keys of which any one may have signed it
 */
export function verifyEntry(
  text: string,
  sequence: number,
  identity: LogIdentity,
  trusted: readonly PublicKey[],
): VerifiedEntry | InvalidEntry {
  const invalid = (reason: string) => ({ ok: false, sequence, reason, digest: digestOf(text) }) as const;
  const unsealed = unseal(text, trusted);
  if (!unsealed.ok) return invalid(unsealed.reason);
  const { payload, key } = unsealed;
  const entry = entryIn(payload);
  if (!entry) return invalid('what is signed is not an entry in canonical JSON');
  const stranger = mismatch(entry, { ...identity, sequence });
  if (stranger) return invalid(stranger);
  return { ok: true, entry, digest: digestOf(payload), key, text };
}

/**
 * What is under a log name, where a later entry names its digest: whoever signed that one vouches for it, also where
 * the key that signed it then is not trusted any more.
 * @param digest of its payload, as the later entry has it
 */
export function chainedEntry(
  text: string,
  sequence: number,
  identity: LogIdentity,
  digest: string,
): Entry | undefined {
  const envelope = jsonIn(text);
  if (text.length > LIMITS.valueCharacters || !validateEnvelope(envelope)) return undefined;
  const payload = Buffer.from(envelope.payload, 'base64');
  const entry = digestOf(payload) === digest ? entryIn(payload) : undefined;
  return entry && !mismatch(entry, { ...identity, sequence }) ? entry : undefined;
}

function entryIn(payload: Buffer): Entry | undefined {
  try {
    const text = payload.toString('utf8');
    const value: unknown = JSON.parse(text);
    return validateEntry(value) && canonicalJson(value) === text ? value : undefined;
  } catch (error) {
    // A TypeError is for a value that has no canonical JSON, such as a lone surrogate.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function mismatch(entry: Entry, expected: LogIdentity & { sequence: number }): string | undefined {
  for (const key of ['environment', 'account', 'region', 'epoch', 'sequence'] as const) {
    if (entry[key] !== expected[key]) return `it is of ${key} ${entry[key]}, expected ${expected[key]}`;
  }
  return undefined;
}

/** Where an entry is, for comparing with others: an epoch outweighs any sequence. */
export interface LogPosition {
  epoch: number;
  sequence: number;
}

/** Below zero when `a` is before `b`, above when after, zero when they are at the same place. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  return a.epoch - b.epoch || a.sequence - b.sequence;
}
