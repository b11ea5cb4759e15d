import { mkdtemp, truncate, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { DEFAULT_RATES } from '../../contract/limits.ts';
import { EMBEDDED_CREDENTIALS, ssmStore } from '../ssm.ts';
import { type EmbeddedStore, startStore, type StoreOptions } from './server.ts';

const test = suite('embedded store: server');

/** A store for one test, with what it takes to ask it. */
async function using(
  options: Partial<StoreOptions>,
  use: (ask: (operation: string, input: object) => Promise<Answer>, store: EmbeddedStore) => Promise<void>,
): Promise<void> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'server-')));
  const store = await startStore({ ...options, folder });
  try {
    await use(
      (operation, input) => post(store.endpoint, `AmazonSSM.${operation}`, JSON.stringify(input)),
      store,
    );
  } finally {
    await store.close();
  }
}

interface Answer {
  status: number;
  type?: string;
  body: Record<string, unknown>;
}

async function post(endpoint: string, target: string, body: string): Promise<Answer> {
  const response = await fetch(endpoint, { method: 'POST', body, headers: { 'x-amz-target': target } });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body: answer, ...(answer.__type ? { type: String(answer.__type) } : {}) };
}

function parameter(name: string, value = 'x') {
  return { Name: name, Value: value, Type: 'String' };
}

test("every answer says what the store's clock says, as AWS does", async () => {
  await using({ now: () => 1_700_000_000_123 }, async (_, { endpoint }) => {
    const store = ssmStore({ region: 'eu-central-1', endpoint, credentials: EMBEDDED_CREDENTIALS });
    assert.is(store.date(), undefined);
    await store.get(['/a']);
    assert.is(store.date(), 1_700_000_000_000);
    store.close();
  });
});

test('what was written is there after a restart, with versions and dates', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'server-'));
  let now = 1_700_000_000_123;
  await using({ folder, now: () => now }, async (ask) => {
    await ask('PutParameter', parameter('/a', 'one'));
    now += 1000;
    await ask('PutParameter', { ...parameter('/a', 'two'), Overwrite: true });
    await ask('PutParameter', parameter('/b'));
    await ask('DeleteParameter', { Name: '/b' });
  });
  await using({ folder, now: () => now }, async (ask) => {
    const { body } = await ask('GetParameterHistory', { Name: '/a' });
    const versions = body.Parameters as { Value: string; Version: number; LastModifiedDate: number }[];
    assert.equal(
      versions.map(({ Value, Version, LastModifiedDate }) => [Value, Version, LastModifiedDate]),
      [
        ['one', 1, 1_700_000_000.123],
        ['two', 2, 1_700_000_001.123],
      ],
    );
    assert.is((await ask('GetParameter', { Name: '/b' })).type, 'ParameterNotFound');
    assert.is(
      (await ask('PutParameter', parameter('/b'))).type,
      'TooManyUpdates',
      'the wait outlives a restart',
    );
  });
});

test('a last write that was never finished is told and dropped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'server-'));
  await using({ folder }, async (ask) => {
    await ask('PutParameter', parameter('/a'));
    await ask('PutParameter', parameter('/b'));
  });
  const path = join(folder, 'journal');
  await truncate(path, (await stat(path)).size - 5);
  const said: string[] = [];
  await using({ folder, warn: (sentence) => said.push(sentence) }, async (ask) => {
    const { body } = await ask('GetParameters', { Names: ['/a', '/b'] });
    assert.equal(body.InvalidParameters, ['/b']);
  });
  assert.is(said.length, 1);
  assert.match(said[0] ?? '', /the last write, \d+ bytes, was never finished/);
});

test('a removed name can be created again after thirty seconds', async () => {
  let now = 1_000_000;
  await using({ now: () => now }, async (ask) => {
    await ask('PutParameter', parameter('/a'));
    await ask('DeleteParameters', { Names: ['/a'] });
    now += 29_999;
    assert.is((await ask('PutParameter', parameter('/a'))).type, 'TooManyUpdates');
    now += 1;
    const { status, body } = await ask('PutParameter', parameter('/a'));
    assert.equal([status, body], [200, { Version: 1, Tier: 'Standard' }]);
  });
});

