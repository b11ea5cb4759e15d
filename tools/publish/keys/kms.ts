import { createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand, type SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { type Algorithm, algorithmOf, type Signer } from '../../contract/log/dsse.ts';
import { Fault } from '../../contract/fault.ts';
import { caller, type Patience } from '../../store/caller.ts';
import { kmsFault, type KmsCall } from './kms-fault.ts';

/** What begins the name of a key that KMS holds: `kms:alias/ztna-publisher`, `kms:<key id or ARN>`. */
export const KMS_PREFIX = 'kms:';

/** Where KMS is; the endpoint is the region's unless said otherwise. */
export interface KmsOptions {
  region: string;
  endpoint?: string;
  /** Raised when the user interrupts. */
  signal?: AbortSignal;
  /** Milliseconds for one attempt; default 10,000, as for the store. */
  timeout?: number;
  /** How often a call is attempted; default: as for the store. */
  patience?: Patience;
}

/** The names that KMS has for our algorithms (AWS KMS API, `SigningAlgorithm`). */
const SIGNING: Record<Algorithm, SigningAlgorithmSpec> = {
  'ecdsa-p256': 'ECDSA_SHA_256',
  ed25519: 'ED25519_SHA_512',
};

/**
 * A signer whose private key never leaves KMS.
 * @param key `kms:` and a key id, ARN or alias
 * @throws Fault when KMS does not have it, does not let us, or it is of another kind
 */
export async function kmsSigner(key: string, options: KmsOptions): Promise<Signer> {
  const { region, endpoint } = options;
  // Attempts are made by our caller: two layers of them would multiply.
  const client = new KMSClient({ region, maxAttempts: 1, ...(endpoint !== undefined && { endpoint }) });
  const KeyId = key.slice(KMS_PREFIX.length);
  const call = kmsCaller(KeyId, options);
  const known = await call('GetPublicKey', (abortSignal) =>
    client.send(new GetPublicKeyCommand({ KeyId }), { abortSignal }),
  );
  // The key itself says what it is: some servers leave out the name of its kind.
  const der = Buffer.from(known.PublicKey ?? []);
  const algorithm = algorithmIn(der);
  if (!algorithm || known.KeyUsage !== 'SIGN_VERIFY')
    throw new Fault(
      `the KMS key ${KeyId} is ${known.KeySpec ?? 'of no known kind'} for ${known.KeyUsage ?? 'no use'}`,
      'use one of ECC_NIST_P256, ECC_NIST_EDWARDS25519 for SIGN_VERIFY',
    );
  return {
    id: KeyId.replace(/^.*[:/]/, '').slice(0, 64),
    algorithm,
    publicKey: der.toString('base64'),
    async sign(bytes) {
      // KMS takes at most 4,096 bytes as they are: an envelope of 4,096 characters never signs more.
      const wanted = {
        KeyId,
        Message: bytes,
        MessageType: 'RAW',
        SigningAlgorithm: SIGNING[algorithm],
      } as const;
      const { Signature } = await call('Sign', (abortSignal) =>
        client.send(new SignCommand(wanted), { abortSignal }),
      );
      if (!Signature?.length)
        throw new Fault(
          `KMS answers without a signature of the key ${KeyId}`,
          'repeat later: nothing was signed',
        );
      return Buffer.from(Signature);
    },
  };
}

/** Makes calls about a key, each with a time-out and again where that may help; what fails is said in words. */
function kmsCaller(keyId: string, { region, signal, timeout, patience }: KmsOptions) {
  const call = caller({
    rates: 'none',
    ...(signal && { signal }),
    ...(timeout !== undefined && { timeout }),
    ...(patience && { patience }),
    fault: (error, { operation, kind }) =>
      kmsFault(error, { operation: operation as KmsCall['operation'], keyId, region }, kind),
  });
  return <T>(operation: KmsCall['operation'], send: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    call({ budget: 'reads', operation, names: [keyId] }, send);
}

/** Of which algorithm a public key is; undefined for another kind, and for what is none. */
function algorithmIn(der: Buffer): Algorithm | undefined {
  try {
    return algorithmOf(createPublicKey({ key: der, format: 'der', type: 'spki' }));
  } catch {
    return undefined;
  }
}
