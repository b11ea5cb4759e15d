import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Fault } from '../contract/fault.ts';
import { suite } from '../testing/suite.ts';
import { commitOf, findCommit, isAncestor, isRepository, mergeBase, originOf } from './git.ts';
import { linesShown } from './lines-shown.ts';
import { standingOf } from './standing.ts';

const test = suite('git, the real program');
const outside = mkdtempSync(join(tmpdir(), 'ztna-git-'));
const root = join(outside, 'clone');
const ABSENT = 'f'.repeat(40);
test.after(() => rmSync(outside, { recursive: true, force: true }));

const git = (...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...words], {
    cwd: root,
    encoding: 'utf8',
  }).trim();

function commit(message: string): string {
  git('commit', '-q', '--allow-empty', '-m', message);
  return git('rev-parse', 'HEAD');
}

let [first, second, apart] = ['', '', ''];
test.before(() => {
  mkdirSync(root);
  git('init', '-q', '-b', 'main');
  first = commit('First');
  git('checkout', '-q', '-b', 'work');
  second = commit('Second');
  git('checkout', '-q', '--orphan', 'apart');
  apart = commit('Apart');
  git('checkout', '-q', 'work');
});

/** Nothing was published before. */
async function* none(): AsyncGenerator<string> {}

/** The message of the fault with which work ends. */
async function faultIn(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.unreachable('it succeeds'),
    (fault: unknown) => fault,
  );
  assert.instance(error, Fault);
  return (error as Fault).message;
}

test('a revision that names nothing is an answer; a clone that cannot be asked is none', async () => {
  assert.is(await findCommit(root, 'main'), first);
  for (const none of ['nobody', ABSENT, 'main~5']) assert.is(await findCommit(root, none), undefined);
  assert.match(await faultIn(commitOf(root, 'nobody')), /there is no commit `nobody`/);
  assert.match(await faultIn(findCommit(outside, 'main')), / is in no git repository$/);
});

test('the lines that a page of a difference shows are those that changed and three around them', async () => {
  const text = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  const write = (lines: readonly string[]): void => {
    mkdirSync(join(root, 'policies'), { recursive: true });
    writeFileSync(join(root, 'policies/a.yaml'), `${lines.join('\n')}\n`);
    writeFileSync(join(root, 'elsewhere.yaml'), `${lines.length}\n`);
  };
  git('checkout', '-q', '-b', 'lines');
  write(text);
  git('add', '.');
  const before = commit('Text');
  write(text.map((one, index) => (index === 9 || index === 24 ? `${one}!` : one)));
  writeFileSync(join(root, 'policies/new.yaml'), 'one\ntwo\n');
  git('add', '.');
  const after = commit('Edits');
  git('checkout', '-q', 'work');
  assert.equal(
    await linesShown(root, before, after, ['policies']),
    new Map([
      [
        'policies/a.yaml',
        [
          { first: 7, last: 13 },
          { first: 22, last: 28 },
        ],
      ],
      ['policies/new.yaml', [{ first: 1, last: 2 }]],
    ]),
  );
});

test('ancestors are told apart, and a commit that is not there is no "no"', async () => {
  assert.is(await isAncestor(root, first, second), true);
  assert.is(await isAncestor(root, second, first), false);
  assert.match(await faultIn(isAncestor(root, ABSENT, second)), /git merge-base failed/);
});

test('two revisions without a common commit, and one that is not there', async () => {
  assert.match(await faultIn(mergeBase(root, apart, second)), /no commit in common/);
  assert.match(await faultIn(mergeBase(root, ABSENT, second)), /git merge-base failed/);
});

test('no repository and no remote are answers', async () => {
  assert.is(await isRepository(root), true);
  assert.is(await isRepository(outside), false);
  assert.is(await originOf(outside), undefined);
  assert.is(await originOf(root), undefined);
  git('remote', 'add', 'origin', 'https://github.com/example/access.git');
  assert.is(await originOf(root), 'https://github.com/example/access.git');
});

test('a repository that git refuses to read is not taken for none', async () => {
  const broken = join(outside, 'broken');
  mkdirSync(broken);
  writeFileSync(join(broken, '.git'), 'gitdir: nowhere\n');
  await faultIn(standingOf(broken));
});

test('a working tree is at its commit, or is changed from it', async () => {
  const clean = await standingOf(root);
  assert.equal([clean.commit, clean.subject], [second, 'Second']);
  assert.is(await clean.contains(first, none()), true);
  assert.is(await clean.contains(apart, none()), false);
  assert.is(await clean.contains(ABSENT, none()), undefined);
  mkdirSync(join(root, 'policies'));
  writeFileSync(join(root, 'policies/a.yaml'), 'a\n');
  assert.is((await standingOf(root)).commit, `${second}-dirty`);
  assert.is((await standingOf(outside)).commit, `${'0'.repeat(40)}-dirty`);
});

test.run();
