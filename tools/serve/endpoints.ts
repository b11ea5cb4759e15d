import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { PROBLEM_TYPE, problemOf } from './problem.ts';

/** What a server of ours says of itself. */
export interface Endpoints {
  /** Why it is not ready; undefined where it is. */
  notReady: () => string | undefined;
  /** Without them there is no `/metrics`. */
  metrics?: Pick<Registry, 'metrics' | 'contentType'>;
}

/**
 * Answers `/healthz` (it runs), `/readyz` (it can do its work) and `/metrics` (Prometheus' text format).
 * @returns whether the request was one of these
 */
export async function answerEndpoint(
  { notReady, metrics }: Endpoints,
  { url = '/' }: Pick<IncomingMessage, 'url'>,
  response: ServerResponse,
): Promise<boolean> {
  switch (url.split('?')[0]) {
    case '/healthz':
      return sent(response, 200, 'text/plain; charset=utf-8', 'ok\n');
    case '/readyz':
      return sentReadiness(response, notReady());
    case '/metrics':
      return metrics ? sent(response, 200, metrics.contentType, await metrics.metrics()) : false;
    default:
      return false;
  }
}

function sentReadiness(response: ServerResponse, why: string | undefined): true {
  if (why === undefined) return sent(response, 200, 'text/plain; charset=utf-8', 'ready\n');
  return sent(response, 503, PROBLEM_TYPE, `${JSON.stringify(problemOf(503, why))}\n`);
}

function sent(response: ServerResponse, status: number, type: string, body: string): true {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  return true;
}
