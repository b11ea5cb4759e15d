import { replaceFile } from '../files/own-files.ts';
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Which ports on loopback are whose, from start to start: what is published with them stays as it is. */
export class KeptPorts {
  readonly #file: string;
  readonly #kept: Map<string, number>;
  readonly #used = new Map<string, number>();

  /** @param file where they are kept; one that cannot be read is as none */
  constructor(file: string) {
    this.#file = file;
    this.#kept = portsIn(file);
  }

  /** The UDP port of this name: the one that it had if nobody has it at this moment. */
  udp(name: string): Promise<number> {
    return this.#port(name, freeUdpPort);
  }

  /** The TCP port of this name, likewise. */
  tcp(name: string): Promise<number> {
    return this.#port(name, freeTcpPort);
  }

  async #port(name: string, free: (wanted: number) => Promise<number>): Promise<number> {
    const used = this.#used.get(name);
    if (used !== undefined) return used;
    const kept = this.#kept.get(name) ?? 0;
    const port = await free(kept).catch(() => free(0));
    this.#used.set(name, port);
    if (port !== kept) this.#keep(name, port);
    return port;
  }

  #keep(name: string, port: number): void {
    this.#kept.set(name, port);
    replaceFile(this.#file, JSON.stringify([...this.#kept]));
  }
}

/** The ports in such a file, by name; none where there is no file, or none that can be read. */
export function portsIn(file: string): Map<string, number> {
  return existsSync(file) ? keptIn(readFileSync(file, 'utf8')) : new Map();
}

function keptIn(text: string): Map<string, number> {
  try {
    const pairs = JSON.parse(text) as [string, number][];
    return new Map(pairs.filter(([, port]) => Number.isInteger(port) && port > 0 && port < 65_536));
  } catch {
    // Cut short by a crash: other ports do as well.
    return new Map();
  }
}

function freeUdpPort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(wanted, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** A TCP port on loopback that nobody has at this moment. @param wanted 0 for any */
export function freeTcpPort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Milliseconds between two looks whether a program listens, and looks in all. */
const LOOK_MS = 50;
const LOOKS = 200;

/** Waits until `host:port` takes a connection; no longer than ten seconds, as what uses it says what is wrong. */
export async function listening(place: string, signal: AbortSignal): Promise<void> {
  const [host, port] = place.split(':') as [string, string];
  for (let look = 0; look < LOOKS && !signal.aborted; look++) {
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect({ host, port: Number(port) });
      socket.once('connect', () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
    });
    if (answers) return;
    await sleep(LOOK_MS);
  }
}
