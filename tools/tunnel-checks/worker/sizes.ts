import { createSocket, type Socket as Datagrams } from 'node:dgram';
import type { Socket } from 'node:net';
import type { How, Operations, To } from './operations.ts';
import { codeOf, open } from './streams.ts';

/** Milliseconds for one payload to come back; one that did not is sent once more by UDP, which may lose it. */
const WAIT = 1500;

type Answers = Operations['sizes']['answers'];

/** Sends one payload of each size, and says how it came back. */
export function sizes({ to, protocol, sizes: list }: Operations['sizes']['asks']): Promise<Answers> {
  return protocol === 'tcp' ? byStream(to, list) : byDatagram(to, list);
}

/** Bytes that differ with the size, so that one answer is not taken for another's. */
function filled(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 31 + size * 7) & 0xff));
}

async function byStream(to: To, list: readonly number[]): Promise<Answers> {
  const socket = await open(to);
  if (typeof socket === 'string') return list.map((size) => ({ size, how: socket }));
  const found: Answers = [];
  for (const size of list) {
    const sent = filled(size);
    socket.write(sent);
    const came = await readExactly(socket, size);
    found.push({ size, how: typeof came === 'string' ? came : came.equals(sent) ? 'equal' : 'different' });
    if (typeof came === 'string') break;
  }
  socket.destroy();
  return found;
}

function readExactly(socket: Socket, size: number): Promise<Buffer | How> {
  return new Promise((resolve) => {
    let got = Buffer.alloc(0);
    const done = (result: Buffer | How) => {
      clearTimeout(late);
      socket.off('data', more).off('error', fail).off('end', end);
      resolve(result);
    };
    const late = setTimeout(() => done('timeout'), WAIT * 4);
    const more = (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
      if (got.length >= size) done(got);
    };
    const fail = (error: Error) => done(codeOf(error));
    const end = () => done('end');
    socket.on('data', more).on('error', fail).on('end', end);
  });
}

/** So many sockets try sizes at once: what comes to nothing is waited for. */
const AT_ONCE = 40;

async function byDatagram(to: To, list: readonly number[]): Promise<Answers> {
  const found: Answers = [];
  const left = list.map((size, index) => ({ size, index }));
  const worker = async () => {
    // Only a socket that is connected hears of what is wrong with its way.
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.connect(to.port, to.host, resolve));
    for (let next = left.shift(); next; next = left.shift())
      found[next.index] = { size: next.size, how: await twice(socket, next.size) };
    socket.close();
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, list.length) }, worker));
  return found;
}

async function twice(socket: Datagrams, size: number): Promise<How> {
  const first = await once(socket, size);
  return first === 'timeout' ? once(socket, size) : first;
}

/** Sends one datagram and waits for its echo. An error of the socket, such as EMSGSIZE, is the answer where there is one. */
function once(socket: Datagrams, size: number): Promise<'equal' | 'different' | How> {
  const sent = filled(size);
  return new Promise((resolve) => {
    const done = (how: How) => {
      clearTimeout(late);
      socket.removeAllListeners('message').removeAllListeners('error');
      socket.on('error', () => {});
      resolve(how);
    };
    const late = setTimeout(() => done('timeout'), WAIT);
    socket.on('message', (bytes) => {
      if (bytes.equals(sent)) done('equal');
      // The echo of another size comes late; what is no whole echo of any size is broken.
      else if (!bytes.equals(filled(bytes.length))) done('different');
    });
    socket.on('error', (error) => done(codeOf(error)));
    socket.send(sent, (error) => error && done(codeOf(error)));
  });
}
