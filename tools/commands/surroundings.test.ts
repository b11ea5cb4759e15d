import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { copyMiniature } from '../testing/miniature.ts';
import { runIn, type CliResult } from '../testing/run-cli.ts';
import { suite } from '../testing/suite.ts';

// slow: it starts processes
const test = suite('commands: where they are run');
const CLI = fileURLToPath(new URL('../../bin/ztna.js', import.meta.url));
const folders: string[] = [];
test.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that everybody can read. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-where-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** A clone of the small company, all of it committed. */
function newClone(): string {
  const root = newFolder();
  copyMiniature(root);
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...words], { cwd: root });
  writeFileSync(join(root, '.gitignore'), '.ztna/\n');
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'The company');
  return root;
}

function edit(root: string, file: string, from: string, to: string): void {
  const text = readFileSync(join(root, file), 'utf8');
  assert.ok(text.includes(from));
  writeFileSync(join(root, file), text.replace(from, to));
}

/** Nobody's user number on Linux and macOS; only root can become it. */
const NOBODY = 65534;
const isRoot = process.geteuid?.() === 0;
/** Whether that user can read the tools: a clone may be in a folder that is closed to all others. */
const canRead =
  isRoot &&
  spawnSync(process.execPath, ['-e', `fs.readFileSync(${JSON.stringify(CLI)})`], { uid: NOBODY, gid: NOBODY })
    .status === 0;

/** Runs a command as another user, who owns nothing here. */
function runAsNobody(root: string, words: readonly string[]): Promise<CliResult> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, HOME: '/nonexistent' }, uid: NOBODY, gid: NOBODY };
    const child = execFile(process.execPath, [CLI, ...words], options, (_, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const WIKI = 'policies/services/wiki.yaml';

if (canRead)
  test('in a clone of another user that cannot be written to, each command says what to do', async () => {
    const root = newClone();
    const said = async (...words: string[]): Promise<string> => {
      const { status, stderr } = await runAsNobody(root, words);
      assert.is(status, 2, `${words.join(' ')}: ${stderr}`);
      assert.not.match(stderr, /defect of the tool/);
      return stderr;
    };
    assert.is((await runAsNobody(root, ['validate'])).status, 0, 'reading is enough');
    assert.match(
      await said('render-diff'),
      /another user owns it: .*; say that you trust it: git config --global --add safe\.directory '\/.*'\n$/,
    );
    assert.match(
      await said('keys', 'init'),
      /\.ztna\/keys: the folder cannot be made: permission denied; give/,
    );
    assert.match(await said('status'), /cannot work in .*; make it a folder that can be written/);
    edit(root, WIKI, 'tcp', 'TCP');
    assert.match(
      await said('fix'),
      /wiki\.yaml: it cannot be .*: permission denied; .* a clone of your own\n$/,
    );
  });
else
  test.skip(
    'a clone of another user',
    'only root can become another user, who must be able to read this clone',
  );

test('without git, what needs it says so, and the rest works', async () => {
  const root = newClone();
  const nothing = join(root, 'empty');
  mkdirSync(nothing);
  assert.is((await runIn(root, ['validate'], { PATH: nothing })).status, 0);
  const { status, stderr } = await runIn(root, ['render-diff'], { PATH: nothing });
  assert.is(status, 2);
  assert.match(stderr, /^git cannot be run: .*; install git, or run this where it is installed\n$/);
});

test('outside of any git repository, what needs one says how to get one', async () => {
  const root = newFolder();
  copyMiniature(root);
  assert.is((await runIn(root, ['validate'])).status, 0);
  const { status, stderr } = await runIn(root, ['render-diff']);
  assert.is(status, 2);
  assert.match(stderr, /is in no git repository; clone the repository with git, or begin one: git init/);
});

test('start --once and status end with 1 where not everything is in force', async () => {
  const root = newClone();
  assert.is((await runIn(root, ['start', '--once', '--env', 'lab'])).status, 0);
  // The followers ended with it, and said so.
  const after = await runIn(root, ['status', '--env', 'lab']);
  assert.match(after.stdout, /not converged: 3 components do not enforce it/);
  assert.is(after.status, 1);
  edit(root, WIKI, 'tcp', 'tcpp');
  const broken = await runIn(root, ['start', '--once', '--env', 'lab']);
  assert.match(broken.stdout, /1 error\nrefused: what was in force stays in force\n$/);
  assert.is(broken.status, 1);
});

test.run();
