import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from './aws-error.ts';

/** Bytes of one request's body; the largest the client can mean is a name and a value, escaped. */
const BODY_BYTES = 64 * 1024;

/** Bytes that are read and thrown away, so that the client gets to read why; beyond them the connection is cut. */
const DRAIN_BYTES = 1024 * 1024;

/** Milliseconds that calls under way get when the store closes. */
const CLOSING = 2_000;

/** The body of a request, bounded. */
export async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES) chunks.push(chunk);
    if (bytes > DRAIN_BYTES) break;
  }
  if (bytes > BODY_BYTES)
    throw new AwsError('RequestEntityTooLargeException', `A request has at most ${BODY_BYTES} bytes.`, 413);
  return Buffer.concat(chunks).toString();
}

/** Sends an answer in the protocol's JSON. @param now what the clock says, in milliseconds: a publisher compares */
export function send(
  response: ServerResponse,
  status: number,
  answer: object | undefined,
  now: number,
): void {
  const body = JSON.stringify(answer);
  response.writeHead(status, {
    date: new Date(now).toUTCString(),
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Listens on an address of IPv4; resolves to its URL. */
export function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`));
  });
}

/** Takes no more connections, lets calls under way be answered, and ends what is left. */
export async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 10);
  const late = setTimeout(() => server.closeAllConnections(), CLOSING);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
