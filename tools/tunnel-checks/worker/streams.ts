import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { payload, payloadDigest } from '../../../images/test-backend/payload.ts';
import type { ExchangeResult, How, Operations, To } from './operations.ts';

/** Seconds for an operation that does not say how many. */
const PATIENCE = 20;

/** A connection, once it is there; the error's code where it never is. */
export function open(to: To, seconds = PATIENCE): Promise<Socket | How> {
  return new Promise((resolve) => {
    const socket = connect({ ...to, noDelay: true, allowHalfOpen: true });
    const late = setTimeout(() => (socket.destroy(), resolve('timeout')), seconds * 1000);
    const done = (result: Socket | How) => (clearTimeout(late), resolve(result));
    socket.once('error', (error) => done(codeOf(error)));
    socket.once('connect', () => done(socket));
    // Whoever uses it looks at the first error; one that comes after it says nothing new.
    socket.on('error', () => {});
  });
}

/** The word for an error of a connection. */
export function codeOf(error: Error): How {
  const code = (error as NodeJS.ErrnoException).code ?? error.message;
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'reset' : code;
}

/** Sends bytes and ends its side; reads until the other side ends. */
export async function exchange({
  to,
  bytes,
  seconds = PATIENCE,
}: Operations['exchange']['asks']): Promise<ExchangeResult> {
  const began = Date.now();
  const socket = await open(to, seconds);
  if (typeof socket === 'string')
    return { equal: false, bytes: 0, how: socket, milliseconds: Date.now() - began };
  const hash = createHash('sha256');
  let received = 0;
  socket.on('data', (chunk) => (hash.update(chunk), (received += chunk.length)));
  const how = ending(socket, seconds);
  payload(bytes).pipe(socket);
  const ended = await how;
  socket.destroy();
  const equal = received === bytes && hash.digest('hex') === payloadDigest(bytes);
  return { equal, bytes: received, how: ended, milliseconds: Date.now() - began };
}

/** How a connection ends. */
export function ending(socket: Socket, seconds: number): Promise<How> {
  return new Promise((resolve) => {
    const late = setTimeout(() => (socket.destroy(), resolve('timeout')), seconds * 1000);
    const done = (how: How) => (clearTimeout(late), resolve(how));
    socket.once('error', (error) => done(codeOf(error)));
    socket.once('end', () => done('end'));
    socket.once('close', () => done('end'));
  });
}

/** Many connections that each exchange bytes, so many at a time. */
export async function many(asks: Operations['many']['asks']): Promise<Operations['many']['answers']> {
  const { to, total, parallel, bytes } = asks;
  const began = Date.now();
  const counted = await countWays(total, parallel, async () => {
    const one = await exchange({ to, bytes, seconds: 60 });
    return one.equal ? undefined : one.how;
  });
  return { ...counted, milliseconds: Date.now() - began };
}

/** Tries so many times, so many at once. @param attempt says how it went wrong, where it did */
export async function countWays(
  total: number,
  parallel: number,
  attempt: () => Promise<How | undefined>,
): Promise<{ equal: number; others: Record<How, number> }> {
  const others: Record<How, number> = {};
  let [left, equal] = [total, 0];
  const worker = async () => {
    while (left-- > 0) {
      const how = await attempt();
      if (how === undefined) equal += 1;
      else others[how] = (others[how] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { equal, others };
}
