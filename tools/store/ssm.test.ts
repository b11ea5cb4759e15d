import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import type { CallAttempt } from './caller.ts';
import { StoreFault } from './fault.ts';
import { EMBEDDED_CREDENTIALS, type SsmOptions, type SsmStore, ssmStore } from './ssm.ts';

const test = suite('store: ssm');

/** What the server does with one call: an answer, or `cut` the connection. */
type Reply = { status?: number; body: object | string } | 'cut' | 'silent';
interface ReceivedRequest {
  operation: string;
  input: { Names?: string[]; NextToken?: string; Overwrite?: boolean };
}

/** A store behind a server that replies as told, and what the server was asked. */
async function against(
  reply: (asked: ReceivedRequest, nth: number) => Reply,
  use: (store: SsmStore, asked: ReceivedRequest[], calls: CallAttempt[]) => Promise<void>,
  options: Partial<SsmOptions> = {},
): Promise<void> {
  const asked: ReceivedRequest[] = [];
  const calls: CallAttempt[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const operation = String(request.headers['x-amz-target']).replace('AmazonSSM.', '');
    const call = { operation, input: JSON.parse(body) as ReceivedRequest['input'] };
    asked.push(call);
    const answer = reply(call, asked.length);
    if (answer === 'silent') return;
    if (answer === 'cut') return request.socket.destroy();
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const store = ssmStore({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: EMBEDDED_CREDENTIALS,
    rates: 'none',
    observe: (call) => calls.push(call),
    random: () => 0,
    ...options,
  });
  try {
    await use(store, asked, calls);
  } finally {
    store.close();
    server.closeAllConnections();
    server.close();
  }
}

function failure(call: Promise<unknown>): Promise<StoreFault> {
  return call.then(
    () => assert.unreachable('it was not refused'),
    (error: unknown) => error as StoreFault,
  ) as Promise<StoreFault>;
}

const exists = { status: 400, body: { __type: 'ParameterAlreadyExists', message: '' } };
const page = (names: string[], NextToken?: string) => ({
  body: {
    Parameters: names.map((Name) => ({ Name, Value: 'v', Version: 1, LastModifiedDate: 1 })),
    NextToken,
  },
});

test('reads ten names a call, each once, and nothing when there is nothing to read', () =>
  against(
    ({ input }) => page(input.Names ?? []),
    async (store, asked, calls) => {
      const names = Array.from({ length: 41 }, (_, index) => `/n/${index}`);
      assert.is((await store.get([...names, ...names])).size, 41);
      assert.equal(asked.map(({ input }) => input.Names?.length).sort(), [1, 10, 10, 10, 10]);
      assert.is(
        calls.reduce((sum, call) => sum + call.names, 0),
        41,
      );
      await store.get([]);
      assert.is(asked.length, 5);
    },
  ));

test('goes on after an empty page that is not the last', () =>
  against(
    ({ input }) => {
      if (!input.NextToken) return page([], 'second');
      return input.NextToken === 'second' ? page(['/p/a'], 'third') : page([]);
    },
    async (store) => {
      const names: string[] = [];
      for await (const { name } of store.list('/p')) names.push(name);
      assert.equal(names, ['/p/a']);
    },
  ));

test('does not follow pages in a circle', () =>
  against(
    () => page(['/p/a'], 'again'),
    async (store) => {
      const drain = async () => {
        for await (const parameter of store.list('/p')) void parameter;
      };
      assert.match((await failure(drain())).message, /GetParametersByPath \/p: .*pages do not end/);
    },
  ));

test('a create whose answer is lost is made again, and is told that the name exists', () =>
  against(
    (_, nth) => (nth === 1 ? 'cut' : exists),
    async (store, asked, calls) => {
      assert.is(await store.create('/n/a', 'x'), 'exists');
      assert.equal(
        asked.map(({ input }) => input.Overwrite),
        [false, false],
      );
      assert.equal(
        calls.map(({ outcome }) => outcome),
        ['again', 'done'],
      );
    },
  ));

test('each attempt is one request: the SDK does not repeat on its own', () =>
  against(
    () => ({ status: 400, body: { __type: 'ThrottlingException', message: 'Rate exceeded' } }),
    async (store, asked) => {
      const fault = await failure(store.put('/n/a', 'x'));
      assert.is(fault.kind, 'busy');
      assert.is(fault.code, 'ThrottlingException');
      assert.is(asked.length, 2);
    },
    { patience: { busy: 2, broken: 1 } },
  ));

test('a store that answers with a web page is broken, not trusted', () =>
  against(
    () => ({ status: 502, body: '<html>Bad gateway</html>' }),
    async (store, asked) => {
      assert.is((await failure(store.get(['/n/a']))).kind, 'broken');
      assert.is(asked.length, 2);
    },
    { patience: { busy: 1, broken: 2 } },
  ));

test('a store that does not answer is given up', () =>
  against(
    () => 'silent',
    async (store) => {
      const fault = await failure(store.get(['/n/a']));
      assert.is(fault.kind, 'unreachable');
      assert.match(
        fault.message,
        /GetParameters \/n\/a: the store cannot be reached \(TimeoutError: no answer within 300 ms\)/,
      );
    },
    { timeout: 300, patience: { busy: 1, broken: 1 } },
  ));

test('a call under way ends when interrupted', async () => {
  const stop = new AbortController();
  await against(
    () => {
      stop.abort();
      return 'silent';
    },
    async (store) => assert.is((await failure(store.get(['/n/a']))).kind, 'aborted'),
    { signal: stop.signal },
  );
});

test('a store that is not there is unreachable, and says how to help oneself', async () => {
  const store = ssmStore({
    region: 'eu-central-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: EMBEDDED_CREDENTIALS,
    patience: { busy: 1, broken: 1 },
  });
  const fault = await failure(store.get(['/n/a']));
  assert.is(fault.kind, 'unreachable');
  assert.is(fault.code, 'ECONNREFUSED');
  assert.match(fault.remedy, /check the network, the region and the endpoint/);
  store.close();
});

test('a value appears in no fault and no report', () =>
  against(
    () => ({ status: 400, body: { __type: 'ValidationException', message: "Value 'top-secret' is bad" } }),
    async (store, _, calls) => {
      const fault = await failure(store.create('/n/a', 'top-secret'));
      assert.match(fault.message, /Value '\.\.\.' is bad/);
      assert.not.match(inspect([fault, calls], { depth: 9, showHidden: true }), /top-secret/);
    },
  ));

test('nothing more is asked after a failure that ends a reading', () =>
  against(
    ({ input }, nth) =>
      nth === 1
        ? { status: 400, body: { __type: 'AccessDeniedException', message: '' } }
        : page(input.Names ?? []),
    async (store, asked) => {
      const names = Array.from({ length: 1000 }, (_, index) => `/n/${index}`);
      assert.is((await failure(store.get(names))).kind, 'denied');
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.ok(asked.length < 20, `${asked.length} calls`);
    },
  ));

test.run();
