import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { ListenAddress } from '../../tools/serve/address.ts';
import type { Serving } from './echo.ts';
import { type Beginning, type ProxyHeader, readBeginning } from './proxy-protocol.ts';

/** On a connection, as HTTP/2 shows its socket only through a proxy object that no map knows. */
const HEADER = Symbol('what a proxy said of it');

type Connection = Socket & { [HEADER]?: ProxyHeader };

/** What a proxy said of a connection, where one did. */
export const headerOf = (socket: Connection): ProxyHeader | undefined => socket[HEADER];

/** What a client of HTTP/2 that knows its server begins with (RFC 9113, section 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0');

/** Milliseconds for the first bytes of a connection. */
const PATIENCE = 30_000;

/** Serves HTTP/1.1, HTTP/2 without TLS and WebSocket echo on one port, each with or without a PROXY header before it. */
export async function serveWeb(address: ListenAddress, answer: RequestListener): Promise<Serving> {
  const http = createHttp({ keepAliveTimeout: PATIENCE }, answer);
  // Its compatibility layer answers as HTTP/1.1's does, with other types.
  const http2 = createHttp2(answer as never);
  echoMessages(new WebSocketServer({ server: http, maxPayload: 16 * 1024 * 1024 }));
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(PATIENCE, () => socket.destroy());
    void begin(socket, (isHttp2) => {
      socket.setTimeout(0);
      (isHttp2 ? http2 : http).emit('connection', socket);
      // HTTP/2 reads what there is by itself.
      if (!isHttp2) socket.resume();
    });
  });
  server.listen(address);
  await once(server, 'listening');
  return {
    address: { host: address.host, port: (server.address() as AddressInfo).port },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads a connection until it is known what it is, takes off the header, and hands it on with the rest unread. */
async function begin(socket: Connection, handOn: (isHttp2: boolean) => void): Promise<void> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    // Only one header counts; what looks like another is what the client sent.
    const beginning: Beginning = socket[HEADER] ? { kind: 'none' } : readBeginning(bytes);
    if (beginning.kind === 'wrong') return void socket.destroy();
    if (beginning.kind === 'header') {
      socket[HEADER] = beginning.header;
      bytes = bytes.subarray(beginning.bytes);
    }
    const isSettled = beginning.kind !== 'short';
    const isPreface = bytes.subarray(0, PREFACE.length).equals(PREFACE.subarray(0, bytes.length));
    if (bytes.length > 0 && isSettled && (!isPreface || bytes.length >= PREFACE.length)) {
      socket.unshift(bytes);
      return handOn(isPreface);
    }
    const more = await firstBytes(socket);
    if (!more) return void socket.destroy();
    bytes = Buffer.concat([bytes, more]);
  }
}

/** What comes next; undefined at the end. The socket is paused by then. */
function firstBytes(socket: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const done = (bytes?: Buffer) => {
      socket.pause();
      socket.off('data', done).off('end', done).off('close', done);
      resolve(Buffer.isBuffer(bytes) ? bytes : undefined);
    };
    socket.on('data', done).on('end', done).on('close', done).resume();
  });
}

function echoMessages(server: WebSocketServer): void {
  server.on('connection', (socket) => {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
    socket.on('error', () => socket.terminate());
  });
}
