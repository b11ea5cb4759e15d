import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import * as assert from 'uvu/assert';
import { answer } from '../../../images/test-backend/answers.ts';
import { serveWeb } from '../../../images/test-backend/connections.ts';
import { serveEcho, type Serving } from '../../../images/test-backend/echo.ts';
import { payloadDigest } from '../../../images/test-backend/payload.ts';
import { suite } from '../../testing/suite.ts';
import { FINE, lossyPath, type Weather } from '../world/lossy.ts';
import { pause } from '../world/patience.ts';
import { held, hold, release } from './hold.ts';
import { dropKept, firstBytes, keep } from './keep.ts';
import { sizes } from './sizes.ts';
import { exchange, many } from './streams.ts';
import { download, http2, upload, webSocket } from './web.ts';

// slow: it waits for what does not come
const test = suite('what workers find, beside a backend without a tunnel');
const loopback = { host: '127.0.0.1', port: 0 };
let [echo, web]: Serving[] = [];
const url = (path: string): string => `http://127.0.0.1:${web!.address.port}${path}`;

test.before(async () => void ([echo, web] = [await serveEcho(loopback), await serveWeb(loopback, answer)]));
test.after(async () => void (await Promise.all([echo!.close(), web!.close()])));

/** A server that does something else with each connection than it should. */
async function wrong(treat: (socket: Socket) => void): Promise<{ server: Server; to: typeof loopback }> {
  const server = createServer(
    { allowHalfOpen: true },
    (socket) => (socket.on('error', () => {}), treat(socket)),
  );
  server.listen(loopback);
  await once(server, 'listening');
  return { server, to: { ...loopback, port: (server.address() as AddressInfo).port } };
}

test('an exchange is equal where the same comes back, up to the end', async () => {
  const { equal, how, bytes } = await exchange({ to: echo!.address, bytes: 200_000 });
  assert.equal([equal, how, bytes], [true, 'end', 200_000]);
});

test('an exchange sees a byte that differs, one that lacks, a reset, and nobody there', async () => {
  const cases: [(socket: Socket) => void, string][] = [
    [
      (socket) =>
        socket
          .on('data', (bytes: Buffer) => socket.write(bytes.map((byte) => byte ^ 1)))
          .on('end', () => socket.end()),
      'end',
    ],
    [
      (socket) =>
        socket.on('data', (bytes: Buffer) => socket.write(bytes.subarray(1))).on('end', () => socket.end()),
      'end',
    ],
    [(socket) => socket.once('data', () => socket.resetAndDestroy()), 'reset'],
  ];
  for (const [treat, how] of cases) {
    const { server, to } = await wrong(treat);
    const found = await exchange({ to, bytes: 1000 });
    assert.equal([found.equal, found.how], [false, how]);
    server.close();
    await once(server, 'close');
    if (how === 'reset') assert.is((await exchange({ to, bytes: 1 })).how, 'ECONNREFUSED');
  }
});

test('many connections are counted by how they end', async () => {
  const found = await many({ to: echo!.address, total: 30, parallel: 7, bytes: 500 });
  assert.equal([found.equal, found.others], [30, {}]);
  const { server, to } = await wrong((socket) => socket.resetAndDestroy());
  assert.equal((await many({ to, total: 3, parallel: 3, bytes: 500 })).others, { reset: 3 });
  server.close();
});

test('what is kept lasts until it is dropped, and its backend has it until then', async () => {
  const kept = await keep({ to: echo!.address, total: 20, parallel: 6 });
  assert.equal([kept.equal, kept.others], [20, {}]);
  assert.equal([dropKept(), dropKept()], [{ dropped: 20 }, { dropped: 0 }]);
  const { server, to } = await wrong((socket) => socket.once('data', () => socket.end()));
  assert.equal(await keep({ to, total: 3, parallel: 3 }), { equal: 0, others: { end: 3 } });
  const leaves = await wrong((socket) => socket.once('data', () => socket.end('!')));
  await keep({ to: leaves.to, total: 2, parallel: 1 });
  await pause(100);
  assert.equal(dropKept(), { dropped: 0 }, 'what the other side has left is not kept');
  for (const one of [server, leaves.server]) one.close();
});

