import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { findStore } from './embedded/folder-lock.ts';
import { startStore } from './embedded/server.ts';
import { StoreFault } from './fault.ts';
import { Fault } from '../contract/fault.ts';
import { openTarget, type TargetOptions } from './open.ts';

const test = suite('commands: target');

const opened: { close(): unknown }[] = [];
test.after.each(async () => {
  for (const one of opened.splice(0)) await one.close();
});

function state(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'state-'));
}

async function open(where: string, more: Partial<TargetOptions> = {}) {
  const signal = new AbortController().signal;
  const target = await openTarget({
    store: 'embedded',
    region: 'eu-central-1',
    state: where,
    signal,
    ...more,
  });
  opened.push(target);
  return target;
}

test('starts the embedded store for the command, and its data outlives it', async () => {
  const where = await state();
  const first = await open(where);
  assert.is(first.describe, `the embedded store in ${basename(where)}/store`);
  assert.is(await first.store.create('/a', 'x'), 'created');
  await first.close();
  const second = await open(where);
  assert.is((await second.store.get(['/a'])).get('/a')?.value, 'x');
  await second.close();
});

test('uses the store that runs already, and says where', async () => {
  const where = await state();
  const running = await startStore({ folder: join(where, 'store') });
  opened.push(running);
  const target = await open(where);
  assert.ok(target.describe.endsWith(` at ${running.endpoint}`), target.describe);
  await target.store.put('/a', 'x');
  await target.close();
  const other = await open(where, { endpoint: running.endpoint });
  assert.is(other.describe, `the embedded store at ${running.endpoint}`);
  assert.is((await other.store.get(['/a'])).size, 1);
  await other.close();
  await running.close();
});

test('commands at once on one folder share one store', async () => {
  const where = await state();
  const targets = await Promise.all(Array.from({ length: 6 }, () => open(where)));
  const told = await Promise.all(targets.map(({ store }) => store.create('/race', 'x')));
  assert.is(told.filter((answer) => answer === 'created').length, 1);
  for (const target of targets.reverse()) await target.close();
});

test('works on when the command whose store it used ends, every call alike', async () => {
  for (const use of ['get', 'list', 'create', 'put', 'remove'] as const) {
    const where = await state();
    const first = await open(where);
    const second = await open(where);
    const third = await open(where);
    for (let nth = 0; nth < 25; nth += 1) await second.store.put(`/a/${nth}`, 'x');
    const listing = second.store.list('/a')[Symbol.asyncIterator]();
    const names = [(await listing.next()).value?.name];
    await first.close();

    if (use === 'get') assert.is((await second.store.get(['/a/1'])).size, 1);
    if (use === 'create') assert.is(await second.store.create('/b', 'x'), 'created');
    if (use === 'put') await second.store.put('/b', 'x');
    if (use === 'remove') await second.store.remove(['/a/1']);
    if (use === 'list') {
      for (let next = await listing.next(); !next.done; next = await listing.next())
        names.push(next.value.name);
      assert.is(new Set(names).size, 25);
      assert.is(names.length, 25, 'none is told twice');
    }
    assert.is((await third.store.get(['/a/2'])).size, 1);
    await third.close();
    await second.close();
  }
});

test('calls that find the store gone together look for another one once', async () => {
  const where = await state();
  const first = await open(where);
  const second = await open(where);
  await second.store.put('/a', 'x');
  await first.close();
  const answers = await Promise.all(Array.from({ length: 30 }, () => second.store.get(['/a'])));
  for (const answer of answers) assert.is(answer.size, 1);
  await second.close();
});

test('a call that fails late does not look for another store again', async () => {
  const where = await state();
  const folder = join(where, 'store');
  await mkdir(folder);
  // A store that ends under two calls, under the one for `/b` long after the other.
  const ending = createServer(async (request, response) => {
    if (request.method === 'GET') return response.end('{"id":"ending"}');
    let body = '';
    for await (const chunk of request) body += String(chunk);
    await rm(join(folder, 'endpoint.json'), { force: true });
    setTimeout(() => request.socket.destroy(), body.includes('/b') ? 400 : 0);
  });
  await new Promise<void>((resolve) => ending.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => (ending.closeAllConnections(), ending.close()) });
  const endpoint = `http://127.0.0.1:${(ending.address() as AddressInfo).port}`;
  await writeFile(
    join(folder, 'endpoint.json'),
    JSON.stringify({ endpoint, pid: process.pid, id: 'ending' }),
  );

  const target = await open(where, { patience: { busy: 1, broken: 1 } });
  const [early, late] = [target.store.get(['/a']), target.store.get(['/b'])];
  assert.is((await early).size, 0);
  await target.store.put('/b', 'x');
  const ours = await findStore(folder);
  assert.ok(ours);
  assert.is((await late).size, 1);
  await target.close();
  assert.is(await findStore(folder), undefined);
});

test('data that is damaged is a refusal with a remedy', async () => {
  const where = await state();
  await mkdir(join(where, 'store'));
  await writeFile(join(where, 'store', 'journal'), 'something else\n');
  const error = await open(where).catch((reason: unknown) => reason);
  assert.instance(error, Fault);
  assert.match((error as Fault).remedy ?? '', /move it away/);
});

test("aws is Parameter Store in the region, at the account's rates", async () => {
  const where = await state();
  const target = await open(where, { store: 'aws' });
  assert.is(target.describe, 'AWS SSM Parameter Store in eu-central-1');
  await target.close();
});

test('ends when interrupted', async () => {
  const stop = new AbortController();
  const target = await open(await state(), { signal: stop.signal });
  await target.store.put('/a', 'x');
  stop.abort();
  const fault = await target.store.get(['/a']).catch((error: unknown) => error);
  assert.instance(fault, StoreFault);
  assert.is((fault as StoreFault).kind, 'aborted');
  await target.close();
});

test.run();