test('throttles each budget at its rate, and what is throttled does nothing', async () => {
  let now = 1_000_000;
  await using({ now: () => now, rates: DEFAULT_RATES }, async (ask) => {
    const burst = async (count: number, operation: string, input: (nth: number) => object) => {
      const types: (string | undefined)[] = [];
      for (let nth = 0; nth < count; nth += 1) types.push((await ask(operation, input(nth))).type);
      return types.map((type, nth) => (type === 'ThrottlingException' ? nth : -1)).filter((nth) => nth >= 0);
    };
    assert.equal(await burst(5, 'PutParameter', (nth) => parameter(`/a/${nth}`)), [3, 4]);
    assert.equal(await burst(42, 'GetParameters', () => ({ Names: ['/a/0'] })), [40, 41]);
    assert.equal(await burst(4, 'DeleteParameters', () => ({ Names: ['/none'] })), [3]);
    now += 334;
    assert.equal(await burst(2, 'PutParameter', (nth) => parameter(`/b/${nth}`)), [1]);
    now += 10_000;
    const { body } = await ask('GetParametersByPath', { Path: '/', Recursive: true });
    assert.equal(
      (body.Parameters as { Name: string }[]).map(({ Name }) => Name),
      ['/a/0', '/a/1', '/a/2', '/b/0'],
    );
  });
});

for (const [what, input, type] of [
  ['secure strings', { ...parameter('/a'), Type: 'SecureString' }, 'UnsupportedParameterType'],
  ['the advanced tier', { ...parameter('/a'), Tier: 'Advanced' }, 'ValidationException'],
  ['other data types', { ...parameter('/a'), DataType: 'aws:ec2:image' }, 'ValidationException'],
  ['members it would not keep', { ...parameter('/a'), Policies: '[]' }, 'ValidationException'],
  ['names that are too long', parameter(`/${'a'.repeat(1000)}`), 'ValidationException'],
  ['names without their first slash', parameter('a/b'), 'ValidationException'],
  ['values of the wrong kind', { ...parameter('/a'), Value: 7 }, 'ValidationException'],
  ['flags of the wrong kind', { ...parameter('/there'), Overwrite: 'yes' }, 'ValidationException'],
  [
    'another type for a name',
    { ...parameter('/there'), Type: 'StringList', Overwrite: true },
    'HierarchyTypeMismatchException',
  ],
  ['4,096 characters that are more bytes', parameter('/a', '\u00e9'.repeat(2049)), 'ValidationException'],
] as const)
  test(`refuses ${what}`, () =>
    using({}, async (ask) => {
      await ask('PutParameter', parameter('/there'));
      const answer = await ask('PutParameter', input);
      assert.equal([answer.status, answer.type], [400, type]);
      assert.type(answer.body.message, 'string');
    }));

test('answers nonsense with the exceptions of the protocol', async () => {
  await using({}, async (ask, { endpoint }) => {
    assert.is((await ask('LabelParameterVersion', {})).type, 'UnknownOperationException');
    assert.is((await ask('constructor', {})).type, 'UnknownOperationException');
    for (const body of ['', '{', '[]', 'null', '"x"', '7'])
      assert.is((await post(endpoint, 'AmazonSSM.GetParameters', body)).type, 'SerializationException');
    for (const input of [{}, { Names: null }, { Names: [] }, { Names: [7] }, { Names: 'x' }])
      assert.is((await ask('GetParameters', input)).type, 'ValidationException');
    for (const Path of ['', 'a', '/a b', '//', '/a//b'])
      assert.is((await ask('GetParametersByPath', { Path })).type, 'ValidationException', Path);
  });
});

test('a body that is too large is refused in words, and the connection stays in order', async () => {
  await using({}, async (ask, { endpoint }) => {
    const over = await post(
      endpoint,
      'AmazonSSM.PutParameter',
      JSON.stringify(parameter('/a', 'x'.repeat(700_000))),
    );
    assert.equal([over.status, over.type], [413, 'RequestEntityTooLargeException']);
    assert.is((await ask('PutParameter', parameter('/a'))).status, 200);
    const huge = await post(endpoint, 'AmazonSSM.PutParameter', 'x'.repeat(8_000_000)).catch(() => undefined);
    assert.ok(huge === undefined || huge.status === 413);
    assert.is((await ask('GetParameter', { Name: '/a' })).status, 200);
  });
});

test("refuses requests that came by another name than the loopback interface's", async () => {
  await using({}, async (_, { endpoint }) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const call = request(
        endpoint,
        { method: 'POST', headers: { host: 'evil.example.com' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      call.on('error', reject);
      call.end('{}');
    });
    assert.is(status, 403);
  });
});

test('answers what it was asked before it stops', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'server-'));
  const store = await startStore({ folder });
  const asked = Array.from({ length: 50 }, (_, nth) =>
    post(store.endpoint, 'AmazonSSM.PutParameter', JSON.stringify(parameter(`/a/${nth}`))).then(
      ({ status }) => status,
      () => undefined,
    ),
  );
  await asked[0];
  await store.close();
  const told = (await Promise.all(asked)).flatMap((status, nth) => (status === 200 ? [`/a/${nth}`] : []));
  assert.ok(told.length > 0);
  await using({ folder }, async (ask) => {
    for (const name of told) assert.is((await ask('GetParameter', { Name: name })).status, 200, name);
  });
});

test.run();
