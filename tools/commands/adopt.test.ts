import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { init } from './init.ts';
import { copyMiniature } from '../testing/miniature.ts';
import { runIn } from '../testing/run-cli.ts';
import { suite } from '../testing/suite.ts';

/** A release of the tools with the sample company, and a company's clone of it. */
interface Context {
  folder: string;
  upstream: string;
  clone: string;
}

// slow: it starts processes
const test = suite<Context>('npx ztna init and upgrade, with real git');

const WHO = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', '-c', 'commit.gpgsign=false'];
const git = (folder: string, ...words: string[]): string =>
  execFileSync('git', [...WHO, ...words], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function commit(folder: string, subject: string): string {
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', subject);
  return git(folder, 'rev-parse', 'HEAD');
}

const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'ztna-adopt-'));
  context.upstream = join(context.folder, 'upstream');
  context.clone = join(context.folder, 'clone');
  mkdirSync(context.upstream);
  copyMiniature(context.upstream);
  write(context.upstream, '.gitignore', '.ztna/\n.local/\nnode_modules/\n');
  write(context.upstream, 'tools/cli.ts', 'one\ntwo\nthree\nfour\nfive\n');
  write(context.upstream, 'tools/old.ts', 'old\n');
  write(context.upstream, 'schemas/group.schema.json', '{}\n');
  git(context.upstream, 'init', '-q', '-b', 'main');
  commit(context.upstream, 'The first release');
  git(context.folder, 'clone', '-q', '-o', 'upstream', context.upstream, 'clone');
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const OWN = [
  ...['--organization', 'other', '--owner', 'ops', '--owner', 'billing', '--domain', 'ztna.other.example'],
  ...['--env', 'lab=eu-west-1/444455556666', '--env', 'live=eu-west-1/111122223333'],
];

test('the sample is emptied, and what is there instead is without errors', async ({ clone }) => {
  const { status, stdout, stderr } = await runIn(clone, ['init', ...OWN]);
  assert.is(status, 0, stderr);
  assert.match(stdout, 'the sample company is gone; 5 files are yours');
  const checked = JSON.parse((await runIn(clone, ['validate', '--format', 'json'])).stdout);
  assert.equal([checked.errors, checked.files], [0, 4]);
  assert.match(read(clone, 'policies/guardrails.yaml'), /organization: other\nowner: ops\n/);
  assert.match(read(clone, 'environments/live/environment.yaml'), /production: true\nafter:\n +- lab\n/);
  assert.match(read(clone, 'CODEOWNERS'), '@other/ops');
  assert.match(read(clone, 'release.yaml'), `commit: ${git(clone, 'rev-parse', 'HEAD')}`);
  // Neither key is where it could be committed.
  assert.not.match(git(clone, 'status', '--porcelain', '--untracked-files=all'), /\.local|\.ztna|key/);
  commit(clone, 'Our company');
  const again = await runIn(clone, ['init', ...OWN]);
  assert.is(again.status, 1);
  assert.match(again.stderr, 'this is the repository of other, not the sample');
});

test('without a terminal what is missing is said, and nothing is lost', async ({ clone }) => {
  const refused: [string[], string][] = [
    [[], '--organization is missing'],
    [[...OWN, '--env', 'x=nowhere'], 'x=nowhere is no environment'],
    [[...OWN, '--env', 'x=nowhere/111122223333'], '"nowhere" is not a region of AWS'],
    [[...OWN, '--env', 'live=eu-west-1/111122223333'], 'two environments have one id'],
  ];
  for (const [words, says] of refused) {
    const { status, stderr } = await runIn(clone, ['init', ...words]);
    assert.is(status, 2);
    assert.match(stderr, says);
  }
  assert.is(git(clone, 'status', '--porcelain'), '');
  write(clone, 'policies/revoked.yaml', `${read(clone, 'policies/revoked.yaml')}# not committed\n`);
  assert.is((await runIn(clone, ['init', ...OWN])).status, 2);
  assert.ok(existsSync(join(clone, 'policies/groups')));
});

test('in a terminal what is missing is asked, and every answer is the same as its option', async (context) => {
  const answers: Record<string, string> = {
    organization: ' other ',
    environments: 'lab=eu-west-1/444455556666, live=eu-west-1/111122223333',
    teams: 'ops billing',
    domain: 'ztna.other.example',
  };
  const asked: string[] = [];
  const world = {
    ...{ root: context.clone, state: join(context.clone, '.ztna'), now: () => new Date(), env: {} },
    ...{ out: () => {}, err: () => {}, terminal: true, signal: new AbortController().signal },
    async ask(question: string) {
      asked.push(question);
      return answers[Object.keys(answers).find((key) => question.includes(key))!]!;
    },
  };
  assert.is(await init.run({ arguments: [], options: {} }, world), 0);
  assert.is(asked.length, 4);
  const [guardrails, live] = ['policies/guardrails.yaml', 'environments/live/environment.yaml'];
  assert.match(read(context.clone, guardrails), /organization: other\nowner: ops\n/);
  assert.match(read(context.clone, guardrails), /- id: billing\n/);
  assert.match(read(context.clone, live), 'address: one.live.ztna.other.example');
});

