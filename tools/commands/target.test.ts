import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startStore } from '../devstore/server.ts';
import { StoreFault } from '../store/fault.ts';
import { Refusal } from './command.ts';
import { openTarget, type TargetOptions } from './target.ts';

const test = suite('commands: target');

function state(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'state-'));
}

function open(where: string, more: Partial<TargetOptions> = {}) {
  const signal = new AbortController().signal;
  return openTarget({ store: 'embedded', region: 'eu-central-1', state: where, signal, ...more });
}

test('starts the embedded store for the command, and its data outlives it', async () => {
  const where = await state();
  const first = await open(where);
  assert.is(first.describe, `the embedded store in ${join(where, 'store')}`);
  assert.is(await first.store.create('/a', 'x'), 'created');
  await first.close();
  const second = await open(where);
  assert.is((await second.store.get(['/a'])).get('/a')?.value, 'x');
  await second.close();
});

test('uses the store that runs already, and says where', async () => {
  const where = await state();
  const running = await startStore({ folder: join(where, 'store') });
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

test('data that is damaged is a refusal with a remedy', async () => {
  const where = await state();
  await mkdir(join(where, 'store'));
  await writeFile(join(where, 'store', 'journal'), 'something else\n');
  const error = await open(where).catch((reason: unknown) => reason);
  assert.instance(error, Refusal);
  assert.match((error as Refusal).remedy ?? '', /move it away/);
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
