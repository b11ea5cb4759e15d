import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { findStore } from './folder-lock.ts';
import { type EmbeddedStore, startStore } from './server.ts';
import { Fault } from '../../contract/fault.ts';
import { FolderInUse } from './errors.ts';

// slow: it starts processes
const test = suite('embedded store: folder lock');

const started: { close(): unknown }[] = [];
test.after.each(async () => {
  for (const one of started.splice(0)) await one.close();
});

async function start(where: string): Promise<EmbeddedStore> {
  const store = await startStore({ folder: where });
  started.push(store);
  return store;
}

function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'folder-lock-'));
}

/** A process id that nobody has any more. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

async function leave(where: string, lock: object): Promise<void> {
  await writeFile(join(where, 'endpoint.json'), JSON.stringify(lock));
}

async function startMany(where: string, count: number) {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, () => start(where)));
  const stores = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const errors = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  return { stores, errors };
}

async function starts(where: string): Promise<void> {
  await (await start(where)).close();
}

test('a folder that is served is found, and refused to a second one with its address', async () => {
  const where = await folder();
  assert.is(await findStore(where), undefined);
  const store = await start(where);
  assert.is((await findStore(where))?.endpoint, store.endpoint);
  const error = await start(where).catch((reason: unknown) => reason as EmbeddedStore);
  assert.instance(error, FolderInUse);
  assert.is((error as unknown as FolderInUse).endpoint, store.endpoint);
  assert.is((error as unknown as FolderInUse).pid, process.pid);
  await store.close();
  assert.is(await findStore(where), undefined);
  assert.equal(await readdir(where), ['journal']);
  await starts(where);
});

test('what a killed process left behind is taken over', async () => {
  const where = await folder();
  await leave(where, { endpoint: 'http://127.0.0.1:1', pid: deadPid(), id: 'gone' });
  assert.is(await findStore(where), undefined);
  await starts(where);
});

test('a lock that is no lock is taken over', async () => {
  for (const text of ['', '{', '{}', '[]', '{"pid":1}']) {
    const where = await folder();
    await writeFile(join(where, 'endpoint.json'), text);
    await starts(where);
  }
});

test('another program on that port is not taken for the store', async () => {
  const where = await folder();
  const other = await listening(
    createServer((_, response) => response.end('{"store":"embedded","id":"other"}')),
  );
  await leave(where, { endpoint: other.endpoint, pid: process.pid, id: 'mine' });
  assert.is(await findStore(where), undefined);
  await starts(where);
});

test('an owner that lives and does not answer is not taken over', async () => {
  const where = await folder();
  const stuck = await listening(createServer(() => {}));
  await leave(where, { endpoint: stuck.endpoint, pid: process.pid, id: 'stuck' });
  const error = await start(where).catch((reason: unknown) => reason);
  assert.instance(error, FolderInUse);
});

for (const [from, prepare] of [
  ['nothing', async () => {}],
  [
    'a dead lock',
    (where: string) => leave(where, { endpoint: 'http://127.0.0.1:1', pid: deadPid(), id: 'gone' }),
  ],
] as const)
  test(`of ten that start at once from ${from}, one serves`, async () => {
    const where = await folder();
    await prepare(where);
    const { stores, errors } = await startMany(where, 10);
    assert.is(stores.length, 1);
    for (const error of errors) assert.instance(error, FolderInUse);
  });

test('a takeover that was killed half-way does not bar the next one for ever', async () => {
  const where = await folder();
  await leave(where, { endpoint: 'http://127.0.0.1:1', pid: deadPid(), id: 'gone' });
  const guard = join(where, 'takeover');
  await mkdir(guard);
  await utimes(guard, new Date(0), new Date(0));
  await starts(where);
});

test('who lost the folder writes no more, and leaves the new owner alone', async () => {
  const where = await folder();
  const first = await start(where);
  await rm(where, { recursive: true });
  const second = await start(where);
  const body = JSON.stringify({ Name: '/a', Value: 'x', Type: 'String' });
  const headers = { 'x-amz-target': 'AmazonSSM.PutParameter' };
  const lost = await fetch(first.endpoint, { method: 'POST', body, headers });
  assert.is(lost.status, 500);
  assert.match(await lost.text(), /"__type":"StoreEnded".*removed or taken over/);
  await first.close();
  assert.is((await findStore(where))?.endpoint, second.endpoint);
  assert.is((await fetch(second.endpoint, { method: 'POST', body, headers })).status, 200);
  await second.close();
});

test('a folder that cannot be made says so', async () => {
  const where = join(await folder(), 'file');
  await writeFile(where, '');
  const error = await startStore({ folder: join(where, 'store') }).catch((reason: unknown) => reason);
  assert.instance(error, Fault);
});

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  started.push({ close: () => (server.closeAllConnections(), server.close()) });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test.run();
