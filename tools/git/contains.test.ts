import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { standingOf } from './standing.ts';

// slow: it starts git
const test = suite<{ folder: string; root: string }>('what a commit contains, by the real git');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'ztna-contained-'));
  context.root = join(context.folder, 'main');
  mkdirSync(context.root);
  git(context.root, 'init', '-q', '-b', 'main');
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** Runs git in a folder as a person who has a name. @returns what it printed */
function git(root: string, ...words: string[]): string {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...words], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim();
}

/** Commits a state of the policies. @returns the commit's id */
function commit(root: string, state: string, ...how: string[]): string {
  mkdirSync(join(root, 'policies'), { recursive: true });
  writeFileSync(join(root, 'policies/a.yaml'), `${state}\n`);
  git(root, 'add', '.');
  git(root, 'commit', '-q', '--allow-empty', '-m', state, ...how);
  return git(root, 'rev-parse', 'HEAD');
}

/** Whether what is checked out contains the last of these, which were published in this order. */
async function contains(root: string, ...published: string[]): Promise<boolean | undefined> {
  const [newest, ...earlier] = published.reverse();
  const before = async function* () {
    yield* earlier;
  };
  return (await standingOf(root)).contains(newest!, before());
}

test('a commit contains what came before it, and not what comes after', async ({ root }) => {
  const [a, b] = [commit(root, 'A'), commit(root, 'B')];
  assert.is(await contains(root, a), true);
  assert.is(await contains(root, a, b), true);
  git(root, 'checkout', '-q', a);
  assert.is(await contains(root, a, b), false);
});

test('what was published from a branch is contained after a squash of it, and not before', async ({
  root,
}) => {
  const a = commit(root, 'A');
  git(root, 'checkout', '-qb', 'branch');
  commit(root, 'half of B');
  const b = commit(root, 'B');
  git(root, 'checkout', '-q', 'main');
  assert.is(await contains(root, a, b), false, 'before it');
  commit(root, 'something else');
  assert.is(await contains(root, a, b), false, 'a main that went on without it');
  git(root, 'reset', '-q', '--hard', a);
  git(root, 'merge', '-q', '--squash', 'branch');
  git(root, 'commit', '-qm', 'squashed');
  assert.is(await contains(root, a, b), true);
  commit(root, 'C');
  assert.is(await contains(root, a, b), true, 'and after further commits');
  assert.is(await contains(root, b), false, 'without any entry of our history nothing bounds it');
});

test('a rebased branch and an amended main contain what they had', async ({ root }) => {
  const a = commit(root, 'A');
  git(root, 'checkout', '-qb', 'branch');
  const b = commit(root, 'B');
  git(root, 'checkout', '-q', 'main');
  writeFileSync(join(root, 'README.md'), 'read me');
  git(root, 'add', '.');
  git(root, 'commit', '-qm', 'read me');
  git(root, 'rebase', '-q', 'main', 'branch');
  assert.not.equal(git(root, 'rev-parse', 'HEAD'), b);
  assert.is(await contains(root, a, b), true);
  const amended = git(root, 'rev-parse', 'HEAD');
  git(root, 'commit', '-q', '--amend', '-m', 'B, in better words');
  assert.is(await contains(root, a, amended), true);
  git(root, 'commit', '-q', '--amend', '-m', 'B, again');
  assert.is(await contains(root, a, b, amended), true);
});

test('after A, B and A again a clone that is at the first A, or at B, is stale', async ({ root }) => {
  const [a, b] = [commit(root, 'A'), commit(root, 'B')];
  git(root, 'checkout', '-qb', 'branch');
  const back = commit(root, 'A');
  for (const stale of [a, b]) {
    git(root, 'checkout', '-q', stale);
    assert.is(await contains(root, a, b, back), false);
  }
  git(root, 'checkout', '-q', 'main');
  git(root, 'merge', '-q', '--squash', 'branch');
  git(root, 'commit', '-qm', 'A again, squashed');
  assert.is(await contains(root, a, b, back), true);
});

test('a clone between two that were published, with the folders of both, is stale too', async ({ root }) => {
  const a = commit(root, 'A');
  git(root, 'commit', '-q', '--allow-empty', '-m', 'something beside');
  const between = git(root, 'rev-parse', 'HEAD');
  const [b, back] = [commit(root, 'B'), commit(root, 'A', '-m', 'back')];
  git(root, 'checkout', '-q', between);
  assert.is(await contains(root, a, b, back), false);
});

test('a rewritten main is not taken for an old one, nor an old one for it', async ({ root }) => {
  const a = commit(root, 'A');
  const b = commit(root, 'B');
  const last = commit(root, 'A', '-m', 'the third');
  // From here on main has A and B in other commits: what is at B there has the folders of A in its history.
  git(root, 'checkout', '-q', '--orphan', 'rewritten');
  commit(root, 'A', '-m', 'rewritten');
  commit(root, 'B', '-m', 'rewritten');
  assert.is(await contains(root, a, b, last), false);
  const shared = git(root, 'rev-parse', 'HEAD');
  assert.is(
    await contains(root, shared, last),
    false,
    'the folders of A were there before what was published',
  );
  commit(root, 'A', '-m', 'rewritten, the third');
  assert.is(await contains(root, shared, last), true);
});

test('a commit that is not there is fetched; where nobody has it, it is not known', async ({
  folder,
  root,
}) => {
  const a = commit(root, 'A');
  git(root, 'checkout', '-qb', 'branch');
  const b = commit(root, 'B');
  git(root, 'checkout', '-q', 'main');
  git(root, 'merge', '-q', '--squash', 'branch');
  git(root, 'commit', '-qm', 'squashed');
  // As a pull request's commits are on a server whose branch is deleted.
  git(root, 'update-ref', 'refs/pull/1/head', b);
  git(root, 'branch', '-qD', 'branch');
  git(folder, 'clone', '-q', `file://${root}`, 'clone');
  const clone = join(folder, 'clone');
  assert.is(await contains(clone, a, b), true);
  assert.is(await contains(clone, a, 'f'.repeat(40)), undefined);
});

test("a job's token goes to GitHub's own address, and nowhere else", async ({ root }) => {
  commit(root, 'A');
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  git(root, 'remote', 'add', 'origin', `${address}/example/access.git`);
  process.env['GITHUB_TOKEN'] = 'secret';
  for (const place of [address, 'https://github.example.com']) {
    process.env['GITHUB_SERVER_URL'] = place;
    assert.is(await contains(root, 'f'.repeat(40)), undefined);
  }
  delete process.env['GITHUB_TOKEN'];
  delete process.env['GITHUB_SERVER_URL'];
  server.close();
  const basic = `basic ${Buffer.from('x-access-token:secret').toString('base64')}`;
  assert.equal(asked, [basic, undefined]);
});

test('a shallow clone shows what it has, and nothing else is a no', async ({ folder, root }) => {
  const [a, b] = [commit(root, 'A'), commit(root, 'B')];
  const c = commit(root, 'C');
  git(folder, 'clone', '-q', '--depth', '2', `file://${root}`, 'clone');
  const clone = join(folder, 'clone');
  assert.is(await contains(clone, a, b, c), true);
  assert.is(await contains(clone, a, b), true);
  git(clone, 'remote', 'remove', 'origin');
  assert.is(await contains(clone, a), undefined);
  git(clone, 'checkout', '-q', b);
  assert.is(await contains(clone, a, b, c), undefined);
});

test.run();
