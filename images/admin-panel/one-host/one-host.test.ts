import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Fault } from '../../../tools/contract/fault.ts';
import type { Drift, Overview, PanelPerson } from '../../../tools/contract/shapes.ts';
import { freeTcpPort } from '../../../tools/local/ports.ts';
import { keyFile, LOCAL_KEY, publicHalf } from '../../../tools/publish/keys/keys.ts';
import { findStore } from '../../../tools/store/embedded/folder-lock.ts';
import { copyMiniature } from '../../../tools/testing/miniature.ts';
import { suite } from '../../../tools/testing/suite.ts';
import { machineSignIn } from '../security/sign-in.ts';
import { LIVE, newScene } from '../testing/scene.ts';
import { gatewayIn } from './machine.ts';
import { serveOnHost } from './serve.ts';
import { hostSettingsIn, isWithoutSignIn } from './settings.ts';

// slow: a panel and a store run
const test = suite('admin panel: one host');

test('without sign-in it shows the embedded store alone', () => {
  assert.is(isWithoutSignIn({ ZTNA_SIGN_IN: 'none', ZTNA_STORE: 'http://store:4566' }), true);
  assert.is(isWithoutSignIn({}), false);
  for (const [variables, says] of [
    [{ ZTNA_SIGN_IN: 'none' }, /ZTNA_SIGN_IN is none, and ZTNA_STORE names no embedded store/],
    [{ ZTNA_SIGN_IN: 'None', ZTNA_STORE: 'http://store:4566' }, /ZTNA_SIGN_IN is `None`/],
    [{ ZTNA_STORE: 'http://store:4566' }, /ZTNA_STORE is set, and ZTNA_SIGN_IN is not/],
  ] as const)
    assert.throws(
      () => isWithoutSignIn(variables),
      (error: unknown) => error instanceof Fault && says.test(error.message) && error.remedy !== '',
    );
});

test('it answers the machine that publishes its port, and no other container', async () => {
  const from = async (peer: string | undefined) =>
    machineSignIn('172.20.0.1')({ peer, header: () => undefined });
  for (const peer of ['172.20.0.1', '::ffff:172.20.0.1', '127.0.0.1']) {
    const claim = await from(peer);
    assert.is('refused' in claim || claim.proposes, false, peer);
  }
  for (const peer of ['172.20.0.10', '172.20.0.3', '192.0.2.7', '::ffff:172.20.0.2', undefined])
    assert.ok('refused' in (await from(peer)), String(peer));
});

test('the machine is the gateway of the way to everywhere', () => {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
  const own = 'eth0\t000014AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n';
  assert.is(
    gatewayIn(`${head}${own}eth1\t00000000\t010015AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`),
    '172.21.0.1',
  );
  assert.is(gatewayIn(`${head}${own}`), undefined);
});

test('it shows what the YAML says and the store has, moved as the store moved it, and proposes nothing', async () => {
  const scene = await newScene();
  const folder = mkdtempSync(join(tmpdir(), 'panel-host-'));
  const ending = new AbortController();
  try {
    await scene.publish();
    await scene.follow();
    copyMiniature(folder);
    const file = (name: string, text: string) => (
      writeFileSync(join(folder, name), text),
      join(folder, name)
    );
    const port = await freeTcpPort(0);
    const key = publicHalf(keyFile(scene.state, LOCAL_KEY), LOCAL_KEY)!;
    const settings = hostSettingsIn({
      ZTNA_ENVIRONMENT: LIVE,
      ZTNA_HTTP: `127.0.0.1:${port}`,
      ZTNA_REPOSITORY: folder,
      ZTNA_STORE: (await findStore(join(scene.state, 'store')))!.endpoint,
      ZTNA_TRUSTED_KEYS_FILE: file('keys.json', JSON.stringify([key])),
      ZTNA_CLIENT_CAS: file('cas.pem', 'the authority of this host'),
      ZTNA_INTERMEDIATES: 'one=intermediate-one:4433',
      ZTNA_BACKEND: 'backend:7007',
      ZTNA_MACHINE: '192.0.2.1',
    });
    const serving = new Promise<{ over: Promise<void> }>((resolve, reject) => {
      const over = serveOnHost(settings, ending.signal, () => resolve({ over }));
      over.catch(reject);
    });
    const { over } = await serving;
    const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
    const read = async <T>(path: string) => (await (await ask(path)).json()) as T;
    const { convergence } = await read<Overview>('/api/v1/overview');
    assert.is(convergence.newest?.sequence, 1);
    assert.ok(convergence.components.length > 1);
    // The store of this scene moved nothing, so that what is wanted here is not what it has.
    const { environments } = await read<Drift>(`/api/v1/drift?env=${LIVE}`);
    assert.is.not(environments[0]!.drifts.length, 0);
    const page = await (await ask(`/env/${LIVE}`)).text();
    for (const { component } of convergence.components) assert.match(page, component.split('/')[1]!);
    assert.is((await read<PanelPerson>('/api/v1/me')).mayPropose, false);
    const change = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    assert.is((await ask('/api/v1/proposals', change)).status, 403);
    assert.is((await ask('/api/v1/proposals')).status, 200);
    assert.is((await ask(`/env/${LIVE}/propose/grant`)).status, 200);
    ending.abort();
    await over;
  } finally {
    ending.abort();
    await scene.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what is missing is named', () => {
  assert.throws(() => hostSettingsIn({ ZTNA_STORE: 'store' }), /ZTNA_STORE is "store"/);
  assert.throws(() => hostSettingsIn({ ZTNA_STORE: 'http://store:4566' }), /ZTNA_ENVIRONMENT is not set/);
});

test.run();
