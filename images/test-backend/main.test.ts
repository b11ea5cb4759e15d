import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { suite } from '../../tools/testing/suite.ts';
import { answer } from './answers.ts';
import { serveWeb } from './connections.ts';
import { serveEcho, type Serving } from './echo.ts';
import { payloadDigest } from './payload.ts';
import { settingsOf } from './settings.ts';

const test = suite('the test backend');
const loopback = { host: '127.0.0.1', port: 0 };
let echo: Serving;
let web: Serving;
const url = (path: string): string => `http://127.0.0.1:${web.address.port}${path}`;
/** PROXY version 2: from 100.64.0.1:40000 to 10.100.0.2:8080, for alice@example.com. */
const HEADER = Buffer.from(
  '0d0a0d0a000d0a515549540a21110020644000010a6400029c401f90e00011616c696365406578616d706c652e636f6d',
  'hex',
);

test.before(async () => {
  [echo, web] = [await serveEcho(loopback), await serveWeb(loopback, answer)];
});
test.after(async () => void (await Promise.all([echo.close(), web.close()])));

/** What a server answers to bytes, until it ends. */
async function exchange(port: number, parts: readonly Buffer[]): Promise<string> {
  const socket = connect({ ...loopback, port, allowHalfOpen: true });
  let told = '';
  socket.on('data', (bytes) => (told += bytes));
  for (const part of parts) {
    socket.write(part);
    // Each in a packet of its own.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  socket.end();
  await once(socket, 'close');
  return told;
}

test('listens where it is told, else where Terraform has it', () => {
  const everywhere = (port: number) => ({ host: '0.0.0.0', port });
  for (const nothing of [{}, { ZTNA_ECHO: '', ZTNA_HTTP: '' }, { ZTNA_ECHO: '7007', ZTNA_HTTP: '8080' }])
    assert.equal(settingsOf(nothing), { echo: everywhere(7007), web: everywhere(8080) });
  assert.equal(settingsOf({ ZTNA_ECHO: '127.0.0.1:9' }).echo, { host: '127.0.0.1', port: 9 });
  assert.throws(() => settingsOf({ ZTNA_HTTP: 'everywhere' }), /ZTNA_HTTP is "everywhere"/);
});

test('echoes by TCP what came, also after the client has ended its side', async () => {
  assert.is(await exchange(echo.address.port, [Buffer.from('one '), Buffer.from('two')]), 'one two');
});

test('echoes datagrams', async () => {
  const socket = createSocket('udp4');
  socket.send('hello', echo.address.port, '127.0.0.1');
  const [bytes] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  assert.is(bytes.toString(), 'hello');
});

test('answers what health checks ask, and names what there is', async () => {
  assert.is((await fetch(url('/healthz'))).status, 200);
  const missing = await fetch(url('/nothing'));
  assert.is(missing.status, 404);
  assert.match(await missing.text(), /\/slow \/large \/whoami/);
});

test('sends the same bytes each time, and says what it received', async () => {
  const got = await fetch(url('/large?bytes=100001&sum'));
  const bytes = Buffer.from(await got.arrayBuffer());
  const sum = createHash('sha256').update(bytes).digest('hex');
  assert.equal([bytes.length, sum, got.headers.get('x-sha256')], [100_001, payloadDigest(100_001), sum]);
  const sent = await fetch(url('/large'), { method: 'POST', body: bytes });
  assert.equal(await sent.json(), { bytes: 100_001, sha256: sum });
});

test('a slow answer comes a line each second', async () => {
  const began = Date.now();
  assert.is(await (await fetch(url('/slow?seconds=1'))).text(), '1 of 1\n');
  assert.ok(Date.now() - began >= 990);
});

test('whoami says what the proxy said, whose header may come in pieces', async () => {
  const request = Buffer.from('GET /whoami HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  const pieces = [
    HEADER.subarray(0, 5),
    HEADER.subarray(5, 30),
    Buffer.concat([HEADER.subarray(30), request]),
  ];
  const told = await exchange(web.address.port, pieces);
  const { proxy } = JSON.parse(
    told
      .split('\r\n\r\n')[1]!
      .split('\n')
      .find((line) => line[0] === '{')!,
  );
  assert.is(proxy.principal, 'alice@example.com');
  assert.equal(proxy.source, { address: '100.64.0.1', port: 40_000 });
  const direct = (await (await fetch(url('/whoami'))).json()) as { proxy: unknown };
  assert.is(direct.proxy, null);
});

/** The body of an answer by HTTP/2, on a connection that begins with these bytes. */
async function http2(path: string, before: Buffer): Promise<string> {
  const socket = connect({ ...loopback, port: web.address.port });
  if (before.length > 0) socket.write(before);
  const session = connectHttp2(url('/'), { createConnection: () => socket });
  const stream = session.request({ ':path': path });
  let body = '';
  for await (const chunk of stream) body += chunk;
  session.close();
  return body;
}

test('speaks HTTP/2 on the same port, behind a proxy too', async () => {
  assert.is(await http2('/healthz', Buffer.alloc(0)), 'ok\n');
  assert.match(await http2('/whoami', HEADER), /"principal":"alice@example.com"/);
});

test('echoes messages of a WebSocket, text and bytes', async () => {
  const socket = new WebSocket(url('/echo').replace('http', 'ws'));
  await once(socket, 'open');
  socket.send('text');
  const [text, textIsBinary] = (await once(socket, 'message')) as [Buffer, boolean];
  socket.send(Buffer.from([0, 255]));
  const [bytes, bytesAreBinary] = (await once(socket, 'message')) as [Buffer, boolean];
  socket.close();
  assert.equal([text.toString(), textIsBinary], ['text', false]);
  assert.equal([[...bytes], bytesAreBinary], [[0, 255], true]);
});

test('a wrong header ends the connection without an answer', async () => {
  const wrong = Buffer.from(HEADER);
  wrong[12] = 0x11;
  assert.is(await exchange(web.address.port, [wrong, Buffer.from('GET / HTTP/1.1\r\n\r\n')]), '');
});

test.run();
