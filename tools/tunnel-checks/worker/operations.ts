import type { HeldConnection } from './hold.ts';

/** Where to connect. */
export interface To {
  host: string;
  port: number;
}

/** How an attempt ended: `end` is an end of file, `reset`, `timeout`, or the code of the system's error. */
export type How = string;

/** What a worker can be asked, and what it answers. */
export interface Operations {
  /** Sends bytes and ends its side; reads until the other ends: is what came back the same? */
  exchange: { asks: { to: To; bytes: number; seconds?: number }; answers: ExchangeResult };
  /** Sends one payload of each size and waits for it to come back, by TCP on one connection or by UDP. */
  sizes: {
    asks: { to: To; protocol: 'tcp' | 'udp'; sizes: readonly number[] };
    answers: { size: number; how: 'equal' | 'different' | How }[];
  };
  /** Many connections that each exchange bytes, so many at a time. */
  many: {
    asks: { to: To; total: number; parallel: number; bytes: number };
    answers: { equal: number; others: Record<How, number>; milliseconds: number };
  };
  /** Connections one after the other: how long each takes from being asked for to its first byte. @throws where none comes */
  firstBytes: { asks: { to: To; times: number }; answers: { milliseconds: number[] } };
  /** Opens connections, so many at a time, and keeps each once a byte has come back on it; all are dropped at once. */
  keep: {
    asks: { to: To; total: number; parallel: number };
    answers: { equal: number; others: Record<How, number> };
  };
  dropKept: { asks: Record<string, never>; answers: { dropped: number } };
  /** Opens a connection, or a flow of datagrams, on which something is said and answered again and again, or once where it is idle. */
  hold: { asks: { id: string; to: To; protocol: 'tcp' | 'udp'; isIdle?: boolean }; answers: { how: How } };
  held: { asks: { id: string }; answers: HeldConnection };
  /** Says one word on a held connection, and waits for the answer to it, or for the connection's end. */
  speak: { asks: { id: string }; answers: HeldConnection };
  release: { asks: { id: string }; answers: HeldConnection };
  /** Gets a URL to its end. */
  download: { asks: { url: string; seconds?: number }; answers: TransferResult };
  upload: { asks: { url: string; bytes: number; seconds?: number }; answers: TransferResult };
  http2: { asks: { url: string; requests: number }; answers: { equal: number; how: How } };
  webSocket: { asks: { url: string; messages: readonly number[] }; answers: { equal: number; how: How } };
}

/** What came of an exchange. */
export interface ExchangeResult {
  equal: boolean;
  bytes: number;
  how: How;
  milliseconds: number;
}

/** What came of a transfer by HTTP. */
export interface TransferResult {
  bytes: number;
  sha256: string;
  how: How;
  milliseconds: number;
  /** When it ended, in milliseconds since 1970. */
  at: number;
}

/** One question, and its answer, on a line each. */
export interface WorkerQuestion<Name extends keyof Operations = keyof Operations> {
  number: number;
  name: Name;
  asks: Operations[Name]['asks'];
}
export interface WorkerReply {
  number: number;
  answers?: unknown;
  /** Where the worker itself failed. */
  fault?: string;
}
