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

test('of a file it is told how it could have seen the company at the root, and of one that could not, nothing', async () => {
  const { reaches, problems } = await fixture('could-see');
  const expected = [
    'existsSync of <root>policies',
    'realpathSync of <root>environments',
    'realpath of <root>CODEOWNERS',
    'symlinkSync of <root>',
    'symlinkSync of <root>policies',
    'starts a thread',
    'lstatSync of <root>policies/tests',
    'starts node without this: -e 1',
    'starts ls in <root>tools',
    'starts sh in /',
    'starts test with <root>',
    'starts test with <there>',
    'starts sh with test -d <root>tools',
    'starts env with <root>images',
    `starts true as user ${process.getuid!()}`,
  ];
  const told = reaches.map((one) =>
    one.replace(/(\.\.\/)+\S+/, '<there>').replace(root.slice(0, -1), '<root>'),
  );
  assert.equal([problems, told.map((one) => one.replace('<root>/', '<root>'))], [[], expected]);
  assert.equal((await fixture('cannot-see')).reaches, []);
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
