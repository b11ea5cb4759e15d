import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import * as assert from 'uvu/assert';
import { startComponent, type TestComponent } from '../follow/testing/component.ts';
import { runIn, startIn, type CliResult, type CliProcess } from '../testing/run-cli.ts';
import { suite } from '../testing/suite.ts';
import { newSite, type Site } from './testing/sandbox.ts';

/** The company on GitHub, in AWS as far as the embedded store is one, and running components. */
interface Context {
  site: Site;
  canary: TestComponent;
  followers: CliProcess[];
}

// slow: it starts processes
const test = suite<Context>('from a pull request to what is in force, and back');

const CANARY = 'intermediate/one';
const REST = ['connector/connector-0', 'connector/connector-1'];
const TEAM = 'policies/groups/team-0.yaml';
const AT = { owner: 'example', repo: 'access' };

test.before(async (context) => {
  context.site = await newSite([{ id: 'canary', components: [CANARY], bakeSeconds: 0 }]);
  context.site.github.state.teams.set('platform', ['olga']);
  context.followers = [];
  await cli(context, 'keys', 'init');
  const folder = join(context.site.clone, 'out', 'canary');
  context.canary = await startComponent(join(folder, 'enforcement.json'));
  follow(context, CANARY, '--out', folder, '--applied-url', context.canary.url);
  for (const component of REST)
    follow(context, component, '--out', join(context.site.clone, 'out', component));
  await deliver(context, 0);
});

test.after(async ({ site, canary, followers }) => {
  for (const { child } of followers) child.kill();
  await Promise.all(followers.map(({ ended }) => ended));
  await canary.close();
  await site.close();
});

function cli(context: Context, ...words: string[]): Promise<CliResult> {
  return started(context, {}, ...words);
}

/** A command in a job that something else than a person started. */
function started({ site }: Context, event: Record<string, string>, ...words: string[]): Promise<CliResult> {
  return runIn(site.clone, words, { ...site.env, ...event });
}

function follow({ site, followers }: Context, component: string, ...words: string[]): void {
  followers.push(startIn(site.clone, ['follow', '--env', 'live', '--component', component, ...words]));
}

/** What merge.yml runs. */
async function deliver(context: Context, status: number): Promise<string> {
  const words = ['--execute', '--deployment', '--propose-revert', '--patience', '20'];
  const ended = await cli(context, 'merge', '--env', 'live', ...words);
  assert.is(ended.status, status, `${ended.stdout}${ended.stderr}`);
  return `${ended.stdout}${ended.stderr}`;
}

const ON_GITHUB = ['--repository', 'example/access'];
const PULL = { GITHUB_EVENT_NAME: 'pull_request_target' };
const REVIEW = { GITHUB_EVENT_NAME: 'workflow_run' };
const QUEUE = { GITHUB_EVENT_NAME: 'merge_group' };

/** What pull-request.yml runs. @param text a number, a queue's reference, or what an author calls a run */
async function look(
  context: Context,
  text: number | string,
  event: Record<string, string> = PULL,
): Promise<CliResult> {
  const output = join(context.site.clone, '.ztna', 'output');
  rmSync(output, { force: true });
  const fetched = await started(
    context,
    { ...event, GITHUB_OUTPUT: output },
    'github',
    'fetch',
    '--pull',
    String(text),
  );
  if (fetched.status !== 0) return fetched;
  const [, number = '', head = ''] = /^number=(\d+)\nhead=(\w+)\n$/.exec(readFileSync(output, 'utf8'))!;
  const sides = ['--base', 'origin/main', '--head', head];
  return started(context, event, 'pull-request', ...sides, ...ON_GITHUB, '--number', number, '--execute');
}

/** What a queue makes of a pull request, and its reference. */
function queued({ site: { bare } }: Context, number: number): { ref: string; head: string } {
  const base = bare.git(['rev-parse', 'main']);
  const branch = `gh-readonly-queue/main/pr-${number}-${base}`;
  bare.git(['update-ref', `refs/heads/${branch}`, base]);
  return {
    ref: `refs/heads/${branch}`,
    head: bare.squash(branch, `refs/pull/${number}/head`, 'Queued', 'olga'),
  };
}

/** The newest status of each context at a commit. */
function statuses({ site }: Context, sha: string): Record<string, string> {
  const all = site.github.state.statuses.filter((one) => one.sha === sha);
  return Object.fromEntries(all.map(({ context, state }) => [context, state]));
}

const FINE = {
  'policy/check': 'success',
  'policy/tests': 'success',
  'policy/guardrails': 'success',
  'policy/access': 'success',
};

/** A person with the right to do so merges a pull request, and the clone of the job begins with it. */
function merge({ site }: Context, number: number): void {
  const { bare, github } = site;
  const pull = github.state.pulls.find((one) => one.number === number)!;
  bare.squash('main', pull.head.ref, `${pull.title} (#${number})`, 'olga');
  pull.state = 'closed';
  site.git('switch', '-q', 'main');
  site.pull();
}

