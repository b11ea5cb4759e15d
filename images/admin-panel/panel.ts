import { getRequestListener } from '@hono/node-server';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { PublicKey } from '../../tools/contract/log/dsse.ts';
import type { Connection } from '../../tools/github/connection/connection.ts';
import { trustedKeys } from '../../tools/publish/keys/keys.ts';
import { startServer, type RunningServer } from '../../tools/serve/server.ts';
import type { StoreKind } from '../../tools/store/open.ts';
import { panelApp } from './app.ts';
import type { PanelContext } from './context.ts';
import type { AccessLogPlaces } from './model/access-log.ts';
import { drawAhead } from './pages/routes.tsx';
import { ProposalBases } from './propose/base.ts';
import { githubOpener, localOpener } from './propose/open.ts';
import type { Rate } from './security/rate.ts';
import type { SignIn } from './security/sign-in.ts';
import type { FilesSource } from './state/files.ts';
import { Approvals } from './state/approvals.ts';
import { keepPrepared, prepareAll, tidyUp } from './state/preparing.ts';
import { type EnforcedAfter, Reader } from './state/reader.ts';
import type { FiguresOf } from './state/traffic.ts';
import { storesOf } from './state/store.ts';

/** How a panel is started. */
export interface PanelOptions {
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** Names under which it is called beside its own address, such as a domain. */
  names?: readonly string[];
  files: FilesSource;
  /** The revision that proposals change. */
  revision: string;
  /** The state folder: the embedded store and the keys made on this machine. */
  state: string;
  storeKind: StoreKind;
  /** Where the embedded store answers, and the keys that it is believed by, where it is not this machine's. */
  remote?: { endpoint: string; trusted: PublicKey[] };
  environments?: readonly string[] | undefined;
  pollMs: number;
  /** The same while somebody looks at what is live; default: no other. */
  watchedPollMs?: number;
  signIn: SignIn;
  /** GitHub, for pull requests; branches of the clone where there is none. */
  github?: Connection | undefined;
  /** The repository's page on GitHub. */
  page?: string | undefined;
  accessLogs: AccessLogPlaces;
  /** Asks components for figures, where they are on this machine; elsewhere their acks say them. */
  figuresOf?: FiguresOf;
  /** How often one person may ask, where that is not what it is for everybody. */
  looks?: Rate;
  /** Milliseconds for which it still answers at its end, until whoever is before it has noticed. */
  drainMs?: number | (() => number);
  /** Milliseconds for which it still answers on connections that are open, when another one has taken over. */
  lingerMs?: number;
  /** Milliseconds that requests under way are given at its end. */
  graceMs?: number | (() => number);
  /** Called when a request begins that somebody waits for; what it returns is called when it is answered. */
  goFirst?: () => () => void;
  /** By environment and sequence: what another one saw before, and nobody can read. */
  enforcedAfter?: EnforcedAfter | undefined;
  /** Whether all that pages ask for is worked out before the first one is served. */
  prepared?: boolean;
  now?: () => number;
  log: (line: object) => void;
}

/** A panel that runs. */
export interface RunningPanel extends RunningServer {
  /** What it saw, for one that takes over. */
  enforcedAfter(): EnforcedAfter;
}

/** Starts the panel: one reader, and a server for however many look. */
export async function startPanel(options: PanelOptions): Promise<RunningPanel> {
  const { files, state, storeKind, remote, now = Date.now, log } = options;
  const ending = new AbortController();
  const reader = new Reader({
    files,
    stores: storesOf(storeKind, state, ending.signal, remote?.endpoint),
    trusted: (environment) => remote?.trusted ?? trustedKeys(state, environment, storeKind),
    environments: options.environments,
    figuresOf: options.figuresOf,
    enforcedAfter: options.enforcedAfter,
    pollMs: options.pollMs,
    watchedPollMs: options.watchedPollMs,
    now,
    defect: (error) => log({ defect: error instanceof Error ? error.stack : String(error) }),
  });
  const hosts: string[] = [...(options.names ?? [])];
  const panel: PanelContext = {
    reader,
    bases: new ProposalBases(files.root, options.revision),
    opener: options.github ? githubOpener(options.github) : localOpener(files.root),
    approvals: new Approvals(files.root, options.github),
    hosts,
    page: options.page,
    looks: options.looks,
    now,
    ...{ signIn: options.signIn, storeKind, accessLogs: options.accessLogs, log },
  };
  await reader.start();
  const app = panelApp(panel);
  if (options.prepared) {
    prepareAll(reader, now());
    await drawAhead(panel);
    // It is nobody's request, and is refused; by then it is known which path leads where.
    await app.request('/api/v1/matrix');
    tidyUp();
  }
  const preparing = keepPrepared(reader, now, ending.signal);
  const metrics = metricsOf(panel);
  const listener = getRequestListener(app.fetch);
  const server = await startServer({
    ...{ host: options.host, port: options.port, metrics: metrics.registry },
    ...(options.drainMs !== undefined && { drainMs: options.drainMs }),
    ...(options.lingerMs !== undefined && { lingerMs: options.lingerMs }),
    ...(options.graceMs !== undefined && { graceMs: options.graceMs }),
    notReady: () => (reader.known() ? undefined : 'nothing is read yet'),
    handle: (request, response) => {
      response.once('finish', () => metrics.requests.inc({ status: String(response.statusCode) }));
      // Nobody waits for the end of a stream.
      const answered = request.url?.startsWith('/api/v1/events') ? undefined : options.goFirst?.();
      if (answered) response.once('close', answered);
      void listener(request, response);
    },
    // Who reads must not go on where nobody can look.
  }).catch(async (error: unknown) => {
    await reader.stop();
    throw error;
  });
  hosts.push(...loopbackNames(server.url));
  return {
    url: server.url,
    enforcedAfter: () => new Map([...reader.known()!.stores].map(([id, one]) => [id, one.enforcedAfter])),
    async close() {
      // Streams end with the reader, so that the server need not cut them.
      await reader.stop();
      await server.close();
      ending.abort();
      await preparing;
    },
  };
}

/** The names of this machine under which a server on it is called. */
function loopbackNames(url: string): string[] {
  const { port, host } = new URL(url);
  return [host, `127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
}

function metricsOf({ reader, now }: PanelContext) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    ...{ name: 'ztna_panel_requests_total', help: 'Requests by status.', labelNames: ['status'] },
    registers: [registry],
  });
  new Gauge({
    ...{ name: 'ztna_panel_store_age_seconds', help: 'Since a store was read.', labelNames: ['environment'] },
    registers: [registry],
    collect() {
      for (const [environment, { asOf }] of reader.known()?.stores ?? [])
        if (asOf !== undefined) this.set({ environment }, (now() - asOf) / 1000);
    },
  });
  return { registry, requests };
}
