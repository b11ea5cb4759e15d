import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { ListenAddress } from '../../serve/address.ts';
import { seeded } from '../../testing/random.ts';

/** What a path does to a share of its datagrams, from 0 to 1, and how long each takes. */
export interface Weather {
  lost: number;
  doubled: number;
  /** Held back so that others overtake it. */
  reordered: number;
  /** Milliseconds each way, and how much that varies. */
  delay: number;
  jitter: number;
  /** Bits a second each way; as many as come where it is absent. */
  rate?: number;
}

export const FINE: Weather = { lost: 0, doubled: 0, reordered: 0, delay: 0, jitter: 0 };

/** Milliseconds by which a datagram that is held back comes later. */
const HELD_BACK = 15;

/** Bytes that wait each way where a path has a rate: some 0.1 s at 5 Mbit/s. What has no room is lost. */
const QUEUE = 64 * 1024;

/** A UDP path that loses, doubles, delays and reorders, as a seed says: this kernel has no netem. */
export interface LossyPath {
  address: ListenAddress;
  weather: Weather;
  /** How many datagrams came, and how many of them were lost. */
  counts: { came: number; lost: number };
  close(): void;
}

/** Begins a path from an address here to a server. @param host where it listens, and what it sends from */
export async function lossyPath(
  host: string,
  to: ListenAddress,
  weather: Weather,
  seed: number,
): Promise<LossyPath> {
  const random = seeded(seed);
  const entry = await bound(host);
  const exits = new Map<string, Promise<Socket>>();
  let isOpen = true;
  const path: LossyPath = {
    address: { host, port: entry.address().port },
    weather,
    counts: { came: 0, lost: 0 },
    close() {
      isOpen = false;
      entry.close();
      for (const exit of exits.values()) void exit.then((socket) => socket.close());
    },
  };
  const way = (): Way => ({ line: inOrder(() => isOpen), link: atRate() });
  const [entryToExit, exitToEntry] = [way(), way()];
  const carry = ({ line, link }: Way, bytes: number, send: () => void) => {
    path.counts.came += 1;
    const { lost, doubled, reordered, delay, jitter, rate } = path.weather;
    const waits = link(bytes, rate);
    if (waits === undefined || random() < lost) return void (path.counts.lost += 1);
    for (let copies = random() < doubled ? 2 : 1; copies > 0; copies -= 1) {
      const wait = waits + delay + jitter * random();
      if (random() < reordered) setTimeout(() => isOpen && send(), wait + HELD_BACK);
      else line(wait, send);
    }
  };
  entry.on('message', (bytes, from) => {
    const key = `${from.address}:${from.port}`;
    const exit =
      exits.get(key) ??
      openExit(host, (answer) =>
        carry(exitToEntry, answer.length, () => entry.send(answer, from.port, from.address, ignored)),
      );
    exits.set(key, exit);
    void exit.then((socket) =>
      carry(entryToExit, bytes.length, () => socket.send(bytes, to.port, to.host, ignored)),
    );
  });
  return path;
}

/** One direction of a path. */
interface Way {
  line: Line;
  link: Link;
}

/** How many milliseconds a datagram takes that is behind others; undefined where too many wait. */
type Link = (bytes: number, rate: number | undefined) => number | undefined;

function atRate(): Link {
  let free = 0;
  return (bytes, rate) => {
    if (rate === undefined) return 0;
    const now = performance.now();
    free = Math.max(free, now);
    if ((free - now) * rate > QUEUE * 8000) return undefined;
    free += (bytes * 8000) / rate;
    return free - now;
  };
}

/** What is sent later comes later, however long each takes. */
type Line = (wait: number, send: () => void) => void;

function inOrder(isOpen: () => boolean): Line {
  const waiting: { due: number; send: () => void }[] = [];
  let last = 0;
  const flush = () => {
    while (isOpen() && waiting.length > 0 && waiting[0]!.due <= performance.now()) waiting.shift()!.send();
    if (isOpen() && waiting.length > 0) setTimeout(flush, waiting[0]!.due - performance.now());
  };
  return (wait, send) => {
    if (wait === 0 && waiting.length === 0) return send();
    last = Math.max(last, performance.now() + wait);
    waiting.push({ due: last, send });
    if (waiting.length === 1) setTimeout(flush, wait);
  };
}

async function openExit(host: string, answered: (bytes: Buffer) => void): Promise<Socket> {
  const socket = await bound(host);
  socket.on('message', answered);
  return socket;
}

/** Bytes of a socket's buffers: a burst must be lost by the weather alone. */
const BUFFER = 4 * 1024 * 1024;

async function bound(host: string): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER, sendBufferSize: BUFFER });
  socket.on('error', ignored);
  socket.bind(0, host);
  await once(socket, 'listening');
  return socket;
}

/** A path loses what its other end does not take. */
function ignored(): void {}
