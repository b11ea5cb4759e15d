import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { renameSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';

const here = fileURLToPath(new URL('../../', import.meta.url));
// slow: it starts processes
const test = suite('bin/ztna.js, in a copy of the tools with a cache of its own');
const root = mkdtempSync(join(tmpdir(), 'ztna-bin-'));
test.after(() => rmSync(root, { recursive: true, force: true }));

const CACHE = join(root, 'node_modules/.cache');
const VALIDATE = join(root, 'tools/commands/validate.ts');

test.before(() => {
  for (const name of ['bin', 'tools', 'images/admin-panel', 'schemas', 'package.json', 'tsconfig.json'])
    cpSync(join(here, name), join(root, name), { recursive: true });
  mkdirSync(join(root, 'policies'));
  mkdirSync(join(root, 'node_modules'));
  const packages = readdirSync(join(here, 'node_modules')).filter((name) => name !== '.cache');
  for (const name of packages)
    symlinkSync(join(here, 'node_modules', name), join(root, 'node_modules', name));
});

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs the command there, once what was written last has settled. */
async function ztna(words: string[], env: Record<string, string> = {}): Promise<Ended> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, ...env } };
    const child = execFile(process.execPath, ['bin/ztna.js', ...words], options, (_, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const summary = async (): Promise<string> => (await ztna(['validate', '--help'])).stdout.split('\n')[2]!;
const bundle = join(CACHE, 'ztna/validate.js');

/** Says something else in the help of `validate`, of as many letters. */
function reword(from: string, to: string): void {
  const text = readFileSync(VALIDATE, 'utf8');
  assert.is(text.split(from).length, 2);
  writeFileSync(VALIDATE, text.replace(from, to));
}

const kept = (): number => statSync(bundle).mtimeMs;
const compiled = (): string[] => readdirSync(join(CACHE, 'ztna')).filter((name) => name.endsWith('.v8'));

test('a start keeps the bundle and what was compiled of it, and the next one uses them', async () => {
  const first = await summary();
  const [at, code] = [kept(), compiled()];
  assert.is(code.length, 1);
  assert.is(await summary(), first);
  assert.equal([kept(), compiled()], [at, code]);
});

test('a source that changes is seen at once, even with its size and its time as before', async () => {
  const before = await summary();
  const { atime, mtime } = statSync(VALIDATE);
  reword('Check every file', 'Chekc every file');
  utimesSync(VALIDATE, atime, mtime);
  const after = await summary();
  assert.is(after, before.replace('Check', 'Chekc'));
  assert.is(compiled().length, 1);
  reword('Chekc every file', 'Check every file');
  assert.is(await summary(), before);
});

test('a bundle that was cut off is made anew', async () => {
  const before = await summary();
  truncateSync(bundle, statSync(bundle).size - 1000);
  assert.is(await summary(), before);
});

test('each command has a bundle of its own; a word that is none is answered with the nearest', async () => {
  const { status, stderr } = await ztna(['validte']);
  assert.is(status, 2);
  assert.match(stderr, /there is no command validte; did you mean validate\?/);
  assert.not.match(readFileSync(bundle, 'utf8'), /octokit|aws-sdk/i);
});

test('what npm took for its own is named, and nothing is done', async () => {
  const npm = { npm_lifecycle_event: 'validate', npm_config_json: 'true' };
  const { status, stdout, stderr } = await ztna(['validate'], npm);
  assert.equal([status, stdout], [2, '']);
  assert.match(
    stderr,
    /npm took --json for an option of its own; nothing was done.*npm run validate -- --json/s,
  );
  const explain = { npm_lifecycle_event: 'explain', npm_config_env: 'true', npm_config_port: 'true' };
  const both = await ztna(['explain', 'alice@example.com', 'web', 'lab', '80'], explain);
  assert.match(
    both.stderr,
    /npm took --env and --port for options of its own, and their values are lost; nothing was done.*-- --env <id> --port <port>/s,
  );
  assert.is((await ztna(['validate', '--json'], npm)).stderr, '');
  assert.is((await ztna(['validate'], { ...npm, npm_lifecycle_event: 'test' })).stderr, '');
});

test('a value whose option npm has taken and does not tell of is explained', async () => {
  // As `npm run validate --format json` and `npm run access --days 3` start it: nothing is left of the option.
  const npm = { npm_lifecycle_event: 'validate' };
  const { status, stdout, stderr } = await ztna(['validate', 'json'], npm);
  assert.equal([status, stdout], [2, '']);
  assert.match(stderr, /npm may have taken an option for its own.*npm run validate -- <options>/s);
  assert.not.match((await ztna(['validate', 'json'])).stderr, /npm may/);
});

test('a defect of the tool names its source where asked', async () => {
  reword('async run(', 'async run(...defect: never[]) { throw new Error(`here ${defect}`); }, async was(');
  const { status, stderr } = await ztna(['validate'], { ZTNA_DEBUG: '1' });
  reword('async run(...defect: never[]) { throw new Error(`here ${defect}`); }, async was(', 'async run(');
  assert.is(status, 2);
  assert.match(stderr, /tools\/commands\/validate\.ts:\d+:\d+/);
});

test('a source that is not TypeScript ends it with 2 and its place, without a stack', async () => {
  reword('async run(', 'async = run(');
  const { status, stdout, stderr } = await ztna(['validate']);
  reword('async = run(', 'async run(');
  assert.equal([status, stdout], [2, '']);
  assert.match(stderr, /tools\/commands\/validate\.ts:\d+:\d+[^]*nothing was done\n$/);
  assert.not.match(stderr, /\n +at /);
});

test('without the packages it says how to get them, without a stack', async () => {
  const packages = join(root, 'node_modules');
  renameSync(packages, `${packages}.away`);
  const { status, stderr } = await ztna(['status', '--help']);
  renameSync(`${packages}.away`, packages);
  assert.is(status, 2, stderr);
  assert.is(stderr, 'the packages are not installed; run: npm ci\n');
});

test('where the cache cannot be written, the bundle stays in memory', async () => {
  const before = await summary();
  rmSync(CACHE, { recursive: true });
  writeFileSync(CACHE, '');
  assert.is(await summary(), before);
  assert.is(statSync(CACHE).size, 0);
});

test.run();
