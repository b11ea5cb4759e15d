import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { runFile } from './run-file.ts';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixture = (name: string) => runFile(root, `tools/dev/test/fixtures/${name}.fixture.ts`);

// slow: it starts processes
const test = suite('a test file');

test('a file whose tests pass passes, and is counted', async () => {
  const { passed, failed, problems } = await fixture('passes');
  assert.equal({ passed, failed, problems }, { passed: 1, failed: 0, problems: [] });
});

test('a skip is counted with its reason', async () => {
  const { passed, failed, skipped } = await fixture('skips');
  const expected = [{ name: 'cannot run', reason: 'there is no kernel here' }];
  assert.equal({ passed, failed, skipped }, { passed: 1, failed: 0, skipped: expected });
});

const FAULTS: Record<string, RegExp> = {
  'forgets-run': /suite `fixture` was never run/,
  'before-throws': /^$/,
  fails: /^$/,
  exits: /^$/,
  empty: /registered no test/,
  'bare-uvu': /registered no test/,
  // Whether its test runs before the import fails is a matter of time.
  'throws-on-import': /^(its process ended with 1)?$/,
  'throws-late': /ended with 1/,
  'skips-silently': /skipped without a reason/,
  'reads-live-data': /ended with 1/,
  'starts-a-reader': /^$/,
};

for (const [name, problem] of Object.entries(FAULTS)) {
  test(`a file that ${name.replaceAll('-', ' ')} fails`, async () => {
    const { failed, problems } = await fixture(name);
    assert.ok(failed > 0);
    assert.match(problems.join('; '), problem);
  });
}

test.run();
