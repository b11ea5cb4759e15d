import { createSocket } from 'node:dgram';
import { setInterval, clearInterval } from 'node:timers';
import type { How, Operations } from './operations.ts';
import { until } from '../world/patience.ts';
import { codeOf, open } from './streams.ts';

/** Milliseconds between two words on a held connection. */
const BEAT = 50;
/** Milliseconds for the answer to one word. */
const ANSWERED = 5000;

/** What is known of a connection that is held. Instants are milliseconds since 1970. */
export interface HeldConnection {
  /** `open`, or how it ended. */
  how: How;
  answers: number;
  lastAnswer: number;
  ended?: number;
  /** The longest time between two answers, in milliseconds, until now. */
  longestPause: number;
}

interface Held {
  state: HeldConnection;
  speak(): void;
  close(): void;
}

const HELD = new Map<string, Held>();

/** Opens a connection on which a word goes to and fro until it is released. */
export async function hold({
  id,
  to,
  protocol,
  isIdle = false,
}: Operations['hold']['asks']): Promise<{ how: How }> {
  const state: HeldConnection = { how: 'open', answers: 0, lastAnswer: Date.now(), longestPause: 0 };
  const how = protocol === 'tcp' ? await holdStream(id, to, state, isIdle) : holdDatagrams(id, to, state);
  return { how };
}

/** How a held connection is. */
export function held(id: string): HeldConnection {
  const one = HELD.get(id);
  if (!one) throw new Error(`nothing is held as ${id}`);
  const { state } = one;
  const now = state.ended ?? Date.now();
  return { ...state, longestPause: Math.max(state.longestPause, now - state.lastAnswer) };
}

/** Says one word on it. @throws where nothing becomes of that in time */
export async function speak(id: string): Promise<HeldConnection> {
  const { answers } = held(id);
  HELD.get(id)!.speak();
  return until('an answer', ANSWERED, () => {
    const state = held(id);
    return state.answers > answers || state.how !== 'open' ? state : undefined;
  });
}

/** Lets go of it. */
export function release(id: string): HeldConnection {
  const state = held(id);
  HELD.get(id)!.close();
  HELD.delete(id);
  return state;
}

function answered(state: HeldConnection): void {
  const now = Date.now();
  // Until the first answer it was only being opened.
  if (state.answers > 0) state.longestPause = Math.max(state.longestPause, now - state.lastAnswer);
  state.answers += 1;
  state.lastAnswer = now;
}

async function holdStream(
  id: string,
  to: Operations['hold']['asks']['to'],
  state: HeldConnection,
  isIdle: boolean,
): Promise<How> {
  const socket = await open(to);
  if (typeof socket === 'string') {
    HELD.set(id, { state: Object.assign(state, { how: socket, ended: Date.now() }), speak() {}, close() {} });
    return socket;
  }
  socket.write('beat');
  const beat = isIdle ? undefined : setInterval(() => socket.write('beat'), BEAT);
  const end = (how: How) => {
    clearInterval(beat);
    if (state.how === 'open') Object.assign(state, { how, ended: Date.now() });
    socket.destroy();
  };
  socket.on('data', () => answered(state));
  socket.on('error', (error) => end(codeOf(error)));
  socket.on('end', () => end('end'));
  HELD.set(id, { state, speak: () => socket.write('beat'), close: () => end('released') });
  return 'open';
}

function holdDatagrams(id: string, to: Operations['hold']['asks']['to'], state: HeldConnection): How {
  const socket = createSocket('udp4');
  const speak = () => socket.send('beat', to.port, to.host, () => {});
  const beat = setInterval(speak, BEAT);
  socket.on('message', () => answered(state));
  socket.on('error', () => {});
  HELD.set(id, { state, speak, close: () => (clearInterval(beat), socket.close()) });
  return 'open';
}
