import { readFileSync } from 'node:fs';
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

function cli({ site }: Context, ...words: string[]): Promise<CliResult> {
  return runIn(site.clone, words, site.env);
}

function follow({ site, followers }: Context, component: string, ...words: string[]): void {
  followers.push(startIn(site.clone, ['follow', '--env', 'prod', '--component', component, ...words]));
}

/** What merge.yml runs. */
async function deliver(context: Context, status: number): Promise<string> {
  const words = ['--execute', '--deployment', '--propose-revert', '--patience', '20'];
  const ended = await cli(context, 'merge', '--env', 'prod', ...words);
  assert.is(ended.status, status, `${ended.stdout}${ended.stderr}`);
  return `${ended.stdout}${ended.stderr}`;
}

/** What pull-request.yml runs. */
async function look(context: Context, number: number): Promise<CliResult> {
  const { bare } = context.site;
  await cli(context, 'github', 'fetch', '--pull', String(number));
  const sides = ['--base', 'origin/main', '--head', bare.git(['rev-parse', `refs/pull/${number}/head`])];
  return cli(
    context,
    'pull-request',
    ...sides,
    '--repository',
    'example/access',
    '--number',
    String(number),
    '--execute',
  );
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
  assert.match(comment!.body, /## Prod: 1 person gains access/);
  assert.match(comment!.body, /`newcomer@example\.com` gains/);
  assert.equal(statuses(context, head), { ...FINE, 'policy/guardrails': 'pending' });

  // The owner approves.
  github.state.pulls[0]!.reviews.push({ login: 'olga', state: 'APPROVED', commit: head });
  const approved = await look(context, pull.number);
  assert.is(approved.status, 0, approved.stderr);
  assert.equal(statuses(context, head), FINE);
  assert.is(github.state.comments.length, 1);

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
  const release = ['--env', 'prod', '--hold', '2', '--reason', 'It has room now', '--execute'];
  assert.is((await cli(context, 'release', ...release)).status, 0);
  const converged = await cli(context, 'status', '--watch');
  assert.is(converged.status, 0);
  assert.match(
    converged.stdout,
    /prod: entry 4, .*It has room now\n.*converged: every component enforces it\n$/s,
  );
  assert.not.match(converged.stdout, /on hold/);

  // Each merge is a deployment of its commit.
  const [first, halt, during, last] = github.state.deployments.map(({ environment, statuses: [said] }) =>
    [environment, said!.state, said!.description].join(' '),
  );
  assert.is(first, 'prod success entry 1: 3 of 3 components enforce it');
  assert.match(
    halt!,
    /^prod failure entry 3: \d of 3 components enforce it; halted: intermediate\/one: no room/,
  );
  assert.match(
    during!,
    /^prod failure entry 3: .*; refused: it gives intermediate\/one the part that was refused/,
  );
  assert.is(last, 'prod success entry 3: 3 of 3 components enforce it');
  assert.equal(github.faults, []);
});

test.run();
