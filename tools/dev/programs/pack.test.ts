import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { Fault } from '../../contract/fault.ts';
import { findPrograms, PROGRAMS } from '../../local/programs.ts';
import { suite } from '../../testing/suite.ts';
import { packPrograms } from './pack.ts';

// slow: it packs and installs a package
const test = suite('the package of the programs');
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ztna-pack-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const find = (root: string) =>
  findPrograms(root, { PATH: join(folder, 'nothing') }, () => {}, new AbortController().signal);

test('what is packed is installed by npm, and used without cargo and without images/', async () => {
  const [built, clone] = [join(folder, 'built'), join(folder, 'clone')];
  [built, clone].forEach((one) => mkdirSync(one));
  for (const name of PROGRAMS) {
    writeFileSync(join(built, name), `#!/bin/sh\necho ${name}\n`);
    chmodSync(join(built, name), 0o755);
  }
  const missing = await find(clone);
  assert.match(
    missing.type === 'missing' ? missing.reason : '',
    /no images\/.*install the file that npm run programs packs .*\(no registry has it\), or Rust/,
  );

  const file = await packPrograms(ROOT, built, join(folder, 'dist'));
  const words = ['install', '--no-save', '--offline', '--no-audit', '--no-fund', '--prefix', clone, file];
  execFileSync('npm', words, { cwd: clone, stdio: 'ignore' });
  const found = await find(clone);
  assert.is(found.type, 'ready');
  for (const name of PROGRAMS)
    assert.is(
      execFileSync(found.type === 'ready' ? found.programs[name] : '', { encoding: 'utf8' }),
      `${name}\n`,
    );
});

test('npm refuses to publish it, and nothing here asks a registry for it', async () => {
  const place = join(folder, 'unpacked');
  mkdirSync(place);
  // The one that was packed above.
  const [name] = readdirSync(join(folder, 'dist'));
  const file = join(folder, 'dist', name!);
  execFileSync('tar', ['--extract', '--file', file, '--directory', place]);
  // Loopback, where nobody listens: what is refused asks nobody.
  const token = '--//127.0.0.1:9/:_authToken=any';
  const words = ['publish', '--ignore-scripts', '--registry', 'http://127.0.0.1:9/', token];
  const said = spawnSync('npm', words, { cwd: join(place, 'package'), encoding: 'utf8' });
  assert.is.not(said.status, 0);
  assert.match(said.stderr, /EPRIVATE/);
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const asked = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  assert.equal(
    asked.filter((name) => name.startsWith('@ztna/')),
    [],
  );
});

test('where there is neither the package nor cargo, it is said what is missing and how to get it', async () => {
  const clone = join(folder, 'bare');
  mkdirSync(join(clone, 'images'), { recursive: true });
  writeFileSync(join(clone, 'images/Cargo.toml'), '[workspace]\n');
  const { type, reason } = (await find(clone)) as { type: string; reason: string };
  assert.is(type, 'missing');
  assert.match(
    reason,
    /programs \(intermediate-server, app-connector, agent\) are not installed, and cargo is not either/,
  );
  assert.match(
    reason,
    /install the file that npm run programs packs where they were built \(no registry has it\), or Rust/,
  );
});

test('what was not built cannot be packed', async () => {
  const refusal = await packPrograms(ROOT, join(folder, 'nothing'), folder).catch((error: unknown) => error);
  assert.ok(refusal instanceof Fault);
  assert.match((refusal as Fault).message, /has no intermediate-server, app-connector, agent/);
});

test.run();
