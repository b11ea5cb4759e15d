import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageSigner, verifyWords } from '../contract/image-signature.ts';
import { replaceFile } from '../files/own-files.ts';

/** What cosign says of an image; `absent` where it is not installed, and nothing is known. */
export type SignatureVerdict =
  | { readonly state: 'signed' }
  | { readonly state: 'absent' }
  | { readonly state: 'unsigned'; readonly says: string };

/** How a registry is signed in to: as Docker writes it, `user:password` in base64. */
export interface RegistryLogin {
  host: string;
  authorization: string;
}

/** Milliseconds that it may take: it asks the registry and the transparency log. */
const PATIENCE_MS = 60_000;

/**
 * Asks cosign whether somebody signed an image.
 * @param image `<repository>@sha256:...` in that registry
 * @param env with the PATH on which cosign is found
 */
export async function verifySignature(
  image: string,
  signer: ImageSigner,
  { host, authorization }: RegistryLogin,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SignatureVerdict> {
  // Docker's own settings are left alone, and no password is on a command line.
  const settings = mkdtempSync(join(tmpdir(), 'ztna-cosign-'));
  try {
    const auths = { [host]: { auth: authorization } };
    replaceFile(join(settings, 'config.json'), JSON.stringify({ auths }));
    return await run(verifyWords(`${host}/${image}`, signer), { ...env, DOCKER_CONFIG: settings });
  } finally {
    rmSync(settings, { recursive: true, force: true });
  }
}

function run(
  [program, ...words]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<SignatureVerdict> {
  const child = spawn(program!, words, { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: PATIENCE_MS });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? { state: 'absent' } : { state: 'unsigned', says: error.message }),
    );
    child.once('close', (status) =>
      resolve(status === 0 ? { state: 'signed' } : { state: 'unsigned', says: reasonIn(text) }),
    );
  });
}

/** The first line of an error, else the last that was said. */
function reasonIn(text: string): string {
  const lines = text.trim().split('\n');
  const found = lines.find((line) => /^error/i.test(line)) ?? lines.at(-1) ?? '';
  return found.replace(/^error: */i, '') || 'it ended without a word';
}
