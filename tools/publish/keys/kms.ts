import { createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand, type SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { type Algorithm, algorithmOf, type Signer } from '../../contract/log/dsse.ts';
import { Fault } from '../../contract/fault.ts';

/** What begins the name of a key that KMS holds: `kms:alias/ztna-publisher`, `kms:<key id or ARN>`. */
export const KMS_PREFIX = 'kms:';

/** Where KMS is; the endpoint is the region's unless said otherwise. */
export interface KmsOptions {
  region: string;
  endpoint?: string;
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
export async function kmsSigner(key: string, { region, endpoint }: KmsOptions): Promise<Signer> {
  const client = new KMSClient({ region, ...(endpoint !== undefined && { endpoint }) });
  const KeyId = key.slice(KMS_PREFIX.length);
  const known = await client.send(new GetPublicKeyCommand({ KeyId })).catch((error: Error) => {
    throw new Fault(
      `KMS does not show the key ${KeyId}: ${error.name}`,
      'look at its name, region and grants',
    );
  });
  // The key itself says what it is: some servers leave out the name of its kind.
  const der = Buffer.from(known.PublicKey ?? []);
  const algorithm = algorithmOf(createPublicKey({ key: der, format: 'der', type: 'spki' }));
  if (!algorithm || known.KeyUsage !== 'SIGN_VERIFY')
    throw new Fault(
      `the KMS key ${KeyId} is ${known.KeySpec} for ${known.KeyUsage}`,
      'use one of ECC_NIST_P256, ECC_NIST_EDWARDS25519 for SIGN_VERIFY',
    );
  return {
    id: KeyId.replace(/^.*[:/]/, '').slice(0, 64),
    algorithm,
    publicKey: der.toString('base64'),
    async sign(bytes) {
      // KMS takes at most 4,096 bytes as they are: an envelope of 4,096 characters never signs more.
      const { Signature } = await client.send(
        new SignCommand({ KeyId, Message: bytes, MessageType: 'RAW', SigningAlgorithm: SIGNING[algorithm] }),
      );
      return Buffer.from(Signature!);
    },
  };
}
