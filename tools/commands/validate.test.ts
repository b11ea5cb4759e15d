import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { validateFindings } from '../contract/shapes.ts';
import { suite } from '../testing/suite.ts';
import type { Context } from './shared/command.ts';
import { validate } from './validate.ts';

const test = suite('commands: validate');

/** Runs the command on a golden repository, at an instant at which its dates are as they were written. */
async function run(name: string, options: Record<string, unknown> = {}, terminal = false) {
  let [out, err] = ['', ''];
  const context: Context = {
    root: fileURLToPath(new URL(`../output/golden/${name}`, import.meta.url)),
    state: '/nowhere',
    now: () => new Date('2026-06-01T12:00:00Z'),
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    terminal,
    signal: new AbortController().signal,
    env: {},
  };
  const status = await validate.run({ arguments: [], options }, context);
  return { status, out, err };
}

test('errors give status 1, and each format holds every finding', async () => {
  const json = await run('faulty', { json: true });
  assert.is(json.status, 1);
  const value: unknown = JSON.parse(json.out);
  assert.ok(validateFindings(value), JSON.stringify(validateFindings.errors));
  const { findings } = value as { findings: unknown[] };
  assert.is((await run('faulty')).out.split('\n').length, findings.length + 2);
  assert.is(
    (await run('faulty', { format: 'github' })).out.match(/^::(error|warning) /gm)!.length,
    findings.length,
  );
  const sarif = JSON.parse((await run('faulty', { format: 'sarif' })).out) as {
    runs: [{ results: unknown[] }];
  };
  assert.is(sarif.runs[0].results.length, findings.length);
});

test('while a file cannot be used, what speaks of missing files waits, and that is said', async () => {
  const { out, err, status } = await run('broken');
  assert.is(status, 1);
  assert.match(err, /^some files cannot be used: .* wait until they are fixed\n$/);
  assert.not.match(out, /references|unserved|unreachable/);
  assert.match(out, /port-ranges/);
  assert.is((await run('faulty')).err, '');
});

test('a secret is in no output, not even in the code frame', async () => {
  for (const [options, terminal] of [
    [{}, false],
    [{}, true],
    [{ format: 'github' }, false],
    [{ format: 'sarif' }, false],
    [{ json: true }, false],
  ] as const) {
    const { out } = await run('faulty', options, terminal);
    assert.match(out, /this looks like an AWS access key/);
    assert.not.match(out, /AKIA/);
  }
  assert.match((await run('faulty', {}, true)).out, /description: Moves money; old key \*{20}\n/);
});

test.run();
