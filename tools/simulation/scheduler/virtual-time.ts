/**
 * Import this before anything that compresses or verifies. Compression runs in threads, whose order nobody can
 * repeat: here it happens at once. That, and verifying, are worked out once for the same arguments. So a run is
 * the same each time it is made, and short.
 */
import crypto, { createHash, type KeyObject } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import zlib from 'node:zlib';

type Answer = (error: Error | null, result?: Buffer) => void;

/** The asynchronous form of a function of zlib, which calls back with what was worked out at once, or before. */
function inVirtualTime(work: (bytes: Uint8Array, options: zlib.BrotliOptions) => Buffer) {
  const known = new Map<string, Buffer | Error>();
  return (bytes: Uint8Array, options: zlib.BrotliOptions, answer: Answer): void => {
    const key = createHash('sha256').update(bytes).update(JSON.stringify(options)).digest('hex');
    const result = known.get(key) ?? attempt(() => work(bytes, options));
    known.set(key, result);
    process.nextTick(() => (result instanceof Error ? answer(result) : answer(null, Buffer.from(result))));
  };
}

function attempt(work: () => Buffer): Buffer | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}

Object.assign(zlib, {
  brotliCompress: inVirtualTime(zlib.brotliCompressSync),
  brotliDecompress: inVirtualTime(zlib.brotliDecompressSync),
});
const { verify } = crypto;
const verified = new Map<string, boolean>();
const keys = new Map<KeyObject, number>();
Object.assign(crypto, {
  verify(algorithm: string | null, data: Buffer, key: KeyObject, signature: Buffer): boolean {
    if (!keys.has(key)) keys.set(key, keys.size);
    const what = createHash('sha256').update(data).digest('hex');
    const question = `${keys.get(key)} ${algorithm} ${what} ${signature.toString('base64')}`;
    const answer = verified.get(question) ?? verify(algorithm, data, key, signature);
    verified.set(question, answer);
    return answer;
  },
});
syncBuiltinESMExports();
