import { request, type IncomingMessage, type RequestListener } from 'node:http';
import { Registry, Counter } from 'prom-client';
import * as assert from 'uvu/assert';
import { Fault } from '../contract/fault.ts';
import { suite } from '../testing/suite.ts';
import { problemOf } from './problem.ts';
import { startServer, type RunningServer, type ServerOptions } from './server.ts';

const test = suite('serve');

/** A server for one test. */
async function serving(
  handle: RequestListener,
  options: Partial<ServerOptions> = {},
): Promise<RunningServer & { metrics: Registry }> {
  const metrics = new Registry();
  const server = await startServer({
    ...{ host: '127.0.0.1', port: 0, handle, metrics, notReady: () => undefined },
    ...options,
  });
  return { ...server, metrics };
}

test('health, readiness and metrics are answered, and everything else is the handler’s', async () => {
  let why: string | undefined = 'nothing is read yet';
  const server = await serving((_, response) => void response.end('mine'), { notReady: () => why });
  new Counter({ name: 'things_total', help: 'Things.', registers: [server.metrics] }).inc(3);
  const ask = async (path: string) => {
    const answer = await fetch(`${server.url}${path}`);
    return [answer.status, answer.headers.get('content-type'), await answer.text()] as const;
  };
  try {
    assert.equal(await ask('/healthz'), [200, 'text/plain; charset=utf-8', 'ok\n']);
    const [status, type, body] = await ask('/readyz');
    assert.equal([status, type], [503, 'application/problem+json']);
    assert.equal(JSON.parse(body), { ...problemOf(503, 'nothing is read yet') });
    why = undefined;
    assert.is((await ask('/readyz'))[0], 200);
    assert.match((await ask('/metrics?x'))[2], /^things_total 3$/m);
    assert.is((await ask('/healthzz'))[2], 'mine');
  } finally {
    await server.close();
  }
});

test('at the end it is not ready, finishes what is under way, and then takes nothing more', async () => {
  let finish = (): void => {};
  const begun = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let answer = (): void => {};
  const server = await serving(
    (_, response) => {
      answer = () => response.end('whole');
      finish();
    },
    { drainMs: 150 },
  );
  const slow = fetch(`${server.url}/slow`);
  await begun;
  const closed = server.close();
  const ready = await fetch(`${server.url}/readyz`);
  assert.is(ready.status, 503);
  assert.match(await ready.text(), /shutting down/);
  setTimeout(answer, 300);
  assert.is(await (await slow).text(), 'whole');
  await closed;
  await fetch(server.url).then(
    () => assert.unreachable('it answers after its end'),
    (error: Error) => assert.instance(error, TypeError),
  );
});

test('a request that never ends is cut when the grace is over', async () => {
  const server = await serving((_, response) => void response.write('begun'), { graceMs: 100 });
  const answer = await new Promise<IncomingMessage>((resolve) =>
    request(`${server.url}/endless`, resolve).end(),
  );
  const cut = new Promise<string>((resolve) => answer.on('error', ({ message }) => resolve(message)));
  answer.resume();
  const began = performance.now();
  await server.close();
  assert.ok(performance.now() - began < 2000);
  assert.match(await cut, /aborted/);
});

test('what is under way is given as long as is right at the end', async () => {
  for (const [graceMs, whole] of [
    [2000, true],
    [50, false],
  ] as const) {
    let begun = (): void => {};
    const asked = new Promise<void>((resolve) => (begun = resolve));
    let grace = 0;
    const server = await serving(
      (_, response) => (begun(), void setTimeout(() => response.end('whole'), 300)),
      { graceMs: () => grace },
    );
    const answer = fetch(server.url).then(
      (one) => one.text(),
      () => undefined,
    );
    await asked;
    // Only at the end is it known whether somebody waits for it.
    grace = graceMs;
    const began = performance.now();
    await server.close();
    assert.is(await answer, whole ? 'whole' : undefined);
    assert.ok(performance.now() - began < 1500, 'a connection that is idle again is not waited for');
  }
});

test('a connection is kept for longer than a load balancer keeps it, which is 60 seconds', async () => {
  const server = await serving((_, response) => void response.end());
  try {
    const { headers } = await fetch(server.url);
    assert.ok(Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1]) > 60);
  } finally {
    await server.close();
  }
});

test('an address in use is a fault that says so', async () => {
  const server = await serving((_, response) => void response.end());
  const port = Number(new URL(server.url).port);
  try {
    await serving(() => {}, { port });
    assert.unreachable('two servers have one address');
  } catch (error) {
    assert.instance(error, Fault);
    assert.match((error as Fault).message, /EADDRINUSE/);
  } finally {
    await server.close();
  }
});

test.run();
