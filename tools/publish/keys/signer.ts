import type { Signer } from '../../contract/log/dsse.ts';
import { fileSigner, keyFile } from './keys.ts';
import { KMS_PREFIX, kmsSigner } from './kms.ts';

/** Which key signs, and where keys are. */
export interface SignerOptions {
  /** A name, a PEM file, or `kms:` and a key id, ARN or alias. */
  key: string;
  /** The state folder, which has the keys that have names. */
  state: string;
  /** Where KMS is. */
  region: string;
  /** KMS's address; the region's where none is given. */
  kmsEndpoint?: string | undefined;
  /** Raised when the user interrupts. */
  signal?: AbortSignal | undefined;
}

/** The signer of a key. @throws Fault where there is none, or it is of another kind */
export async function signerOf({ key, state, region, kmsEndpoint, signal }: SignerOptions): Promise<Signer> {
  if (!key.startsWith(KMS_PREFIX))
    return fileSigner(keyFile(state, key), key.replace(/^.*[/\\]|\.pem$/g, '').slice(0, 64));
  return kmsSigner(key, {
    region,
    ...(kmsEndpoint !== undefined && { endpoint: kmsEndpoint }),
    ...(signal && { signal }),
  });
}
