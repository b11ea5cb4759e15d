import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Bare } from './testing/bare-repository.ts';
import { startGithub, type GithubServer } from './testing/server.ts';
import { suite } from '../testing/suite.ts';
import { Connection } from './connection/connection.ts';
import { GithubFault } from './connection/fault.ts';
import { propose, proposeUnasked, withdraw } from './propose.ts';
import type { OwnPull } from './propose/branch.ts';
import type { ProposedFile } from '../propose/proposal.ts';

interface Context {
  folder: string;
  bare: Bare;
  github: GithubServer;
  connection: Connection;
}

// slow: over 5 s
const test = suite<Context>('github: a pull request of our own');

test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'propose-'));
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', '.'], { cwd: context.folder });
  context.bare = new Bare(context.folder);
  advance(context.bare, { 'a.yaml': 'a\n', 'b.yaml': 'b\n', 'deep/c.yaml': 'c\n' });
  context.github = await startGithub(undefined, context.bare);
  const { url, token } = context.github;
  const clock = { now: () => 0, sleep: async () => {} };
  context.connection = new Connection({
    token,
    url,
    repository: 'example/access',
    signal: new AbortController().signal,
    clock,
  });
});

test.after.each(async ({ github, folder }) => {
  await github.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A test in which every request must be one that GitHub's description allows. */
function fits(name: string, body: (context: Context) => Promise<void>): void {
  test(name, async (context) => {
    await body(context);
    assert.equal(context.github.faults, []);
  });
}

/** A person's commit on a branch. @returns its name */
function advance(bare: Bare, files: Readonly<Record<string, string>>, branch = 'main'): string {
  const tip = bare.ask('rev-parse', '--verify', '--quiet', `refs/heads/${branch}`);
  const changes = Object.entries(files).map(([path, content]) => ({ path, mode: '100644', content }));
  const sha = bare.write('A change', bare.tree(tip, changes), tip === undefined ? [] : [tip], 'ann');
  bare.git(['update-ref', `refs/heads/${branch}`, sha]);
  return sha;
}

const BRANCH = 'ztna/expire';

function proposal(files: Readonly<Record<string, ProposedFile>>, rest: Partial<OwnPull> = {}): OwnPull {
  return {
    branch: BRANCH,
    base: 'main',
    title: 'Less',
    body: 'Because',
    files: new Map(Object.entries(files)),
    ...rest,
  };
}

const WHOLE = proposal({ 'a.yaml': null, 'b.yaml': { text: 'B é\n' }, 'deep/new/d.yaml': { text: 'd\n' } });

/** What a branch has, each file as `path=text`. */
function files(bare: Bare, branch = BRANCH): string[] {
  const paths = bare.git(['ls-tree', '-r', '--name-only', branch]).split('\n');
  return paths.map((path) => `${path}=${bare.git(['show', `${branch}:${path}`])}`);
}

const commits = (bare: Bare): number => Number(bare.git(['rev-list', '--count', `main..${BRANCH}`]));
const tip = (bare: Bare): string => bare.git(['rev-parse', BRANCH]);
const pulls = ({ state }: GithubServer): string[] =>
  state.pulls.map(({ number, state: is, title, body, head, base }) =>
    [number, is, title, body, head.ref, base.ref].join(' '),
  );

async function faultOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => assert.unreachable('it was done'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GithubFault)) throw error;
  return `${error.message}; ${error.remedy}`;
}

fits('files are written and deleted in one commit on main', async ({ bare, github, connection }) => {
  assert.equal(await propose(connection, WHOLE), {
    number: 1,
    url: 'https://github.com/example/access/pull/1',
    action: 'opened',
  });
  assert.equal(files(bare), ['b.yaml=B é', 'deep/c.yaml=c', 'deep/new/d.yaml=d']);
  assert.is(commits(bare), 1);
  assert.equal(pulls(github), ['1 open Less Because ztna/expire main']);
});

