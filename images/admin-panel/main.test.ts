import * as assert from 'uvu/assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../tools/contract/fault.ts';
import { suite } from '../../tools/testing/suite.ts';
import { trafficOf } from './state/traffic.ts';
import { remoteFiles } from './state/remote-files.ts';
import { settingsIn } from './settings.ts';
import { newScene } from './testing/scene.ts';

// slow: git runs
const test = suite('admin panel: the program');

const VARIABLES = {
  ZTNA_ENVIRONMENT: 'live',
  ZTNA_DOMAIN: 'panel.example.com',
  ZTNA_LOAD_BALANCER:
    'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/panel/0123456789abcdef',
  ZTNA_ISSUER: 'https://login.example.com',
  ZTNA_CLIENT_ID: 'ztna-panel',
  ZTNA_REPOSITORY: 'example/access',
  ZTNA_GITHUB_TOKEN: 'a-secret',
};

test('what it is told has defaults where that is right, and a fault with the name where not', () => {
  const settings = settingsIn(VARIABLES);
  assert.equal([settings.host, settings.port, settings.pollMs], ['0.0.0.0', 8080, 15_000]);
  assert.equal(settingsIn({ ...VARIABLES, ZTNA_HTTP: '[::]:80' }).host, '[::]');
  for (const name of Object.keys(VARIABLES))
    for (const value of [undefined, '', ' \n'])
      assert.throws(
        () => settingsIn({ ...VARIABLES, [name]: value }),
        (error: unknown) => error instanceof Fault && error.message.startsWith(name) && error.remedy !== '',
        `${name} ${JSON.stringify(value)}`,
      );
  try {
    settingsIn({ ...VARIABLES, ZTNA_GITHUB_TOKEN: 'with a space' });
    assert.unreachable();
  } catch (error) {
    assert.not.match((error as Fault).message, /with a space/);
  }
});

test('a repository elsewhere is read by git, followed, and shown while it is away', async () => {
  const scene = await newScene();
  const folder = mkdtempSync(join(tmpdir(), 'panel-clone-'));
  const troubles: string[] = [];
  const files = remoteFiles({
    ...{ url: `file://${scene.root}`, branch: 'main', folder, everyMs: 60_000, now: Date.now },
    token: async () => undefined,
    trouble: (sentence) => void troubles.push(sentence),
  });
  try {
    const first = await files.read();
    assert.ok(first!.loaded.repository.groups.has('sales'));
    assert.is(first!.commit, scene.git('rev-parse', 'main'));
    assert.is(await files.read(), undefined);
    scene.git('rm', '-q', 'policies/access/scanner-web.yaml');
    scene.git('commit', '-qm', 'The scanner is gone');
    const second = await files.read();
    assert.not.ok(second!.loaded.repository.policies.has('scanner-web'));
    rmSync(join(scene.root, '.git'), { recursive: true });
    assert.is(await files.read(), undefined);
    assert.is(troubles.length, 1);
  } finally {
    await scene.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('totals become rates between two reports, and a component that began anew has none', () => {
  const state = (at: string, bytes: number) => ({
    ...{ environment: 'live', epoch: 1, newest: null, converged: false, notes: [] },
    components: [
      {
        ...{ component: 'intermediate/one', state: 'enforcing' as const },
        instances: [{ instance: 'i', state: 'enforcing' as const, at, figures: { connections: 3, bytes } }],
      },
    ],
  });
  const rate = (before: ReturnType<typeof state>, after: ReturnType<typeof state>) =>
    trafficOf(after, before, [])[0]!.bytesPerSecond;
  const noon = state('2026-06-01T12:00:00Z', 1000);
  assert.is(rate(noon, state('2026-06-01T12:00:10Z', 6000)), 500);
  assert.is(rate(noon, state('2026-06-01T12:00:10Z', 10)), undefined);
  const same = trafficOf(noon, noon, [{ component: 'intermediate/one', instance: 'i', bytesPerSecond: 7 }]);
  assert.is(same[0]!.bytesPerSecond, 7);
});

test.run();
