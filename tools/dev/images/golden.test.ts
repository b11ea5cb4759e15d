import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { bundleFile, bundleProgram, PROGRAMS } from './bundle.ts';
import { NOBODY } from './build/docker.ts';

const test = suite('what the programs of images carry');
const folder = mkdtempSync(join(tmpdir(), 'ztna-bundles-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const root = fileURLToPath(new URL('../../../', import.meta.url));

for (const [name, { budget }] of Object.entries(PROGRAMS)) {
  test(`${name} has the rooms and packages of golden/${name}.txt (ZTNA_BLESS=1 writes it), within its size`, async () => {
    const { code, rooms, packages } = await bundleProgram(root, name);
    const file = fileURLToPath(new URL(`golden/${name}.txt`, import.meta.url));
    const text = [
      ...rooms.map((room) => `room ${room}`),
      ...packages.map((one) => `package ${one}`),
      '',
    ].join('\n');
    if (process.env['ZTNA_BLESS'] === '1') writeFileSync(file, text);
    assert.is(text, readFileSync(file, 'utf8'));
    const bytes = Buffer.byteLength(code);
    assert.ok(bytes <= budget, `${bytes} bytes, of ${budget}`);
    assert.ok(bytes > budget / 4, `${bytes} bytes: a budget of ${budget} would not see it grow`);
    // Under this name a program asks for health, and does nothing else that it is there for.
    const program = join(folder, name, 'healthcheck');
    mkdirSync(join(folder, name));
    writeFileSync(program, code);
    const { status, stderr } = spawnSync(process.execPath, [program, NOBODY], { encoding: 'utf8' });
    assert.match(stderr, `${NOBODY} does not answer`);
    assert.is(status, 1);
  });
}

test('without tsconfig.json, which says whose JSX it is, nothing is bundled', async () => {
  writeFileSync(join(folder, 'page.tsx'), 'export const page = <p />;\n');
  const said = await bundleFile(folder, 'page.tsx').then(() => 'it was', String);
  assert.match(said, /tsconfig\.json/);
});

test.run();
