import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Fault } from '../contract/fault.ts';
import { suite } from '../testing/suite.ts';
import { baseOf } from './base.ts';
import { isAncestor, isRepository } from './git.ts';

// slow: it starts git
const test = suite<{ folder: string }>('base');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'ztna-base-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** Runs git in a folder as a person who has a name. @returns what it printed */
function git(folder: string, ...words: string[]): string {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim();
}

/** Makes a commit. @returns its id */
function commit(folder: string, text: string): string {
  writeFileSync(join(folder, 'file'), text);
  git(folder, 'add', '.');
  git(folder, 'commit', '-qm', text);
  return git(folder, 'rev-parse', 'HEAD');
}

/** A repository whose main branch has this name and one commit. */
function repository(folder: string, branch: string): string {
  git(folder, 'init', '-q', '-b', branch, 'origin');
  const origin = join(folder, 'origin');
  commit(origin, 'one');
  return origin;
}

for (const branch of ['main', 'master', 'trunk']) {
  test(`a clone of ${branch} compares its commits with where they parted from it`, async ({ folder }) => {
    const origin = repository(folder, branch);
    git(folder, 'clone', '-q', origin, 'clone');
    const clone = join(folder, 'clone');
    const first = git(clone, 'rev-parse', 'HEAD');
    commit(clone, 'two');
    assert.equal(await baseOf(clone, 'HEAD'), {
      commit: first,
      found: `where this work parted from origin/${branch}`,
    });
  });
}

for (const branch of ['main', 'master'])
  test(`a remote named upstream has a ${branch}, whatever its HEAD`, async ({ folder }) => {
    const origin = repository(folder, branch);
    git(folder, 'clone', '-q', '-o', 'upstream', origin, 'clone');
    const clone = join(folder, 'clone');
    git(clone, 'remote', 'set-head', 'upstream', '--delete');
    const first = git(clone, 'rev-parse', 'HEAD');
    git(clone, 'checkout', '-qb', 'work');
    commit(clone, 'two');
    const { commit: base, found } = await baseOf(clone, 'HEAD');
    assert.is(base, first);
    assert.is(found, `where this work parted from upstream/${branch}`);
  });

test('origin goes before another remote', async ({ folder }) => {
  const origin = repository(folder, 'main');
  git(folder, 'clone', '-q', '-o', 'a-fork', origin, 'clone');
  const clone = join(folder, 'clone');
  git(clone, 'remote', 'add', 'origin', origin);
  commit(origin, 'two');
  git(clone, 'fetch', '-q', 'origin');
  assert.match((await baseOf(clone, 'HEAD')).found, /origin\/main/);
});

for (const branch of ['main', 'master']) {
  test(`on ${branch} without a remote it is the last commit, and said to be`, async ({ folder }) => {
    const alone = repository(folder, branch);
    const last = commit(alone, 'two');
    const found = `the last commit of ${branch}, as no remote has a main branch`;
    assert.equal(await baseOf(alone, 'HEAD'), { commit: last, found });
  });

  test(`beside ${branch} without a remote it is where the branch parted from it`, async ({ folder }) => {
    const alone = repository(folder, branch);
    const first = git(alone, 'rev-parse', 'HEAD');
    git(alone, 'checkout', '-qb', 'work');
    commit(alone, 'two');
    const found = `where this work parted from ${branch}`;
    assert.equal(await baseOf(alone, 'HEAD'), { commit: first, found });
  });
}

test('a clone of one other branch has no main branch, which is a fault and no empty difference', async ({
  folder,
}) => {
  const origin = repository(folder, 'main');
  git(origin, 'checkout', '-qb', 'work');
  commit(origin, 'two');
  git(origin, 'checkout', '-q', 'main');
  git(folder, 'clone', '-q', '--single-branch', '--branch', 'work', origin, 'clone');
  const error = await baseOf(join(folder, 'clone'), 'HEAD').then(
    () => undefined,
    (fault: unknown) => fault,
  );
  assert.instance(error, Fault);
  assert.match((error as Fault).remedy, /git fetch origin main/);
});

test('a shallow clone cannot tell who came before whom, and says so', async ({ folder }) => {
  const origin = repository(folder, 'main');
  commit(origin, 'two');
  const last = commit(origin, 'three');
  git(folder, 'clone', '-q', '--depth', '1', `file://${origin}`, 'clone');
  git(join(folder, 'clone'), 'fetch', '-q', '--depth', '1', 'origin', git(origin, 'rev-parse', 'HEAD~2'));
  const error = await isAncestor(join(folder, 'clone'), git(origin, 'rev-parse', 'HEAD~2'), last).then(
    () => undefined,
    (fault: unknown) => fault,
  );
  assert.instance(error, Fault);
  assert.match((error as Fault).message, /shallow/);
});

test('who came before whom: yes, no, and a commit that is missing', async ({ folder }) => {
  const origin = repository(folder, 'main');
  const first = git(origin, 'rev-parse', 'HEAD');
  const second = commit(origin, 'two');
  assert.is(await isAncestor(origin, first, second), true);
  assert.is(await isAncestor(origin, second, first), false);
  const missing = await isAncestor(origin, 'f'.repeat(40), second).then(
    () => 'answered',
    () => 'fault',
  );
  assert.is(missing, 'fault');
});

test('a folder without git is no repository', async ({ folder }) => {
  assert.is(await isRepository(folder), false);
});

test.run();
