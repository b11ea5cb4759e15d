import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { bundleProgram, PROGRAMS } from './bundle.ts';

const test = suite('what the programs of images carry');
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
  });
}

test.run();
