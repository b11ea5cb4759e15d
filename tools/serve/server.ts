import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Fault } from '../contract/fault.ts';
import { answerEndpoint, type Endpoints } from './endpoints.ts';

/** How a server of ours is started. */
export interface ServerOptions extends Endpoints {
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** Answers what is no endpoint of `endpoints.ts`. */
  handle: RequestListener;
  /** Milliseconds for which it says that it is not ready before it takes no more connections; default none. */
  drainMs?: number | (() => number);
  /**
   * Milliseconds for which connections that are open are still answered, each for the last time, once no more are taken:
   * who sends a request on one of them as it is closed would get a reset. Default none.
   */
  lingerMs?: number;
  /** Milliseconds that requests under way are given at the end. */
  graceMs?: number | (() => number);
}

/** A server that runs. */
export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  url: string;
  /** Ends it: not ready, then no more connections, then what is under way, then whatever is left is cut. */
  close(): Promise<void>;
}

/** Milliseconds that requests under way are given where nothing else is said: a load balancer's patience is longer. */
const GRACE_MS = 5_000;
/**
 * Milliseconds for which a connection without a request is kept: longer than a load balancer keeps it (60 s where nothing
 * else is said), or it would send a request on one that is being closed, and whoever asked would get an error.
 */
const IDLE_MS = 75_000;
/** Milliseconds in which a request's head must arrive, so that a slow client holds no connection. */
const HEAD_MS = 10_000;

/** Starts a server. @throws Fault where the address cannot be used */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  let ending = false;
  const endpoints: Endpoints = {
    ...(options.metrics && { metrics: options.metrics }),
    notReady: () => (ending ? 'it is shutting down' : options.notReady()),
  };
  const server = createServer({ headersTimeout: HEAD_MS, keepAliveTimeout: IDLE_MS }, (request, response) => {
    if (ending) response.setHeader('connection', 'close');
    answerEndpoint(endpoints, request, response)
      .then((answered) => void (answered || options.handle(request, response)))
      .catch((error: Error) => response.destroy(error));
  });
  const url = await listening(server, options);
  const close = async (): Promise<void> => {
    ending = true;
    const { drainMs = 0, lingerMs = 0, graceMs = GRACE_MS } = options;
    await setTimeout(said(drainMs));
    await ended(server, lingerMs, said(graceMs));
  };
  let closed: Promise<void> | undefined;
  return { url, close: () => (closed ??= close()) };
}

/** What is only known at the end is said then. */
function said(ms: number | (() => number)): number {
  return typeof ms === 'number' ? ms : ms();
}

function listening(server: Server, { host, port }: ServerOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Fault(`cannot listen on ${host} port ${port}`, 'choose another port or address', {
          why: error.code ?? error.message,
        }),
      ),
    );
    server.listen(port, host, () => {
      const { address, family, port: chosen } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${chosen}`);
    });
  });
}

/** Milliseconds between two looks for connections that have become idle at the end. */
const TIDY_MS = 50;

async function ended(server: Server, lingerMs: number, graceMs: number): Promise<void> {
  // That of HTTP would close those that are idle with it.
  const over = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  const patience = new AbortController();
  await Promise.race([over, setTimeout(lingerMs, undefined, { signal: patience.signal }).catch(() => {})]);
  // Those whose last request is answered from now on are idle then, and are kept for nobody.
  const tidy = setInterval(() => server.closeIdleConnections(), TIDY_MS);
  server.closeIdleConnections();
  const cut = setTimeout(graceMs, undefined, { signal: patience.signal })
    .then(() => server.closeAllConnections())
    // Everything ended before.
    .catch(() => {});
  await over;
  clearInterval(tidy);
  patience.abort();
  await cut;
}
