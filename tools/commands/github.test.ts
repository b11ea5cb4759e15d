import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { infrastructureChanged } from '../dev/workflows/infrastructure.ts';
import type { Context as World } from './shared/command.ts';
import { github } from './github.ts';

interface Context {
  folder: string;
  /** The repository on GitHub, as far as git is concerned. */
  origin: string;
  /** The base branch, checked out. */
  clone: string;
  output: string;
}

// slow: it starts processes
const test = suite<Context>('github fetch and place');

const git = (folder: string, ...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

const write = (folder: string, path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

const commit = (folder: string): string => {
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'a change');
  return git(folder, 'rev-parse', 'HEAD');
};

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'github-'));
  context.origin = join(context.folder, 'origin');
  context.clone = join(context.folder, 'clone');
  context.output = join(context.folder, 'output');
  mkdirSync(context.origin);
  git(context.origin, 'init', '-q', '-b', 'main');
  write(context.origin, 'policies/services/wiki.yaml', 'id: wiki\n');
  write(context.origin, 'environments/dev/environment.yaml', 'id: dev\n');
  write(context.origin, 'tools/cli.ts', 'base\n');
  commit(context.origin);
  git(context.folder, 'clone', '-q', context.origin, 'clone');
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** A pull request of a fork: a commit that only `refs/pull/<number>/head` leads to. */
function propose({ origin }: Context, number: number, change: () => void): string {
  git(origin, 'checkout', '-q', '--detach');
  change();
  const head = commit(origin);
  git(origin, 'update-ref', `refs/pull/${number}/head`, head);
  git(origin, 'checkout', '-q', 'main');
  return head;
}

async function run({ clone, output }: Context, action: string, options: object): Promise<string> {
  let said = '';
  const world = { root: clone, out: (text: string) => (said += text), env: { GITHUB_OUTPUT: output } };
  await github.run({ arguments: [action], options: { ...options } }, world as unknown as World);
  return said;
}

const refused = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'it was not refused',
    (error: Error) => error.message,
  );

test('a fork’s pull request is fetched as objects: nothing of it is checked out', async (context) => {
  const head = propose(context, 12, () => write(context.origin, 'tools/cli.ts', 'evil\n'));
  await run(context, 'fetch', { pull: '12' });
  assert.is(readFileSync(context.output, 'utf8'), `number=12\nhead=${head}\n`);
  assert.is(git(context.clone, 'show', `${head}:tools/cli.ts`), 'evil');
  assert.is(readFileSync(join(context.clone, 'tools/cli.ts'), 'utf8'), 'base\n');
  assert.is(git(context.clone, 'status', '--porcelain'), '');
});

test('a combination in the merge queue is fetched by its reference', async (context) => {
  const { origin } = context;
  const base = git(origin, 'rev-parse', 'main');
  const head = propose(context, 12, () => write(origin, 'policies/groups/a.yaml', 'id: a\n'));
  const queue = `refs/heads/gh-readonly-queue/main/pr-12-${base}`;
  git(origin, 'update-ref', queue, head);
  await run(context, 'fetch', { pull: queue });
  assert.is(readFileSync(context.output, 'utf8'), `number=12\nhead=${head}\n`);
});

test('only numbers and references of the queue are fetched', async (context) => {
  for (const pull of [
    '',
    '0',
    '-1',
    '12/head:refs/heads/main',
    '1 2',
    '--upload-pack=evil',
    'refs/heads/main',
    'main',
    `refs/heads/gh-readonly-queue/main/pr-12-${'0'.repeat(40)}:refs/heads/main`,
    `refs/heads/gh-readonly-queue/../pr-12-${'0'.repeat(40)}`,
  ])
    assert.match(await refused(run(context, 'fetch', { pull })), /is no pull request/, pull);
});

test('a pull request’s YAML is put in place, and its programs are not', async (context) => {
  propose(context, 12, () => {
    rmSync(join(context.origin, 'policies'), { recursive: true });
    write(context.origin, 'policies/services/mail.yaml', 'id: mail\n');
    write(context.origin, 'tools/cli.ts', 'evil\n');
    write(context.origin, 'terraform/main.tf', 'evil\n');
  });
  await run(context, 'fetch', { pull: '12' });
  await run(context, 'place', { head: 'refs/fetched/12' });
  assert.is(readFileSync(join(context.clone, 'policies/services/mail.yaml'), 'utf8'), 'id: mail\n');
  assert.not(existsSync(join(context.clone, 'policies/services/wiki.yaml')));
  assert.is(readFileSync(join(context.clone, 'tools/cli.ts'), 'utf8'), 'base\n');
  assert.not(existsSync(join(context.clone, 'terraform')));
});

test('links, programs and files of other kinds are not put in place, and nothing is lost by it', async (context) => {
  const { origin, clone } = context;
  const odd: [number, () => void][] = [
    [1, () => symlinkSync('/proc/self/environ', join(origin, 'environments/dev/connector.yaml'))],
    [2, () => write(origin, 'environments/dev/main.tf', 'evil\n')],
    [3, () => writeFileSync(join(origin, 'policies/services/run.yaml'), 'evil\n', { mode: 0o755 })],
  ];
  for (const [number, change] of odd) {
    propose(context, number, change);
    await run(context, 'fetch', { pull: String(number) });
    const problem = await refused(run(context, 'place', { head: `refs/fetched/${number}` }));
    assert.match(problem, /no plain file|no YAML file/);
    assert.ok(existsSync(join(clone, 'policies/services/wiki.yaml')));
  }
  write(clone, 'policies/services/mine.yaml', 'id: mine\n');
  assert.match(await refused(run(context, 'place', { head: 'HEAD' })), /has changes that this would lose/);
});

test('infrastructure is what Terraform reads; where it cannot be known, it counts as changed', async ({
  clone,
}) => {
  const before = git(clone, 'rev-parse', 'HEAD');
  write(clone, 'policies/groups/a.yaml', 'id: a\n');
  const policy = commit(clone);
  assert.not(await infrastructureChanged(clone, before));
  write(clone, 'environments/dev/environment.yaml', 'id: dev2\n');
  commit(clone);
  assert.ok(await infrastructureChanged(clone, policy));
  git(clone, 'mv', 'environments/dev/environment.yaml', 'policies/moved.yaml');
  commit(clone);
  assert.ok(await infrastructureChanged(clone, git(clone, 'rev-parse', 'HEAD~1')));
  const here = git(clone, 'rev-parse', 'HEAD');
  assert.not(await infrastructureChanged(clone, here));
  for (const unknown of ['', '0'.repeat(40), 'f'.repeat(40), '--output=x'])
    assert.ok(await infrastructureChanged(clone, unknown), unknown);
});

test.run();
