import { createFile, PUBLIC, replaceFile } from '../../files/own-files.ts';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { algorithmOf, type PublicKey, type Signer, trust } from '../../contract/log/dsse.ts';
import { Fault } from '../../contract/fault.ts';
import type { Environment, TrustedKey } from '../../contract/shapes.ts';
import type { StoreKind } from '../../store/open.ts';

/**
 * Makes an Ed25519 key pair: the private half in `file` (PKCS 8, PEM, readable by its owner only), the public
 * half beside it as `.pub`.
 * @throws Fault when the file exists: a key is never overwritten
 */
export function createKey(file: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  if (!createFile(file, pem(privateKey, 'pkcs8')))
    throw new Fault(
      `${file} exists`,
      'move it away first if you mean to replace it: what it signed stays signed',
    );
  replaceFile(publicFile(file), pem(publicKey, 'spki'), PUBLIC);
}

/** Makes the key pair unless it is there. @returns whether it was made */
export function ensureKey(file: string): boolean {
  if (existsSync(file)) return false;
  createKey(file);
  return true;
}

/**
 * A signer with the private key in a PEM file, Ed25519 or ECDSA P-256.
 * @param id a name for people, in the envelope
 * @throws Fault when the file cannot be read, others may read it, or it holds no such key
 */
export function fileSigner(file: string, id: string): Signer {
  const key = readPrivateKey(file);
  const algorithm = algorithmOf(key);
  if (!algorithm)
    throw new Fault(
      `${file} holds a key of another algorithm: expected Ed25519 or ECDSA P-256`,
      'make one with: npx ztna keys init',
    );
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    id,
    algorithm,
    publicKey: der.toString('base64'),
    sign: async (bytes) => sign(algorithm === 'ed25519' ? null : 'sha256', bytes, key),
  };
}

/** The public half of a key pair as environment.yaml has it; undefined where there is none. */
export function publicHalf(file: string, id: string): TrustedKey | undefined {
  if (!existsSync(publicFile(file))) return undefined;
  const key = createPublicKey(readFileSync(publicFile(file)));
  const algorithm = algorithmOf(key);
  if (!algorithm)
    throw new Fault(
      `${publicFile(file)} holds a key of another algorithm`,
      'expected Ed25519 or ECDSA P-256; make one with: npx ztna keys init',
    );
  return { id, algorithm, publicKey: key.export({ format: 'der', type: 'spki' }).toString('base64') };
}

/** The name of the key that is made and used where no other is named. */
export const LOCAL_KEY = 'local';

/** Where a signing key is: a name below the state folder's `keys/`, or a path. */
export function keyFile(state: string, key: string): string {
  return /[/\\]|\.pem$/.test(key) ? key : join(state, 'keys', `${key}.pem`);
}

/** The keys that followers trust: those of environment.yaml and, in the embedded store, the local one. */
export function trustedKeys(
  state: string,
  { bundle }: Pick<Environment, 'bundle'>,
  store: StoreKind,
): PublicKey[] {
  const local = store === 'embedded' ? publicHalf(keyFile(state, LOCAL_KEY), LOCAL_KEY) : undefined;
  return trust([...bundle.trustedKeys, ...(local ? [local] : [])]);
}

/** Where the public half of a key pair is. */
export function publicFile(file: string): string {
  return file.replace(/\.pem$/, '.pub');
}

function readPrivateKey(file: string): KeyObject {
  if (!existsSync(file))
    throw new Fault(`there is no signing key ${file}`, 'make one with: npx ztna keys init');
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
    throw new Fault(`others may read the signing key ${file}`, `take that away with: chmod 600 ${file}`);
  const text = readFileSync(file);
  try {
    return createPrivateKey(text);
  } catch {
    throw new Fault(`${file} holds no private key in PEM`, 'make one with: npx ztna keys init');
  }
}

function pem(key: KeyObject, type: 'pkcs8' | 'spki'): string {
  return key.export({ format: 'pem', type } as { format: 'pem'; type: 'pkcs8' }) as string;
}