fits('the same again leaves it alone, with its reviews', async ({ bare, github, connection }) => {
  await propose(connection, WHOLE);
  const before = tip(bare);
  advance(bare, { 'deep/c.yaml': 'changed by a person meanwhile\n' });
  assert.is((await propose(connection, WHOLE)).action, 'unchanged');
  assert.equal([tip(bare), github.state.pulls.length], [before, 1]);
  assert.is((await propose(connection, { ...WHOLE, body: 'More' })).action, 'updated');
  assert.equal([tip(bare), pulls(github)], [before, ['1 open Less More ztna/expire main']]);
});

fits(
  'another change, or one that no longer merges, takes its place',
  async ({ bare, github, connection }) => {
    await propose(connection, WHOLE);
    assert.is((await propose(connection, proposal({ 'deep/c.yaml': null }))).action, 'updated');
    assert.equal(files(bare), ['a.yaml=a', 'b.yaml=b']);
    const newest = advance(bare, { 'deep/c.yaml': 'edited\n', 'e.yaml': 'e\n' });
    github.state.pulls[0]!.mergeable = false;
    assert.is((await propose(connection, proposal({ 'deep/c.yaml': null }))).action, 'updated');
    assert.equal([bare.git(['rev-parse', `${BRANCH}^`]), commits(bare)], [newest, 1]);
    // What was not there when it was opened cannot be what it deletes.
    github.state.pulls[0]!.mergeable = true;
    advance(bare, { 'f.yaml': 'f\n' });
    await propose(connection, proposal({ 'f.yaml': null }));
    assert.equal(files(bare), ['a.yaml=a', 'b.yaml=b', 'deep/c.yaml=edited', 'e.yaml=e']);
    assert.is(github.state.pulls.length, 1);
  },
);

fits('it may be on an older commit of main, and on no other', async ({ bare, connection }) => {
  const older = bare.git(['rev-parse', 'main']);
  advance(bare, { 'e.yaml': 'e\n' });
  const object = bare.git(['rev-parse', 'main:e.yaml']);
  await propose(connection, proposal({ 'g.yaml': { object, mode: '100644' } }, { on: older }));
  assert.is(bare.git(['rev-parse', `${BRANCH}^`]), older);
  assert.ok(files(bare).includes('g.yaml=e'));
  const aside = advance(bare, { 'x.yaml': 'x\n' }, 'aside');
  assert.match(
    await faultOf(propose(connection, { ...WHOLE, on: aside })),
    /commit [0-9a-f]{12} is not a part of main; check out main as it is on GitHub/,
  );
  assert.match(
    await faultOf(propose(connection, { ...WHOLE, on: 'f'.repeat(40) })),
    /could not compare commit f{12} with main: there is no such thing/,
  );
});

fits('a branch on which another person works is left to them', async ({ bare, github, connection }) => {
  await propose(connection, WHOLE);
  const theirs = advance(bare, { 'b.yaml': 'better\n' }, BRANCH);
  const says =
    /could not change the branch ztna\/expire: commit [0-9a-f]{12} on it is another person's; merge its pull request/;
  assert.match(await faultOf(propose(connection, proposal({ 'b.yaml': null }))), says);
  assert.match(await faultOf(withdraw(connection, BRANCH)), says);
  assert.equal([tip(bare), github.state.pulls[0]!.state], [theirs, 'open']);
});

fits('a change that changes nothing opens nothing', async ({ github, connection }) => {
  assert.match(await faultOf(propose(connection, proposal({ 'b.yaml': { text: 'b\n' } }))), /change nothing/);
  assert.equal(github.state.pulls, []);
});

fits('a file that is gone already cannot be deleted', async ({ connection }) => {
  assert.match(
    await faultOf(propose(connection, proposal({ 'z.yaml': null }))),
    /could not write a tree: it refuses/,
  );
});

