import { payloadDigest } from '../../../images/test-backend/payload.ts';
import { median } from '../../dev/bench/print.ts';
import { reachedAfter } from '../checks/ways.ts';
import type { Agent } from '../world/agent.ts';
import type { Worker } from '../worker/worker.ts';
import type { To } from '../worker/operations.ts';

/** Where one client finds a backend: through the tunnel, or directly. */
export interface Way {
  worker: Worker;
  web: To;
  echo: To;
}

/** The way through an agent, once it is open: the connector that was stopped is not forgotten at once. */
export async function through(agent: Agent): Promise<Way> {
  const echo = await agent.reach('echo');
  await reachedAfter(agent, echo, OPEN);
  return { worker: agent.worker, web: await agent.reach('web'), echo };
}

/** Milliseconds for a way to be open. */
const OPEN = 20_000;

/** Seconds for one transfer. */
const PATIENCE = 300;

/** Megabits a second down and up, of bytes that came as they were sent. @throws where they did not */
export async function goodput(
  { worker, web: { host, port } }: Way,
  bytes: number,
): Promise<{ down: number; up: number }> {
  const url = `http://${host}:${port}/large`;
  const digest = payloadDigest(bytes);
  const down = await worker.ask('download', { url: `${url}?bytes=${bytes}`, seconds: PATIENCE });
  const up = await worker.ask('upload', { url, bytes, seconds: PATIENCE });
  for (const { how, sha256, bytes: came } of [down, up])
    if (how !== 'end' || sha256 !== digest)
      throw new Error(`${came} of ${bytes} bytes came, and it ended with ${how}`);
  const rate = ({ milliseconds }: { milliseconds: number }) => (bytes * 8) / 1000 / milliseconds;
  return { down: rate(down), up: rate(up) };
}

/** Connections that are opened to know how long a first byte takes. */
const TIMES = 50;

/** Milliseconds from asking for a connection to the first byte of an answer: the middle of some. */
export async function firstByte({ worker, echo }: Way): Promise<number> {
  const { milliseconds } = await worker.ask('firstBytes', { to: echo, times: TIMES });
  return median(milliseconds);
}

/** Connections that are counted, so many at once, with so many bytes each way. */
const SHORT = { total: 1000, parallel: 20, bytes: 200 };

/** Connections a second, each from its begin to its end with some bytes there and back. @throws where one fails */
export async function connectionRate({ worker, echo }: Way): Promise<number> {
  const { equal, others, milliseconds } = await worker.ask('many', { to: echo, ...SHORT });
  if (equal !== SHORT.total)
    throw new Error(`of ${SHORT.total} connections ${JSON.stringify(others)} failed`);
  return (equal * 1000) / milliseconds;
}
