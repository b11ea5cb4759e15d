import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { BROKEN } from './fixtures/broken.ts';
import { filesBelow, modulesOf } from './hcl/module.ts';
import { faultsIn, RULES } from './rules/all.ts';
import { type Provider, readProvider } from './schema.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../terraform', import.meta.url));
const sound = filesBelow(`${here}/fixtures/sound`, 'sound');
const small = JSON.parse(readFileSync(`${here}/fixtures/provider.json`, 'utf8')) as Provider;
const lines = (files: ReadonlyMap<string, string>, provider: Provider): string[] =>
  faultsIn(files, provider).map(({ file, line, says }) => `${file}:${line} ${says}`);

const test = suite('terraform rules');

test('the sound example has no fault', () => {
  assert.equal(lines(sound, small), []);
  assert.is(modulesOf(sound).length, 2);
});

for (const [what, file, from, to, fault] of BROKEN) {
  test(`${what}: ${fault.replace(/^:\d+ /, '')}`, () => {
    const text = sound.get(`sound/${file}`)!;
    assert.ok(text.split(from).length === 2, `${from} is once in ${file}`);
    const found = lines(
      new Map(sound).set(
        `sound/${file}`,
        text.replace(from, () => to),
      ),
      small,
    );
    assert.ok(
      found.some((line) => new RegExp(`^sound/[a-z/]+\\.tf${escaped(fault)}`).test(line)),
      found.join('\n'),
    );
    assert.ok(found.length <= 6, found.join('\n'));
  });
}

test('a file that a module must have is missing', () => {
  const files = new Map(sound);
  files.delete('sound/modules/thing/outputs.tf');
  assert.ok(lines(files, small).includes('sound/modules/thing/outputs.tf:1 this file is missing'));
});

test('every rule is broken by an example', () => {
  const rules = Object.keys(RULES).length;
  assert.ok(rules >= 15 && BROKEN.length >= rules);
});

if (existsSync(root)) {
  test('terraform/ has no fault', () => {
    const files = filesBelow(root, 'terraform');
    assert.ok(files.size > 0);
    assert.is(lines(files, readProvider()).join('\n'), '');
  });
} else test.skip('terraform/ has no fault', 'there is no terraform/ yet');

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

test.run();
