import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { temporaryInMemory } from './temporary.ts';

// slow: it starts processes
const test = suite('temporary files in memory');
const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ztna-memory-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** A program that has them below `folder`, says where and with which rights, and then does this. */
const program = (then: string): string[] => [
  ...['--import', 'tsx', '--input-type=module', '-e'],
  `import { statSync } from 'node:fs';
  import { tmpdir } from 'node:os';
  import { temporaryInMemory } from ${JSON.stringify(join(root, 'tools/dev/test/temporary.ts'))};
  const made = temporaryInMemory(${JSON.stringify(folder)}, 1);
  console.log(JSON.stringify([made, tmpdir(), (statSync(made).mode & 0o7777).toString(8)]));
  ${then}`,
];
const { TMPDIR: _, ...env } = process.env;

test('they are in a folder for all users, which goes with the process', () => {
  const { stdout, status, stderr } = spawnSync(process.execPath, program(''), {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
  const [made, place, mode] = JSON.parse(stdout) as string[];
  assert.equal([made!.startsWith(join(folder, 'ztna-')), place, mode], [true, made, '1777']);
  assert.equal(readdirSync(folder), []);
});

test('it goes too where the process is told to end', async () => {
  const child = spawn(process.execPath, program('setInterval(() => {}, 1000);'), { cwd: root, env });
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const [made] = JSON.parse(text.toString()) as string[];
  assert.ok(existsSync(made!));
  child.kill('SIGTERM');
  assert.equal(await once(child, 'exit'), [143, null]);
  assert.not(existsSync(made!));
});

test('they stay where they are where somebody says so, or there is no room, or no such place', () => {
  const before = process.env['TMPDIR'];
  try {
    process.env['TMPDIR'] = '/somewhere';
    assert.is(temporaryInMemory(folder, 1), undefined);
    delete process.env['TMPDIR'];
    assert.is(temporaryInMemory(folder, Infinity), undefined);
    assert.is(temporaryInMemory(join(folder, 'nothing'), 1), undefined);
    assert.is(process.env['TMPDIR'], undefined);
    assert.equal(readdirSync(folder), []);
  } finally {
    if (before !== undefined) process.env['TMPDIR'] = before;
  }
});

test.run();
