import { createCipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';

/** Bytes at a time: small enough that a slow reader holds little of it. */
const STEP = 64 * 1024;

/**
 * Bytes that repeat nowhere and are the same each time, so that both ends know the sum of them: AES-CTR's stream for
 * a key of zeros. @param length in bytes
 */
export function payload(length: number): Readable {
  return Readable.from(chunks(length), { objectMode: false, highWaterMark: STEP });
}

/** The SHA-256 of such a payload, in hex. */
export function payloadDigest(length: number): string {
  const hash = createHash('sha256');
  for (const chunk of chunks(length)) hash.update(chunk);
  return hash.digest('hex');
}

function* chunks(length: number): Generator<Buffer> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const zeros = Buffer.alloc(STEP);
  for (let left = length; left > 0; left -= STEP)
    yield cipher.update(zeros.subarray(0, Math.min(STEP, left)));
}