test('the first byte of each connection is timed; one that never comes is an error', async () => {
  const late = await wrong((socket) => socket.once('data', () => setTimeout(() => socket.write('!'), 60)));
  const { milliseconds } = await firstBytes({ to: late.to, times: 3 });
  assert.ok(milliseconds.length === 3 && milliseconds.every((one) => one >= 55 && one < 1000));
  const silent = await wrong((socket) => socket.once('data', () => socket.end()));
  const fault = await firstBytes({ to: silent.to, times: 1 }).catch((error: Error) => error.message);
  assert.is(fault, 'no first byte came: end');
  for (const { server } of [late, silent]) server.close();
});

test('every size comes back by TCP and by UDP', async () => {
  const list = [1, 2, 1400, 1500, 3000];
  for (const protocol of ['tcp', 'udp'] as const) {
    const found = await sizes({ to: echo!.address, protocol, sizes: list });
    assert.equal(
      found,
      list.map((size) => ({ size, how: 'equal' })),
    );
  }
});

test('a datagram that is too large for its socket is an error at the sender', async () => {
  const [found] = await sizes({ to: echo!.address, protocol: 'udp', sizes: [70_000] });
  assert.is(found!.how, 'EMSGSIZE');
});

test('what is held says how it ended, and when', async () => {
  let open: Socket | undefined;
  const { server, to } = await wrong(
    (socket) => void (open = socket).on('data', (bytes) => socket.write(bytes)),
  );
  assert.equal(await hold({ id: 'stream', to, protocol: 'tcp' }), { how: 'open' });
  await hold({ id: 'datagrams', to: echo!.address, protocol: 'udp' });
  await pause(300);
  assert.ok(held('stream').answers > 2 && held('stream').how === 'open');
  const at = Date.now();
  open!.resetAndDestroy();
  await pause(100);
  const { how, ended } = release('stream');
  assert.is(how, 'reset');
  assert.ok(Math.abs(ended! - at) < 100);
  const datagrams = release('datagrams');
  assert.ok(datagrams.answers > 2 && datagrams.longestPause < 300);
  server.close();
});

test('transfers by HTTP have their sums, and one that is cut off says so', async () => {
  const down = await download({ url: url('/large?bytes=300000') });
  assert.equal([down.bytes, down.how, down.sha256], [300_000, 'end', payloadDigest(300_000)]);
  const up = await upload({ url: url('/large'), bytes: 300_000 });
  assert.equal([up.bytes, up.how, up.sha256], [300_000, 'end', payloadDigest(300_000)]);
  const { server, to } = await wrong((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf');
    setTimeout(() => socket.resetAndDestroy(), 50);
  });
  const cut = await download({ url: `http://${to.host}:${to.port}/` });
  assert.equal([cut.bytes, cut.how], [4, 'reset']);
  server.close();
});

test('HTTP/2 and WebSockets', async () => {
  assert.equal(await http2({ url: url(''), requests: 3 }), { equal: 3, how: 'end' });
  assert.equal(await webSocket({ url: url('/').replace('http', 'ws'), messages: [0, 1, 70_000] }), {
    equal: 3,
    how: 'end',
  });
});

/** How many of a hundred datagrams come back over a path, and how many came in all. */
async function through(weather: Partial<Weather>, seed: number): Promise<{ equal: number; lost: number }> {
  const path = await lossyPath('127.0.0.1', echo!.address, { ...FINE, ...weather }, seed);
  const list = Array.from({ length: 100 }, (_, index) => index + 1);
  const found = await sizes({ to: path.address, protocol: 'udp', sizes: list });
  path.close();
  return { equal: found.filter(({ how }) => how === 'equal').length, lost: path.counts.lost };
}

test('a path with weather loses what it should, delays, and answers go back to whoever asked', async () => {
  assert.equal(await through({}, 1), { equal: 100, lost: 0 });
  assert.equal(await through({ doubled: 0.2, reordered: 0.2, delay: 5, jitter: 5 }, 1), {
    equal: 100,
    lost: 0,
  });
  const { equal, lost } = await through({ lost: 0.5 }, 1);
  assert.ok(equal > 20 && equal < 80 && lost > 80, `${equal} came back, ${lost} were lost`);
});

test.run();
