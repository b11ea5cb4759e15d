import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { bundleProgram } from '../../tools/dev/images/bundle.ts';
import { freeTcpPort } from '../../tools/local/ports.ts';
import { copyMiniature } from '../../tools/testing/miniature.ts';
import { suite } from '../../tools/testing/suite.ts';
import { settingsOf } from './settings.ts';

// slow: it starts a process
const test = suite('the store of a deployment on one host');
const folder = mkdtempSync(join(tmpdir(), 'ztna-embedded-store-'));
let child: ChildProcess | undefined;
test.after(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const variables = {
  ZTNA_REPOSITORY: folder,
  ZTNA_STATE: join(folder, 'state'),
  ZTNA_COMPONENTS: join(folder, 'components'),
  ZTNA_INTERMEDIATES: 'one=intermediate-one:4433',
  ZTNA_BACKEND: 'backend:7007',
};

/** Resolves when the program has said it. */
function says(pattern: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`never said ${pattern}; it said:\n${text}`)), 30_000);
    const read = (part: string): void => {
      text += part;
      if (!pattern.test(text)) return;
      clearTimeout(late);
      resolve(text);
    };
    child!.stdout!.setEncoding('utf8').on('data', read);
    child!.stderr!.setEncoding('utf8').on('data', read);
  });
}

test('without git it publishes the YAML, again at each change, and lays out what each component reads', async () => {
  if (process.getuid?.() !== 0) return;
  copyMiniature(folder);
  const program = join(folder, 'embedded-store.cjs');
  writeFileSync(
    program,
    (await bundleProgram(fileURLToPath(new URL('../../', import.meta.url)), 'embedded-store')).code,
  );
  const [health, store] = [await freeTcpPort(0), await freeTcpPort(0)];
  const ports = { ZTNA_HTTP: `127.0.0.1:${health}`, ZTNA_STORE: `127.0.0.1:${store}` };
  child = spawn(process.execPath, [program], { env: { ...variables, ...ports, PATH: '/nowhere' } });
  await says(/"event":"published","sequence":1/);
  const answer = await fetch(`http://127.0.0.1:${health}/healthz`);
  assert.is(answer.status, 200);

  const at = (path: string) => join(folder, 'components', path);
  const intermediates = JSON.parse(readFileSync(at('agent/secret/agent.json'), 'utf8')).intermediates;
  assert.equal(intermediates, [
    { id: 'one', address: 'intermediate-one', port: 4433, serverName: 'intermediate-one' },
  ]);
  for (const file of ['tls.pem', 'keys.json', 'client-cas.pem', 'trusted-keys.json']) {
    const { mode, gid } = statSync(at(`intermediate-one/secret/${file}`));
    assert.equal([mode & 0o777, gid], [0o440, 10_000], file);
  }
  const { uid, mode } = statSync(at('intermediate-one/enforce'));
  assert.equal([uid, mode & 0o777], [10_002, 0o750]);

  const again = says(/"event":"published","sequence":2/);
  const group = join(folder, 'policies/groups/backend.yaml');
  writeFileSync(group, readFileSync(group, 'utf8').replace('  - bruno@example.com\n', ''));
  await again;
});

test('what it is not told is missed by name', () => {
  assert.throws(() => settingsOf({}), /ZTNA_REPOSITORY is not set/);
  assert.throws(
    () => settingsOf({ ...variables, ZTNA_INTERMEDIATES: 'one' }),
    /ZTNA_INTERMEDIATES has "one"/,
  );
  assert.equal(settingsOf(variables).store, { host: '0.0.0.0', port: 4566 });
});

test.run();