fits('closed, and its branch deleted; a later one begins anew', async ({ bare, github, connection }) => {
  assert.is(await withdraw(connection, BRANCH), undefined);
  await propose(connection, WHOLE);
  assert.is(await withdraw(connection, BRANCH), 1);
  assert.equal(
    [github.state.refs.has(`refs/heads/${BRANCH}`), github.state.pulls[0]!.state],
    [false, 'closed'],
  );
  await propose(connection, WHOLE);
  // The branch of one that was merged may still be there, and is too far back.
  github.state.pulls[1]!.state = 'closed';
  const newest = advance(bare, { 'e.yaml': 'e\n' });
  assert.is((await propose(connection, WHOLE)).number, 3);
  assert.is(bare.git(['rev-parse', `${BRANCH}^`]), newest);
});

fits('what a person closed is not opened again until there is more to say', async (context) => {
  const { bare, github, connection } = context;
  const less = proposal({ 'a.yaml': null });
  await proposeUnasked(connection, less);
  github.state.pulls[0]!.state = 'closed';
  // Whatever else was merged meanwhile, and whether the branch was deleted.
  advance(bare, { 'e.yaml': 'e\n' });
  for (const keeps of [true, false]) {
    if (!keeps) github.state.refs.delete(`refs/heads/${BRANCH}`);
    const { action, number } = await proposeUnasked(connection, less);
    assert.equal([action, number, pulls(github).length], ['left', 1, 1]);
  }
  const more = proposal({ 'a.yaml': null, 'b.yaml': null });
  assert.is((await proposeUnasked(connection, more)).number, 2);
  // One that closed itself, and one that was merged, say nothing of what is proposed later.
  await withdraw(connection, BRANCH);
  assert.is((await proposeUnasked(connection, more)).number, 3);
  Object.assign(github.state.pulls[2]!, { state: 'closed', merged: 'c'.repeat(40) });
  github.state.refs.delete(`refs/heads/${BRANCH}`);
  assert.is((await proposeUnasked(connection, more)).number, 4);
});

const WRITES = [
  'git/create-tree',
  'git/create-commit',
  'git/create-ref',
  'git/update-ref',
  'pulls/create',
  'pulls/update',
];
for (const operation of WRITES)
  for (const kind of ['lost', 'cut'] as const)
    fits(
      `one pull request and one commit although the answer of ${operation} is ${kind}`,
      async (context) => {
        const { bare, github, connection } = context;
        if (operation.endsWith('update-ref') || operation === 'pulls/update')
          await propose(connection, proposal({ 'a.yaml': null }, { title: 'Before' }));
        github.troubles.push({ operation, kind });
        await propose(connection, WHOLE);
        assert.equal(github.troubles, []);
        assert.equal(pulls(github), ['1 open Less Because ztna/expire main']);
        assert.equal([files(bare)[0], commits(bare)], ['b.yaml=B é', 1]);
      },
    );

fits('closing does no harm twice', async ({ github, connection }) => {
  for (const operation of ['pulls/update', 'git/delete-ref']) {
    await propose(connection, WHOLE);
    github.troubles.push({ operation, kind: 'lost' });
    await withdraw(connection, BRANCH);
    assert.equal(
      [github.state.refs.has(`refs/heads/${BRANCH}`), github.state.pulls.at(-1)!.state],
      [false, 'closed'],
    );
  }
});

fits('which permission is missing is said', async ({ github, connection }) => {
  github.lacking.add('contents=write');
  assert.match(
    await faultOf(propose(connection, WHOLE)),
    /give the job, or the app, the permission `contents: write`/,
  );
  github.lacking.clear();
  github.lacking.add('pull_requests=write');
  assert.match(await faultOf(propose(connection, WHOLE)), /the permission `pull-requests: write`/);
});

fits('a job whose token may open none is told what to use', async ({ github, connection }) => {
  github.state.actionsOpenPulls = false;
  assert.match(
    await faultOf(propose(connection, WHOLE)),
    /set GITHUB_PROPOSALS_TOKEN to an app's \(docs\/github-setup\.md\)/,
  );
});

test.run();
