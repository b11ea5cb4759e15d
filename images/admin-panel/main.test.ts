import * as assert from 'uvu/assert';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../tools/contract/fault.ts';
import { appTokens, type GithubApp } from '../../tools/github/connection/app.ts';
import { Connection } from '../../tools/github/connection/connection.ts';
import { propose } from '../../tools/github/propose.ts';
import { Bare } from '../../tools/github/testing/bare-repository.ts';
import { startGitHttp } from '../../tools/github/testing/git-http.ts';
import { startGithub } from '../../tools/github/testing/server.ts';
import { suite } from '../../tools/testing/suite.ts';
import { trafficOf } from './state/traffic.ts';
import { remoteFiles } from './state/remote-files.ts';
import { PERMISSIONS, settingsIn } from './settings.ts';
import { newScene, until } from './testing/scene.ts';

// slow: git runs
const test = suite('admin panel: the program');

const KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  // The form in which GitHub gives it.
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

const VARIABLES = {
  ZTNA_ENVIRONMENT: 'live',
  ZTNA_DOMAIN: 'panel.example.com',
  ZTNA_LOAD_BALANCER:
    'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/panel/0123456789abcdef',
  ZTNA_ISSUER: 'https://login.example.com',
  ZTNA_CLIENT_ID: 'ztna-panel',
  ZTNA_REPOSITORY: 'example/access',
  ZTNA_GITHUB_APP: JSON.stringify({ clientId: 'Iv23panel', privateKey: KEY.privateKey }),
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
  for (const secret of [
    { ZTNA_GITHUB_TOKEN: 'with a space' },
    { ZTNA_GITHUB_APP: JSON.stringify({ clientId: 'Iv23panel', privateKey: 'with a space' }) },
  ])
    assert.throws(
      () => settingsIn({ ...VARIABLES, ...secret }),
      (error: unknown) => error instanceof Fault && !/with a space/.test(`${error.message} ${error.remedy}`),
    );
  const outside = settingsIn({ ...VARIABLES, ZTNA_GITHUB_APP: '', ZTNA_GITHUB_TOKEN: 'a-secret' });
  assert.equal(outside.credentials, { token: 'a-secret' });
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

test('in AWS it reads the repository and opens pull requests as a GitHub App, which may do nothing else', async () => {
  const scene = await newScene();
  const folder = mkdtempSync(join(tmpdir(), 'panel-clone-'));
  const github = await startGithub(Date.now, new Bare(`${scene.root}/.git`));
  github.state.app = {
    ...{
      clientId: 'Iv23panel',
      publicKey: createPublicKey(KEY.publicKey),
      installation: 7,
      tokens: new Map(),
    },
    permissions: { contents: 'write', pull_requests: 'write', workflows: 'write', deployments: 'write' },
  };
  const git = await startGitHttp(`${scene.root}/.git`, (one) => github.state.app?.tokens.has(one) ?? false);
  const { credentials, repository } = settingsIn(VARIABLES);
  let sent = 0;
  const token = appTokens(credentials as GithubApp, {
    repository,
    url: github.url,
    permissions: PERMISSIONS,
    // In the place of a proxy.
    fetch: async (...asked) => (sent++, fetch(...asked)),
  });
  const troubles: string[] = [];
  const files = remoteFiles({
    ...{ url: `${git.url}/example/access.git`, branch: 'main', folder, everyMs: 60_000, now: Date.now },
    ...{ token, trouble: (sentence) => void troubles.push(sentence) },
  });
  const connection = new Connection({
    ...{ token, repository, url: github.url, signal: new AbortController().signal },
  });
  try {
    assert.is((await files.read())!.commit, scene.git('rev-parse', 'main'));
    const pull = await propose(connection, {
      ...{ branch: 'ztna/x', base: 'main', title: 'A proposal', body: 'Of the panel' },
      ...{ by: { name: 'Rosa', email: 'rosa@example.com' }, on: scene.git('rev-parse', 'main') },
      files: new Map([['policies/groups/night.yaml', { text: 'id: night\n' }]]),
    });
    assert.is(pull.action, 'opened');
    // One token for all of it, with what is needed and nothing more.
    assert.equal(
      [...github.state.app.tokens.values()],
      [{ metadata: 'read', contents: 'write', pull_requests: 'write' }],
    );
    assert.is(github.calls.filter(({ operation }) => /access-token/.test(operation)).length, 1);
    assert.ok(sent >= 2, 'the app is asked for as everything else is');
    const refused = connection.ask('deploy', (octokit) =>
      octokit.repos.createDeployment({ ...connection.repository, ref: 'main', environment: 'live' }),
    );
    assert.is(
      await refused.then(
        () => 'done',
        ({ kind }: { kind: string }) => kind,
      ),
      'denied',
    );
    assert.equal(github.faults, []);
    // Without the app what was read stays, and why is said.
    github.state.app = undefined;
    scene.git('commit', '-q', '--allow-empty', '-m', 'Nothing');
    assert.is(await files.read(), undefined);
    assert.match(troubles.join(), /git|GitHub/);
    assert.not.match(troubles.join(), /ghs_|PRIVATE KEY/);
  } finally {
    await scene.close();
    await git.close();
    await github.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what is newer is read by another process, which takes over while each page is answered', async () => {
  const scene = await newScene();
  const folder = mkdtempSync(join(tmpdir(), 'panel-clone-'));
  mkdirSync(join(folder, 'example'));
  symlinkSync(join(scene.root, '.git'), join(folder, 'example/access.git'));
  const port = await freePort();
  const program = spawn(process.execPath, ['--import', 'tsx', 'images/admin-panel/main.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...{
        PATH: process.env['PATH'],
        // It is kept from live data too.
        NODE_OPTIONS: process.env['NODE_OPTIONS'],
        ...VARIABLES,
        ZTNA_HTTP: `127.0.0.1:${port}`,
        ZTNA_FOLDER: join(folder, 'clone'),
      },
      ...{ ZTNA_GITHUB_APP: '', ZTNA_GITHUB_TOKEN: 'a-secret', ZTNA_POLL_SECONDS: '1' },
      ZTNA_GITHUB: `file://${folder}`,
      // No store is there, which keeps nobody from looking.
      ...{ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' },
    },
  });
  let said = '';
  program.stdout.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise((resolve) => program.once('exit', resolve));
  const served = (): number => said.split('"serving"').length - 1;
  const answers = async () => {
    const url = `http://127.0.0.1:${port}`;
    // Nobody is signed in, so that a page is refused; that it is refused at once is what counts here.
    const page = await fetch(`${url}/env/live`);
    return [(await fetch(`${url}/healthz`)).status, page.status];
  };
  try {
    await until('it serves', () => served() === 1, 60);
    scene.git('commit', '-q', '--allow-empty', '-m', 'Something new');
    let asked = 0;
    while (served() < 2 || asked < 20) {
      assert.equal(await answers(), [200, 401]);
      asked++;
    }
  } finally {
    program.kill();
    assert.is(await ended, 0);
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

/** A port that nothing listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

test.run();
