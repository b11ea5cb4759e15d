import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { headerOf } from './connections.ts';
import { payload, payloadDigest } from './payload.ts';

/** Unless asked for another number of bytes. */
const LARGE = 10 * 1024 * 1024;
/** At most, so that a backend that anyone may reach sends nobody a flood. */
const LARGEST = 1024 * 1024 * 1024;
/** Unless asked for another number of seconds; at most. */
const [SLOW, SLOWEST] = [5, 3600];

type Answer = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => Promise<void>;

/** What is answered, by path. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  '/': async (_, response) => text(response, 200, 'the test backend of ZTNA\n'),
  '/healthz': async (_, response) => text(response, 200, 'ok\n'),
  '/slow': slow,
  '/large': async (request, response, query) =>
    request.method === 'POST' || request.method === 'PUT'
      ? received(request, response)
      : large(response, query),
  '/whoami': async (request, response) => json(response, whoami(request)),
};

/** Answers a request, of either version of HTTP. */
export const answer: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://backend');
  const known = Object.hasOwn(ANSWERS, pathname) ? ANSWERS[pathname]! : undefined;
  const answering = known
    ? known(request, response, searchParams)
    : Promise.resolve(text(response, 404, `there is no ${pathname}; ${Object.keys(ANSWERS).join(' ')}\n`));
  // A client that goes away in the middle is no fault.
  void answering.catch(() => response.destroy());
};

/** A line each second, so that a client sees a connection that is cut. */
async function slow(_: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
  const seconds = bounded(query.get('seconds'), SLOW, SLOWEST);
  response.writeHead(200, { 'content-type': 'text/plain' });
  for (let second = 1; second <= seconds && !response.destroyed; second += 1) {
    await sleep(1000);
    response.write(`${second} of ${seconds}\n`);
  }
  response.end();
}

/** So many bytes, with their sum beforehand. */
async function large(response: ServerResponse, query: URLSearchParams): Promise<void> {
  const bytes = bounded(query.get('bytes'), LARGE, LARGEST);
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': bytes,
    ...(query.has('sum') && { 'x-sha256': payloadDigest(bytes) }),
  });
  await pipeline(payload(bytes), response);
}

async function received(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  json(response, { bytes, sha256: hash.digest('hex') });
}

/** Who is asking, as the connection says, and as the proxy before it said. */
function whoami({ socket }: IncomingMessage): object {
  return {
    peer: { address: socket.remoteAddress, port: socket.remotePort },
    proxy: headerOf(socket) ?? null,
  };
}

function bounded(given: string | null, fallback: number, most: number): number {
  const number = Number(given ?? fallback);
  return Number.isInteger(number) && number >= 0 ? Math.min(number, most) : fallback;
}

function json(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(value)}\n`);
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(body);
}
