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
import { infrastructureSince, plannedBetween } from '../git/infrastructure.ts';
import { startGithub, type GithubServer } from '../github/testing/server.ts';
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
  write(context.origin, 'environments/lab/environment.yaml', 'id: lab\n');
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

/** A job that a merge queue started; any other event is none. */
const QUEUED = { GITHUB_EVENT_NAME: 'merge_group' };

async function run(
  { clone, output }: Context,
  action: string,
  options: object,
  env: Record<string, string> = { GITHUB_EVENT_NAME: 'workflow_run' },
): Promise<string> {
  let said = '';
  const { signal } = new AbortController();
  const world = {
    root: clone,
    signal,
    out: (text: string) => (said += text),
    env: { GITHUB_OUTPUT: output, ...env },
  };
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

test('where a commit was approved, no other one is looked at', async (context) => {
  const approved = propose(context, 12, () => write(context.origin, 'policies/groups/a.yaml', 'id: a\n'));
  await run(context, 'fetch', { pull: '12', commit: approved });
  assert.is(readFileSync(context.output, 'utf8'), `number=12\nhead=${approved}\n`);
  const newer = propose(context, 12, () => write(context.origin, 'policies/groups/a.yaml', 'id: b\n'));
  assert.match(
    await refused(run(context, 'fetch', { pull: '12', commit: approved })),
    `the pull request is at ${newer.slice(0, 12)} by now`,
  );
  assert.is(readFileSync(context.output, 'utf8'), `number=12\nhead=${approved}\n`);
});

test('a plan is wanted of the environments whose infrastructure a pull request changes', async (context) => {
  const { origin, clone, output } = context;
  for (const id of ['lab', 'live', 'next'])
    write(origin, `environments/${id}/environment.yaml`, `id: ${id}\n`);
  commit(origin);
  git(clone, 'pull', '-q');
  const wanted = async (number: number, path: string, text: string): Promise<string> => {
    const head = propose(context, number, () => write(origin, path, text));
    await run(context, 'fetch', { pull: String(number) });
    rmSync(output);
    // The base moves on, and what it changes is none of the pull request's.
    write(origin, 'environments/lab/environment.yaml', `id: lab # ${number}\n`);
    commit(origin);
    git(clone, 'pull', '-q');
    const found = await plannedBetween(clone, 'HEAD', head);
    return found === 'all' ? found : found.join(' ');
  };
  assert.is(await wanted(1, 'policies/groups/a.yaml', 'id: a\n'), '');
  assert.is(await wanted(2, 'environments/live/connectors/a.yaml', 'id: a\n'), 'live');
  assert.is(await wanted(3, 'policies/services/wiki.yaml', 'id: wiki # more\n'), 'all');
  assert.is(await wanted(4, 'terraform/modules/a/main.tf', '\n'), '');
});

test('a combination in the merge queue is fetched by its reference', async (context) => {
  const { origin } = context;
  const base = git(origin, 'rev-parse', 'main');
  const head = propose(context, 12, () => write(origin, 'policies/groups/a.yaml', 'id: a\n'));
  const queue = `refs/heads/gh-readonly-queue/main/pr-12-${base}`;
  git(origin, 'update-ref', queue, head);
  await run(context, 'fetch', { pull: queue }, QUEUED);
  assert.is(readFileSync(context.output, 'utf8'), `number=12\nhead=${head}\n`);
  // The name of a review's run is its author's: one that names the queue is nobody's pull request.
  for (const env of [{}, { GITHUB_EVENT_NAME: 'workflow_run' }, { GITHUB_EVENT_NAME: 'pull_request_target' }])
    assert.match(await refused(run(context, 'fetch', { pull: queue }, env)), /is no pull request/);
  assert.is(readFileSync(context.output, 'utf8'), `number=12\nhead=${head}\n`);
});

test('only a number is fetched, and in the queue only its reference', async (context) => {
  const hostile = [
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
    '12\nhead=1',
    '12\n',
    '１２',
  ];
  for (const pull of hostile)
    for (const env of [{}, QUEUED])
      assert.match(await refused(run(context, 'fetch', { pull }, env)), /is no pull request/, pull);
  assert.match(await refused(run(context, 'fetch', { pull: '12' }, QUEUED)), /is no pull request/);
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
    [1, () => symlinkSync('/proc/self/environ', join(origin, 'environments/lab/connector.yaml'))],
    [2, () => write(origin, 'environments/lab/main.tf', 'evil\n')],
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

/** A merge to main in the clone. @returns its commit */
function merged({ clone }: Context, path: string, text: string | undefined): string {
  if (text === undefined) rmSync(join(clone, path));
  else write(clone, path, text);
  return commit(clone);
}

const done = async ({ clone }: Context, since: string | undefined): Promise<string | undefined> => {
  const found = await infrastructureSince(clone, since);
  return typeof found === 'object' ? found.commit : found;
};

test('infrastructure is what Terraform reads, also where it was taken back; where it cannot be known, it is said', async (context) => {
  const { clone } = context;
  const before = git(clone, 'rev-parse', 'HEAD');
  merged(context, 'policies/groups/a.yaml', 'id: a\n');
  assert.is(await done(context, before), undefined);
  const made = merged(context, 'environments/lab/connector.yaml', 'id: b\n');
  const taken = merged(context, 'environments/lab/connector.yaml', undefined);
  assert.is(git(clone, 'diff', '--name-only', before, 'HEAD', '--', 'environments'), '');
  assert.equal(
    [await done(context, before), await done(context, made), await done(context, taken)],
    [made, taken, undefined],
  );
  git(clone, 'mv', 'environments/lab/environment.yaml', 'policies/moved.yaml');
  const moved = commit(clone);
  assert.is(await done(context, taken), moved);
  // A branch with infrastructure in it counts at the commit that merged it.
  git(clone, 'switch', '-qc', 'side');
  merged(context, 'terraform/main.tf', 'side\n');
  git(clone, 'switch', '-q', 'main');
  merged(context, 'policies/groups/b.yaml', 'id: b\n');
  git(clone, 'merge', '-q', '--no-ff', '-m', 'side', 'side');
  assert.is(await done(context, moved), git(clone, 'rev-parse', 'HEAD'));
  for (const unknown of [undefined, '', '0'.repeat(40), 'f'.repeat(40), '--output=x', 'main'])
    assert.is(await done(context, unknown), 'unknown', unknown);
  // A commit of another history says nothing of this one; one that is further on says that all of this is done.
  git(clone, 'switch', '-qc', 'other', before);
  const elsewhere = merged(context, 'policies/groups/c.yaml', 'id: c\n');
  git(clone, 'switch', '-q', 'main');
  assert.is(await done(context, elsewhere), 'unknown');
  git(clone, 'checkout', '-q', made);
  assert.is(await done(context, moved), undefined);
});

/** What a step of merge.yml learns. */
async function learned(
  context: Context & { event?: string },
  github: GithubServer,
  ...words: string[]
): Promise<string> {
  rmSync(context.output, { force: true });
  const [action = '', milestone, commit] = words;
  const event = context.event ?? 'push';
  const env = { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, GITHUB_EVENT_NAME: event };
  const options = { repository: 'example/access', execute: true, milestone, commit };
  const said = await run(context, action, options, env);
  return existsSync(context.output)
    ? readFileSync(context.output, 'utf8').trim().split('\n').join(' ')
    : said.trim();
}

test('a merge asks Terraform for what no earlier one has done everywhere, and goes no further than Terraform has come', async (context) => {
  const { clone } = context;
  const server = await startGithub();
  try {
    const first = git(clone, 'rev-parse', 'HEAD');
    const ask = (...words: string[]): Promise<string> => learned(context, server, ...words);
    assert.is(await ask('outstanding'), `changed=true commit=${first}`);
    assert.match(await refused(ask('ready')), /no record of a commit of this history/);
    await ask('record', 'added', first);
    await ask('record', 'complete', first);
    assert.is(await ask('outstanding'), `changed=false commit=${first}`);

    const byHand = learned({ ...context, event: 'workflow_dispatch' }, server, 'outstanding');
    assert.is(await byHand, `changed=true commit=${first}`);

    // A merge whose Terraform is still running, or has failed: the next one has no infrastructure in it.
    const plain = merged(context, 'policies/groups/a.yaml', 'id: a\n');
    assert.equal(
      [await ask('outstanding'), await ask('ready')],
      [`changed=false commit=${plain}`, `commit=${plain}`],
    );
    const infrastructure = merged(context, 'terraform/main.tf', 'more\n');
    const next = merged(context, 'policies/groups/b.yaml', 'id: b\n');
    assert.equal(
      [await ask('outstanding'), await ask('ready')],
      [`changed=true commit=${next}`, `commit=${plain}`],
    );

    // Terraform added it and the delivery was halted: the merge after that goes all the way, and removes.
    await ask('record', 'added', infrastructure);
    assert.equal(
      [await ask('outstanding'), await ask('ready')],
      [`changed=true commit=${next}`, `commit=${next}`],
    );
    await ask('record', 'complete', next);
    assert.is(await ask('outstanding'), `changed=false commit=${next}`);

    // A run that ends late does not take the record back; one that broke off between two calls recorded nothing.
    assert.match(await ask('record', 'complete', first), /has come further/);
    assert.is(await ask('outstanding'), `changed=false commit=${next}`);
    server.troubles.push({ operation: 'repos/create-deployment-status', kind: 403 });
    const more = merged(context, 'terraform/main.tf', 'yet more\n');
    assert.not.match(await refused(ask('record', 'complete', more)), /not refused/);
    assert.is(await ask('outstanding'), `changed=true commit=${more}`);

    // What cannot be read is no answer.
    server.troubles.push({ operation: 'repos/list-deployments', kind: 403, times: 2 });
    assert.match(await refused(ask('outstanding')), /GitHub could not list deployments/);
    assert.match(await refused(ask('ready')), /GitHub could not list deployments/);
    assert.equal(server.faults, []);
  } finally {
    await server.close();
  }
});

test('a record names a milestone and a commit, and is written with --execute alone', async (context) => {
  const server = await startGithub();
  try {
    const env = { GITHUB_API_URL: server.url, GITHUB_TOKEN: server.token };
    const words = { repository: 'example/access', milestone: 'added', commit: 'HEAD' };
    assert.match(await run(context, 'record', words, env), /not recorded: add --execute/);
    assert.equal(server.state.deployments, []);
    assert.match(
      await refused(run(context, 'record', { ...words, milestone: 'done' }, env)),
      /no such milestone/,
    );
    assert.match(
      await refused(run(context, 'record', { ...words, commit: 'nowhere' }, env)),
      /there is no commit/,
    );
  } finally {
    await server.close();
  }
});

test.run();
