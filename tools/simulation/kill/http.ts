import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What can go wrong with one call on its way over the network. */
export type NetworkFault = 'throttled' | 'broken' | 'reset' | 'lost' | 'stale';

export const NETWORK_FAULTS: readonly NetworkFault[] = ['throttled', 'broken', 'reset', 'lost', 'stale'];

/** A proxy between the official client and a store. */
export interface Proxy {
  endpoint: string;
  /** How many calls came. */
  calls: number;
  /** What goes wrong with the call of this number, from 1. */
  mishap: { at: number; fault: NetworkFault } | undefined;
  /** How often something went wrong. */
  mishaps: number;
  close(): Promise<void>;
}

interface Answer {
  Parameters?: { Name: string; Value: string }[];
}

/** Starts a proxy on the loopback interface. It knows what was written, so that it can answer from the past. */
export async function startProxy(upstream: string): Promise<Proxy> {
  const written = new Map<string, string[]>();
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    proxy.calls += 1;
    const fault = proxy.calls === proxy.mishap?.at ? proxy.mishap.fault : undefined;
    if (fault) proxy.mishaps += 1;
    if (fault === 'reset') return void response.destroy();
    if (fault === 'throttled')
      return send(response, 400, '{"__type":"ThrottlingException","message":"Rate exceeded"}');
    if (fault === 'broken') return send(response, 500, '{"__type":"InternalServerError"}');
    const headers = {
      'x-amz-target': String(request.headers['x-amz-target']),
      'content-type': 'application/x-amz-json-1.1',
    };
    const answer = await fetch(upstream, { method: 'POST', headers, body });
    const text = await answer.text();
    const input = JSON.parse(body) as { Name?: string; Value?: string };
    if (answer.ok && input.Name !== undefined && input.Value !== undefined)
      written.set(input.Name, [...(written.get(input.Name) ?? []), input.Value]);
    if (fault === 'lost') return void response.destroy();
    // A publisher compares its clock with the store's, not with that of what is between.
    response.setHeader('date', answer.headers.get('date') ?? '');
    send(response, answer.status, fault === 'stale' ? past(text, written) : text);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: Proxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: 0,
    mishap: undefined,
    mishaps: 0,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
}

/** An answer as it was before the last write of each name in it. */
function past(text: string, written: ReadonlyMap<string, readonly string[]>): string {
  const answer = JSON.parse(text) as Answer;
  if (!answer.Parameters) return text;
  const Parameters = answer.Parameters.flatMap((parameter) => {
    const values = written.get(parameter.Name);
    if (!values) return [parameter];
    return values.length > 1 ? [{ ...parameter, Value: values.at(-2)! }] : [];
  });
  return JSON.stringify({ ...answer, Parameters });
}