/** A newer release, which changes tools, schemas and the sample alike. */
function released({ upstream }: Context): string {
  write(upstream, 'tools/cli.ts', 'one\ntwo\nthree\nfour\nfive, newer\n');
  write(upstream, 'tools/check/rules/more.ts', 'new\n');
  write(upstream, 'schemas/group.schema.json', '{"title":"Group"}\n');
  rmSync(join(upstream, 'tools/old.ts'));
  const guardrails = read(upstream, 'policies/guardrails.yaml');
  write(upstream, 'policies/guardrails.yaml', `${guardrails}# of the sample\n`);
  return commit(upstream, 'Groups have a title');
}

test('a newer release brings tools, and no conflict in data, where a merge would', async (context) => {
  const { clone } = context;
  await runIn(clone, ['init', ...OWN]);
  write(clone, 'tools/cli.ts', 'one, ours\ntwo\nthree\nfour\nfive\n');
  const began = commit(clone, 'Our company');
  const data = git(clone, 'ls-tree', '-r', 'HEAD', 'policies', 'environments', 'CODEOWNERS');
  const release = released(context);
  const shown = await runIn(clone, ['upgrade']);
  assert.is(shown.status, 0, shown.stderr);
  assert.match(shown.stdout, /3 files of the tools change, 1 that you changed too/);
  assert.match(shown.stdout, /What came since:\n {2}Groups have a title\n/);
  assert.match(shown.stdout, /may find something in your data:\n {2}more\n/);
  assert.match(shown.stdout, /Schemas of your files that changed:\n {2}schemas\/group\.schema\.json\n/);
  assert.is(git(clone, 'status', '--porcelain'), '');
  assert.throws(() => git(clone, 'merge', '-q', release), /CONFLICT|Automatic merge failed|Command failed/);
  git(clone, 'merge', '--abort');

  assert.is((await runIn(clone, ['upgrade', '--write'])).status, 0);
  assert.is(read(clone, 'tools/cli.ts'), 'one, ours\ntwo\nthree\nfour\nfive, newer\n');
  assert.equal(
    [existsSync(join(clone, 'tools/old.ts')), existsSync(join(clone, 'tools/check/rules/more.ts'))],
    [false, true],
  );
  commit(clone, 'A newer release');
  assert.is(git(clone, 'ls-tree', '-r', 'HEAD', 'policies', 'environments', 'CODEOWNERS'), data);
  assert.not.equal(git(clone, 'rev-parse', 'HEAD'), began);
  // The same again is nothing: the release is written down.
  assert.match(
    (await runIn(clone, ['upgrade'])).stdout,
    /^0 files of the tools change, 0 that you changed too/,
  );
});

test('the same lines changed on both sides write nothing, and are named', async (context) => {
  const { clone } = context;
  await runIn(clone, ['init', ...OWN]);
  write(clone, 'tools/cli.ts', 'one\ntwo\nthree\nfour\nfive, ours\n');
  commit(clone, 'Our company');
  released(context);
  const { status, stderr } = await runIn(clone, ['upgrade', '--write']);
  assert.is(status, 1);
  assert.match(stderr, /in the same lines; nothing is written:\ntools\/cli\.ts\n/);
  assert.is(git(clone, 'status', '--porcelain'), '');
});

test('a company without a common history says which release it began with', async (context) => {
  const { clone, upstream } = context;
  const first = git(upstream, 'rev-parse', 'HEAD');
  await runIn(clone, ['init', ...OWN]);
  rmSync(join(clone, '.git'), { recursive: true });
  git(clone, 'init', '-q', '-b', 'main');
  commit(clone, 'Our company, from a template');
  released(context);
  const from = ['upgrade', '--from', upstream];
  assert.is((await runIn(clone, from)).status, 0);
  write(clone, 'release.yaml', `commit: ${'0'.repeat(40)}\n`);
  commit(clone, 'Lost');
  const lost = await runIn(clone, from);
  assert.is(lost.status, 2);
  assert.match(lost.stderr, '--base <commit>');
  assert.is((await runIn(clone, [...from, '--base', first, '--write'])).status, 0);
  assert.not(existsSync(join(clone, 'tools/old.ts')));
});

test.run();
