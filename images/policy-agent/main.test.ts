import { spawn, spawnSync } from 'node:child_process';
import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { ackName } from '../../tools/contract/names.ts';
import { bundleProgram } from '../../tools/dev/images/bundle.ts';
import { publish } from '../../tools/publish/publish.ts';
import { bundleOf, IDENTITY, newSigner, publishing } from '../../tools/publish/testing/publisher.ts';
import { type EmbeddedStore, startStore } from '../../tools/store/embedded/server.ts';
import { openTarget, type StoreTarget } from '../../tools/store/open.ts';
import { suite } from '../../tools/testing/suite.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
// slow: it starts processes
const test = suite('the program of the policy agent');
const folder = mkdtempSync(join(tmpdir(), 'ztna-policy-agent-'));
const program = join(folder, 'policy-agent.cjs');
const signer = newSigner();
const component = 'intermediate/one';
let server: EmbeddedStore;
let target: StoreTarget;

test.before(async () => {
  const { code } = await bundleProgram(root, 'policy-agent');
  writeFileSync(program, code, { mode: 0o755 });
  server = await startStore({ folder: join(folder, 'store') });
  target = await openTarget({
    store: 'embedded',
    region: IDENTITY.region,
    state: folder,
    endpoint: server.endpoint,
    signal: new AbortController().signal,
  });
});
test.after(async () => {
  await target.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const variables = () => ({
  ZTNA_ENVIRONMENT: IDENTITY.environment,
  ZTNA_ACCOUNT: IDENTITY.account,
  ZTNA_REGION: IDENTITY.region,
  ZTNA_EPOCH: String(IDENTITY.epoch),
  ZTNA_TRUSTED_KEYS: JSON.stringify([
    { id: signer.id, algorithm: signer.algorithm, publicKey: signer.publicKey },
  ]),
  ZTNA_COMPONENT: component,
  ZTNA_MINIMUM_SEQUENCE: '1',
  ZTNA_OUT: join(folder, 'out'),
  ZTNA_STATE: join(folder, 'state'),
  ZTNA_STORE: server.endpoint,
  ZTNA_INSTANCE: 'host-1',
});

/** Starts the program with nothing in its environment but what it is told. */
function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: Record<string, unknown>[] = [];
  let rest = '';
  child.stdout.on('data', (bytes) => {
    const [last, ...whole] = `${rest}${bytes}`.split('\n').reverse();
    rest = last!;
    lines.push(...whole.reverse().map((line) => JSON.parse(line) as Record<string, unknown>));
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const says = async (event: string) => {
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      const found = lines.find((line) => line['event'] === event);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no ${event} in:\n${lines.map((line) => JSON.stringify(line)).join('\n')}`);
  };
  return { child, ended, lines, says };
}

test('puts in force what is published, says so each way, and stops in order', async () => {
  const { executed } = await publish(
    publishing(target.store, signer, { bundle: bundleOf('alice@example.com'), now: Date.now }),
  );
  assert.ok(executed);
  const { child, ended, says } = start(variables());
  assert.is((await says('enforcing'))['sequence'], 1);
  const file = join(folder, 'out/enforcement.json');
  assert.is(JSON.parse(readFileSync(file, 'utf8')).component, component);
  // The component beside it has another user of the same group.
  assert.is(statSync(file).mode & 0o777, 0o640);
  await says('acked');
  const status = await says('status');
  assert.equal([status['component'], status['behind'], status['stale']], [component, 0, false]);
  child.kill('SIGTERM');
  assert.is(await ended, 0);
  const name = ackName(IDENTITY, component, 'host-1');
  assert.is(JSON.parse((await target.store.get([name])).get(name)!.value).state, 'stopped');
});

test('answers whether it runs, and whether an entry is in force', async () => {
  const port = await freePort();
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  const instance = { ZTNA_INSTANCE: 'host-2', ZTNA_HTTP: `127.0.0.1:${port}` };
  const places = { ZTNA_OUT: join(folder, 'out-2'), ZTNA_STATE: join(folder, 'state-2') };
  const { child, ended, says } = start({ ...variables(), ...places, ...instance });
  await says('enforcing');
  const answers = async (path: string): Promise<number> => (await fetch(url(path))).status;
  assert.equal(
    [await answers('/healthz'), await answers('/readyz'), await answers('/metrics')],
    [200, 200, 404],
  );
  child.kill('SIGTERM');
  assert.is(await ended, 0);
});

/** A port that nothing listens on just now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('a variable that is missing ends it with 2 and one line', async () => {
  const { ended, lines } = start({ ...variables(), ZTNA_EPOCH: '' });
  assert.is(await ended, 2);
  assert.equal(
    lines.map(({ event, reason }) => [event, /^ZTNA_EPOCH is not set/.test(String(reason))]),
    [['trouble', true]],
  );
});

test('is its own health check, by a word and under that name', async () => {
  const health = createServer((request, response) => {
    response.writeHead(request.url === '/healthz' ? 200 : 503).end();
  }).listen(0, '127.0.0.1');
  await once(health, 'listening');
  const { port } = health.address() as AddressInfo;
  const named = join(folder, 'healthcheck');
  linkSync(program, named);
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  const check = (file: string, ...words: string[]) =>
    new Promise((resolve) => spawn(process.execPath, [file, ...words]).on('close', resolve));
  assert.is(await check(named, url('/healthz')), 0);
  assert.is(await check(program, 'healthcheck', url('/healthz')), 0);
  assert.is(await check(named, url('/readyz')), 1);
  await new Promise((resolve) => health.close(resolve));
  assert.is(await check(named, url('/healthz')), 1);
  const { status, stderr } = spawnSync(process.execPath, [named], { encoding: 'utf8' });
  assert.equal([status, /needs a URL/.test(stderr)], [1, true]);
});

test.run();
