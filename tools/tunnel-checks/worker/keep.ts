import type { Socket } from 'node:net';
import type { How, Operations, To } from './operations.ts';
import { codeOf, countWays, open } from './streams.ts';

/** Milliseconds for the first byte of an answer: where thousands are opened at once, the last one waits. */
const PATIENCE = 60_000;

const KEPT = new Set<Socket>();

/** A connection on which a byte came back, and how many milliseconds after it was asked for. */
interface Answered {
  socket: Socket;
  milliseconds: number;
}

/** How long connections take to their first byte, one after the other. @throws where none comes */
export async function firstBytes({
  to,
  times,
}: Operations['firstBytes']['asks']): Promise<Operations['firstBytes']['answers']> {
  const milliseconds: number[] = [];
  for (let left = times; left > 0; left -= 1) {
    const one = await openAnswered(to);
    if (typeof one === 'string') throw new Error(`no first byte came: ${one}`);
    one.socket.destroy();
    milliseconds.push(one.milliseconds);
  }
  return { milliseconds };
}

/** Opens connections and keeps them. */
export function keep({
  to,
  total,
  parallel,
}: Operations['keep']['asks']): Promise<Operations['keep']['answers']> {
  return countWays(total, parallel, async () => {
    const one = await openAnswered(to);
    if (typeof one === 'string') return one;
    KEPT.add(one.socket);
    one.socket.on('close', () => KEPT.delete(one.socket));
    return undefined;
  });
}

/** Lets go of all that are kept, and says how many had lasted until then. */
export function dropKept(): Operations['dropKept']['answers'] {
  const dropped = KEPT.size;
  for (const socket of KEPT) socket.destroy();
  KEPT.clear();
  return { dropped };
}

async function openAnswered(to: To): Promise<Answered | How> {
  const began = performance.now();
  const socket = await open(to, PATIENCE / 1000);
  if (typeof socket === 'string') return socket;
  return new Promise((resolve) => {
    const fail = (how: How) => (clearTimeout(late), socket.destroy(), resolve(how));
    const late = setTimeout(() => fail('timeout'), PATIENCE);
    socket.once('data', () => {
      clearTimeout(late);
      resolve({ socket, milliseconds: performance.now() - began });
    });
    socket.once('error', (error) => fail(codeOf(error)));
    // An end without a byte, or after it: nothing is kept that the other side has left.
    socket.once('end', () => fail('end'));
    socket.write('?');
  });
}
