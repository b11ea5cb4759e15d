import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { writeProgram } from '../../tools/dev/images/bundle.ts';
import { publish } from '../../tools/publish/publish.ts';
import { createKey, fileSigner, publicHalf } from '../../tools/publish/keys/keys.ts';
import { trust } from '../../tools/contract/log/dsse.ts';
import { IDENTITY, newSigner, publishing, trusting } from '../../tools/publish/testing/publisher.ts';
import { startStore } from '../../tools/store/embedded/server.ts';
import { readLog } from '../../tools/store/log.ts';
import { EMBEDDED_CREDENTIALS, ssmStore } from '../../tools/store/ssm.ts';
import { memoryStore } from '../../tools/store/testing/memory-store.ts';
import { suite } from '../../tools/testing/suite.ts';
import { answerInvocations } from './lambda.ts';
import { standBy, type StandbyOptions } from './standby.ts';

// slow: it starts a process
const test = suite('the heartbeat of the second scheduler');
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ztna-heartbeat-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const HOUR = 3_600_000;

/** A log whose newest entry lives for 120 hours from now on, and who stands by it. */
async function logged() {
  const store = memoryStore();
  const signer = newSigner();
  const from = Date.now();
  await publish(publishing(store, signer, { lifetimeHours: 120, now: () => from }));
  const at = (hours: number): StandbyOptions => ({
    ...{ store, identity: IDENTITY, trusted: trusting(signer), signer: async () => signer },
    ...{ lifetimeHours: 120, now: () => from + hours * HOUR },
  });
  return { store, at };
}

test('while the first scheduler comes each day nothing is signed; where it stays away, the entry is renewed', async () => {
  const { store, at } = await logged();
  const unused = async () => assert.unreachable('nothing is to be signed') as never;
  assert.equal(await standBy({ ...at(0), signer: unused }), {
    event: 'fresh',
    sequence: 1,
    lifePercent: 100,
  });
  assert.equal(await standBy({ ...at(26), signer: unused }), {
    event: 'fresh',
    sequence: 1,
    lifePercent: 78,
  });
  assert.equal(await standBy(at(30)), { event: 'renewed', sequence: 2 });
  assert.equal(await standBy({ ...at(31), signer: unused }), {
    event: 'fresh',
    sequence: 2,
    lifePercent: 99,
  });
  const { newest } = await readLog(store, IDENTITY, at(0).trusted);
  assert.match(newest!.entry.reason, /second scheduler/);
  // A log that ran out is renewed too: what is in force stays what it was.
  assert.equal(await standBy(at(30 + 500)), { event: 'renewed', sequence: 3 });
});

test('what another key signed gets no signature of ours: that key may be withdrawn elsewhere', async () => {
  const { store, at } = await logged();
  const [ours, { trusted }] = [newSigner('ours'), at(60)];
  const options = { ...at(60), store, trusted: [...trusted, ...trusting(ours)], signer: async () => ours };
  const said = await standBy(options).then(() => '', String);
  assert.match(said, /entry 1 is signed by .*, and not by this scheduler's key/);
  assert.is((await readLog(store, IDENTITY, options.trusted)).newest!.entry.sequence, 1);
});

test('a key that nobody trusts renews nothing, loudly; an empty log is no fault', async () => {
  const { at } = await logged();
  const stranger = newSigner('stranger');
  const said = await standBy({ ...at(60), signer: async () => stranger }).then(() => '', String);
  assert.match(said, /no follower would trust the signing key stranger/);
  assert.equal(await standBy({ ...at(60), store: memoryStore() }), { event: 'empty' });
});

/** Lambda's runtime interface, with so many invocations. @returns what came of each */
async function invoked(run: (api: string) => Promise<void>, count: number): Promise<string[]> {
  const results: string[] = [];
  let next = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url!.endsWith('/next')) {
      if (next >= count) return;
      response.writeHead(200, { 'lambda-runtime-aws-request-id': `id-${(next += 1)}` }).end('{}');
      return;
    }
    results.push(`${request.method} ${request.url!.split('/invocation/')[1]} ${body}`);
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await run(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    return results;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('each invocation is answered under its own id, and what fails is told as failed', async () => {
  let count = 0;
  const work = async (): Promise<object> => {
    if ((count += 1) === 2) throw new Error('no key');
    return { event: 'fresh' };
  };
  assert.equal(await invoked((api) => answerInvocations(api, work, 3), 3), [
    'POST id-1/response {"event":"fresh"}',
    'POST id-2/error {"errorType":"Error","errorMessage":"no key"}',
    'POST id-3/response {"event":"fresh"}',
  ]);
});

test('the program as its image has it: once on a store, and again and again under Lambda', async () => {
  const { file } = await writeProgram(root, 'heartbeat');
  const key = join(folder, 'key.pem');
  createKey(key);
  const half = publicHalf(key, 'file')!;
  const old = Date.now() - 60 * HOUR;
  let now: () => number = () => old;
  const server = await startStore({ folder: join(folder, 'store'), now: () => now() });
  const region = 'eu-central-1';
  const store = ssmStore({
    region,
    endpoint: server.endpoint,
    credentials: EMBEDDED_CREDENTIALS,
    rates: 'none',
  });
  try {
    const signer = fileSigner(key, 'file');
    await publish({
      ...publishing(store, signer, { lifetimeHours: 120, now: () => old }),
      trusted: trust([half]),
    });
    now = Date.now;
    const env = {
      PATH: process.env['PATH'],
      ...{ ZTNA_ENVIRONMENT: 'lab', ZTNA_ACCOUNT: IDENTITY.account, ZTNA_REGION: region, ZTNA_EPOCH: '1' },
      ...{ ZTNA_TRUSTED_KEYS: JSON.stringify([half]), ZTNA_KEY: key, ZTNA_LIFETIME_HOURS: '120' },
      ...{ ZTNA_STORE: server.endpoint, ZTNA_STATE: folder },
    };
    const run = (more: object = {}) =>
      new Promise<{ status: number | null; out: string }>((resolve) => {
        const child = spawn(process.execPath, [join(root, file)], { env: { ...env, ...more } });
        let out = '';
        child.stdout.on('data', (chunk) => (out += chunk));
        child.on('exit', (status) => resolve({ status, out }));
        if ('AWS_LAMBDA_RUNTIME_API' in more) setTimeout(() => child.kill('SIGKILL'), 6000);
      });
    const first = await run();
    assert.is(first.status, 0, first.out);
    assert.match(first.out, /"event":"renewed","sequence":2/);
    const broken = await run({ ZTNA_EPOCH: 'one' });
    assert.equal([broken.status, /ZTNA_EPOCH is/.test(broken.out)], [2, true]);
    const answered = await invoked((api) => run({ AWS_LAMBDA_RUNTIME_API: api }).then(() => {}), 2);
    assert.is(answered.length, 2);
    assert.match(answered[1]!, /^POST id-2\/response \{"event":"fresh","sequence":2/);
  } finally {
    store.close();
    await server.close();
  }
});

test.run();
