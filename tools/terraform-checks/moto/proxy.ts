import { createServer, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type AwsAnswer, type AwsCall, callOf } from './call.ts';
import type { Shim } from './shims.ts';

/** A server between the provider and moto's, which answers what moto's does not know. */
export interface MotoProxy {
  endpoint: string;
  /** The shims that were needed so far, by name. */
  used: ReadonlySet<string>;
  close(): Promise<void>;
}

/** Starts it on a port of its own. @param moto the endpoint of moto's server */
export async function startProxy(moto: string, shims: readonly Shim[]): Promise<MotoProxy> {
  const used = new Set<string>();
  const server = createServer((incoming, outgoing) => {
    answered(incoming, moto, shims, used)
      .then(({ status, headers, body }) =>
        outgoing.writeHead(status, { ...headers, 'content-length': body.length }).end(body),
      )
      .catch((error: Error) => outgoing.writeHead(500).end(error.message));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    used,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answered(
  incoming: IncomingMessage,
  moto: string,
  shims: readonly Shim[],
  used: Set<string>,
): Promise<AwsAnswer> {
  const { method = 'GET', url = '/', headers } = incoming;
  const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  const call = callOf(method, url, plain, (await bytesOf(incoming)).toString('latin1'));
  const own = shims.filter(({ when }) => when(call));
  for (const { name } of own) used.add(name);
  for (const { answer } of own) {
    const found = answer?.(call);
    if (found) return found;
  }
  const sent = own.reduce((before, { ask }) => ask?.(before) ?? before, call);
  const first = await forwarded(sent, moto);
  return own.reduce((before, { change }) => change?.(call, before) ?? before, first);
}

function forwarded({ method, path, headers, body }: AwsCall, moto: string): Promise<AwsAnswer> {
  const bytes = Buffer.from(body, 'latin1');
  return new Promise((resolve, reject) => {
    const own = { ...headers, 'content-length': String(bytes.length) };
    const sent = request(new URL(path, moto), { method, headers: own }, (answer) => {
      bytesOf(answer).then((read) => {
        const { 'transfer-encoding': _, connection: __, ...rest } = answer.headers;
        const plain = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]));
        resolve({ status: answer.statusCode ?? 500, headers: plain, body: read });
      }, reject);
    });
    sent.on('error', reject).end(bytes);
  });
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
