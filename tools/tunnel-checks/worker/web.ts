import { createHash, type Hash } from 'node:crypto';
import { get, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { payload, payloadDigest } from '../../../images/test-backend/payload.ts';
import type { How, Operations, TransferResult } from './operations.ts';
import { codeOf } from './streams.ts';

/** Seconds for a transfer that does not say how many. */
const PATIENCE = 60;

/** Gets a URL to its end, on a connection of its own. */
export async function download({
  url,
  seconds = PATIENCE,
}: Operations['download']['asks']): Promise<TransferResult> {
  const began = Date.now();
  const hash = createHash('sha256');
  const counted = { bytes: 0 };
  const how = await new Promise<How>((resolve) => {
    const asked = get(
      url,
      { agent: false, signal: AbortSignal.timeout(seconds * 1000) },
      (answer) => void taken(answer, hash, counted).then(resolve),
    );
    asked.on('error', (error) => resolve(codeOf(error)));
  });
  return { ...counted, sha256: hash.digest('hex'), how, milliseconds: Date.now() - began, at: Date.now() };
}

async function taken(answer: IncomingMessage, hash: Hash, counted: { bytes: number }): Promise<How> {
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      hash.update(chunk);
      counted.bytes += chunk.length;
    }
    return answer.complete ? 'end' : 'cut short';
  } catch (error) {
    return codeOf(error as Error);
  }
}

/** Posts so many bytes, and says what the backend received. */
export async function upload({
  url,
  bytes,
  seconds = PATIENCE,
}: Operations['upload']['asks']): Promise<TransferResult> {
  const began = Date.now();
  const told = await new Promise<{ how: How; bytes: number; sha256: string }>((resolve) => {
    const fail = (error: Error) => resolve({ how: codeOf(error), bytes: 0, sha256: '' });
    const options = { method: 'POST', agent: false, signal: AbortSignal.timeout(seconds * 1000) } as const;
    const asked = request(url, { ...options, headers: { 'content-length': bytes } }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk)).on('error', fail);
      answer.on('end', () =>
        resolve({ how: 'end', ...(JSON.parse(text) as { bytes: number; sha256: string }) }),
      );
    });
    asked.on('error', fail);
    payload(bytes).pipe(asked);
  });
  return { ...told, milliseconds: Date.now() - began, at: Date.now() };
}

/** So many requests at once on one connection of HTTP/2 whose client knows the server. */
export async function http2({
  url,
  requests,
}: Operations['http2']['asks']): Promise<{ equal: number; how: How }> {
  const session = connect(url);
  const failed = new Promise<How>((resolve) => session.on('error', (error) => resolve(codeOf(error))));
  const bytes = 100_000;
  const one = async (): Promise<boolean> => {
    const stream = session.request({ ':path': `/large?bytes=${bytes}` });
    const hash = createHash('sha256');
    for await (const chunk of stream as AsyncIterable<Buffer>) hash.update(chunk);
    return hash.digest('hex') === payloadDigest(bytes);
  };
  const all = Promise.all(Array.from({ length: requests }, one)).then(
    (same) => ({ equal: same.filter(Boolean).length, how: 'end' }),
    (error: Error) => ({ equal: 0, how: codeOf(error) }),
  );
  const result = await Promise.race([all, failed.then((how) => ({ equal: 0, how })), late()]);
  session.destroy();
  return result;
}

/** Messages of these sizes, each of which must come back before the next one is sent. */
export async function webSocket({
  url,
  messages,
}: Operations['webSocket']['asks']): Promise<{ equal: number; how: How }> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  let equal = 0;
  const talk = async (): Promise<How> => {
    await once(socket, 'open');
    for (const size of messages) {
      const sent = Buffer.alloc(size, size & 0xff);
      socket.send(sent);
      const [came] = (await once(socket, 'message')) as [Buffer];
      if (came.equals(sent)) equal += 1;
    }
    socket.close();
    await once(socket, 'close');
    return 'end';
  };
  const how = await Promise.race([
    talk().catch((error: Error) => codeOf(error)),
    late().then((one) => one.how),
  ]);
  socket.terminate();
  return { equal, how };
}

function late(): Promise<{ equal: number; how: How }> {
  return new Promise((resolve) =>
    setTimeout(() => resolve({ equal: 0, how: 'timeout' }), PATIENCE * 1000).unref(),
  );
}