const granted = ({ canary }: Context, who: string): boolean => canary.inForce!.includes(who);

test('opened, looked at, approved and merged; refused by a component, halted, reverted, in force', async (context) => {
  const { site, canary } = context;
  const { github } = site;
  const ann = new Octokit({ baseUrl: github.url, auth: github.token });

  // A person opens a pull request.
  site.git('switch', '-qc', 'newcomer');
  site.write(
    TEAM,
    readFileSync(join(site.clone, TEAM), 'utf8').replace('members:', 'members:\n  - newcomer@example.com'),
  );
  const head = site.commit('A newcomer in the team');
  site.git('push', '-q', 'origin', 'newcomer');
  site.git('switch', '-q', 'main');
  github.state.me = { login: 'ann', type: 'User' };
  const { data: pull } = await ann.pulls.create({
    ...AT,
    title: 'A newcomer',
    head: 'newcomer',
    base: 'main',
  });
  github.state.me = { login: 'github-actions[bot]', type: 'Bot' };

  // It says who gains, and waits for the owner.
  await look(context, pull.number);
  const [comment] = github.state.comments;
  assert.match(comment!.body, /## Live: 1 person gains access/);
  assert.match(comment!.body, /`newcomer@example\.com` gains/);
  assert.equal(statuses(context, head), { ...FINE, 'policy/guardrails': 'pending' });

  // What a review's run is called may not pass for the queue's reference; in the queue what waits fails at once.
  const queue = queued(context, pull.number);
  const forged = await look(context, queue.ref, REVIEW);
  assert.match(forged.stderr, /is no pull request/);
  assert.equal(statuses(context, queue.head), {});
  assert.is((await look(context, queue.ref, QUEUE)).status, 1);
  assert.equal(statuses(context, queue.head), { ...FINE, 'policy/guardrails': 'failure' });

  // A review that is dismissed while another run looks ends in no approval.
  const review = { login: 'olga', state: 'APPROVED', commit: head };
  github.state.pulls[0]!.reviews.push(review);
  github.meanwhile.push({
    operation: 'pulls/list-reviews',
    async happens() {
      review.state = 'DISMISSED';
      await look(context, pull.number, REVIEW);
    },
  });
  await look(context, pull.number);
  assert.equal(statuses(context, head), { ...FINE, 'policy/guardrails': 'pending' });

  // The owner approves.
  github.state.pulls[0]!.reviews.push({ login: 'olga', state: 'APPROVED', commit: head });
  const approved = await look(context, pull.number);
  assert.is(approved.status, 0, approved.stderr);
  assert.equal(statuses(context, head), FINE);
  assert.is(github.state.comments.length, 1);
  assert.is((await look(context, queue.ref, QUEUE)).status, 0);
  assert.equal(statuses(context, queue.head), FINE);

  // It is merged, and the canary refuses it.
  canary.judge = (text) => (text.includes('newcomer') ? 'no room for another' : undefined);
  merge(context, pull.number);
  const halted = await deliver(context, 1);
  assert.match(halted, /canary: 1 of 3 components: entry 2 gets it/);
  assert.match(halted, /halted: intermediate\/one: no room for another/);
  assert.match(halted, /pull request 2 is opened/);
  assert.not(granted(context, 'newcomer'));
  const status = JSON.parse((await cli(context, 'status', '--json')).stdout).environments[0];
  assert.equal(
    [status.newest.sequence, status.newest.reason],
    [3, 'intermediate/one refused entry 2: no room for another'],
  );

  // A merge during the halt brings nothing of it back.
  assert.match(await deliver(context, 2), /it gives intermediate\/one the part that was refused in entry 2/);

  // The revert is looked at like any change: it takes away what was given, and needs nobody's approval but a review.
  const [, revert] = github.state.pulls;
  assert.match(revert!.body, /no room for another/);
  assert.match(revert!.body, /1 person loses access/);
  const looked = await look(context, 2);
  assert.is(looked.status, 0, looked.stdout);
  assert.equal(statuses(context, site.bare.git(['rev-parse', revert!.head.ref])), FINE);
  merge(context, 2);
  assert.is(site.bare.git(['diff', '--name-only', 'main', 'main~2']), '');

  // Merged, it says what is in force already; who fixed the component releases the hold.
  assert.match(await deliver(context, 0), /entry 3 says this already, and is in force/);
  assert.match((await cli(context, 'status')).stdout, /the change of entry 2 is on hold since .*no room/);
  canary.judge = () => undefined;
  const release = ['--env', 'live', '--hold', '2', '--reason', 'It has room now', '--execute'];
  assert.is((await cli(context, 'release', ...release)).status, 0);
  const converged = await cli(context, 'status', '--watch');
  assert.is(converged.status, 0);
  assert.match(
    converged.stdout,
    /live: entry 4, .*It has room now\n.*converged: every component enforces it\n$/s,
  );
  assert.not.match(converged.stdout, /on hold/);

  // Each merge is a deployment of its commit.
  const [first, halt, during, last] = github.state.deployments.map(({ environment, statuses: [said] }) =>
    [environment, said!.state, said!.description].join(' '),
  );
  assert.is(first, 'live success entry 1: 3 of 3 components enforce it');
  assert.match(
    halt!,
    /^live failure entry 3: \d of 3 components enforce it; halted: intermediate\/one: no room/,
  );
  assert.match(
    during!,
    /^live failure entry 3: .*; refused: it gives intermediate\/one the part that was refused/,
  );
  assert.is(last, 'live success entry 3: 3 of 3 components enforce it');
  assert.equal(github.faults, []);
});

/** What a step of a merge tells those that follow, and what it ended with. */
async function learned(context: Context, ...words: string[]): Promise<string> {
  const output = join(context.site.clone, '.ztna', 'output');
  rmSync(output, { force: true });
  const ended = await started(context, { GITHUB_OUTPUT: output }, 'github', ...words, ...ON_GITHUB);
  assert.is(ended.status, 0, ended.stderr);
  return readFileSync(output, 'utf8').trim().split('\n').join(' ');
}

/** Pushes a change to main, as a merge of it would. @returns the commit */
function pushed({ site }: Context, path: string, change: (text: string) => string): string {
  site.write(path, change(readFileSync(join(site.clone, path), 'utf8')));
  const commit = site.commit(`A change of ${path}`);
  site.git('push', '-q', 'origin', 'main');
  return commit;
}

test('a merge overtakes no Terraform of another, and what one has not finished is left to the next', async (context) => {
  const { site } = context;
  const record = (milestone: string, commit: string): Promise<CliResult> =>
    cli(context, 'github', 'record', '--milestone', milestone, '--commit', commit, ...ON_GITHUB, '--execute');
  const members = (name: string) => (text: string) =>
    text.replace('members:', `members:\n  - ${name}@example.com`);
  const start = site.git('rev-parse', 'HEAD');
  assert.is(await learned(context, 'outstanding'), `changed=true commit=${start}`);
  for (const milestone of ['added', 'complete']) await record(milestone, start);

  // The first merge has infrastructure, and its Terraform fails; the second has none, and delivers what is before both.
  const described = pushed(context, 'environments/live/environment.yaml', (text) =>
    text.replace(/^description: .*$/m, 'description: Production, described again'),
  );
  const second = pushed(context, TEAM, members('later'));
  assert.is(await learned(context, 'outstanding'), `changed=true commit=${second}`);
  assert.is(await learned(context, 'ready'), `commit=${start}`);
  site.git('checkout', '-q', start);
  await deliver(context, 0);
  assert.not(granted(context, 'later'));

  // Terraform has come as far: the next run delivers both. It fails in its removals, so they are still to be done.
  site.git('switch', '-q', 'main');
  await record('added', described);
  assert.is(await learned(context, 'ready'), `commit=${second}`);
  await deliver(context, 0);
  assert.ok(granted(context, 'later'));
  const third = pushed(context, TEAM, members('latest'));
  assert.is(await learned(context, 'outstanding'), `changed=true commit=${third}`);
  await record('added', third);
  await deliver(context, 0);
  await record('complete', third);
  assert.is(await learned(context, 'outstanding'), `changed=false commit=${third}`);
  assert.equal(site.github.faults, []);
});

test('an objection counts everybody in every environment, the most people first', async (context) => {
  const { site } = context;
  const { github } = site;
  site.git('switch', '-qc', 'more');
  site.write(
    TEAM,
    readFileSync(join(site.clone, TEAM), 'utf8').replace('members:', 'members:\n  - visitor@example.com'),
  );
  // A new environment, whose name comes after the other's: there everybody gains what they reach in live.
  for (const path of site.git('ls-files', 'environments/live').split('\n')) {
    const text = readFileSync(join(site.clone, path), 'utf8');
    site.write(
      path.replace('/live/', '/zone/'),
      text.replace(/^id: live$/m, 'id: zone').replaceAll('10.20.', '10.21.'),
    );
  }
  const head = site.commit('A crowd');
  site.git('push', '-q', 'origin', 'more');
  site.git('switch', '-q', 'main');
  const ann = new Octokit({ baseUrl: github.url, auth: github.token });
  const { data: pull } = await ann.pulls.create({ ...AT, title: 'A crowd', head: 'more', base: 'main' });
  await look(context, pull.number);
  const { body } = github.state.comments.at(-1)!;
  assert.match(
    body,
    /\d+ principals would gain the service `[a-z0-9-]+` in zone, and `?visitor@example\.com`? in live/,
  );
  const said = github.state.checkRuns.filter(({ headSha }) => headSha === head).at(-1)!;
  assert.match(
    JSON.stringify(said.annotations),
    /\d+ principals would gain .* in zone, and `?visitor@example\.com`? in live/,
  );
  assert.equal(github.faults, []);
});

test.run();
