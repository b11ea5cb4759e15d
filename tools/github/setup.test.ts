import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { Contract } from './testing/openapi/openapi.ts';
import { type Fault, sentenceOf } from '../contract/fault.ts';
import { suite } from '../testing/suite.ts';
import { Connection } from './connection/connection.ts';
import { actionsAppOf, setUp } from './setup.ts';
import { ACTION_PATTERNS, settingsOf, POLICY_STATUSES } from './setup/settings.ts';
import { RULESET } from './setup/rules.ts';
import { isRunning } from './setup/runs.ts';

/** One request: its operation, and the body or the query. */
interface Call {
  id: string;
  body: any;
}

interface Context {
  server: Server;
  calls: Call[];
  /** What GitHub's description does not allow of what was sent. */
  faults: string[];
  /** What an operation answers, where it is not what the description asks for at least. */
  answers: Map<string, unknown>;
  /** Operations that are refused, with how. */
  refusals: Map<string, { status: number; message: string }>;
  connection: Connection;
}

const test = suite<Context>('github setup: against GitHub’s own description');
const contract = new Contract();

test.before.each(async (context) => {
  Object.assign(context, { calls: [], faults: [], answers: new Map(), refusals: new Map() });
  context.server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url!, 'http://localhost');
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const matched = contract.match(request.method!, url.pathname);
    const { id } = matched?.operation ?? { id: `${request.method} ${url.pathname}` };
    context.calls.push({ id, body });
    const faults = matched ? contract.requestFaults(matched, url.searchParams, body) : ['it is no operation'];
    context.faults.push(...faults.map((fault) => `${id}: ${fault}`));
    const refusal = context.refusals.get(id);
    const status = refusal?.status ?? Number(Object.keys(matched?.operation.answers ?? { 404: null })[0]);
    const given = refusal ? { message: refusal.message } : context.answers.get(id);
    const value = refusal ? given : matched && contract.answer(matched.operation, status, given);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  });
  await new Promise<void>((resolve) => context.server.listen(0, '127.0.0.1', resolve));
  context.answers.set('repos/get', { owner: { login: 'example' } });
  context.connection = new Connection({
    token: 'a-token',
    repository: 'example/access',
    url: `http://127.0.0.1:${(context.server.address() as AddressInfo).port}`,
    signal: new AbortController().signal,
  });
});

test.after.each(async ({ server }) => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const DESIRED = settingsOf({
  environments: [{ id: 'live', account: '111122223333', region: 'eu-west-1' }],
  reviewers: 'security',
  app: 7,
  actionsApp: 15368,
});

const bodies = ({ calls }: Context, id: string): any[] =>
  calls.filter((call) => call.id === id).map(({ body }) => body);

test('every request fits, and a second run changes the ruleset instead of making another', async (context) => {
  const { connection, answers } = context;
  await setUp(connection, DESIRED, () => {});
  assert.equal(context.faults, []);
  assert.is(bodies(context, 'repos/create-repo-ruleset').length, 1);
  const branches = bodies(context, 'repos/create-deployment-branch-policy').map(({ name }) => name);
  const queue = 'gh-readonly-queue/main/pr-*';
  assert.equal(branches, [...Array(7).fill('main'), queue]);
  answers.set('repos/get-repo-rulesets', [
    { id: 5, name: 'other' },
    { id: 6, name: RULESET },
  ]);
  await setUp(connection, DESIRED, () => {});
  assert.equal(context.faults, []);
  assert.is(bodies(context, 'repos/create-repo-ruleset').length, 1);
  assert.is(bodies(context, 'repos/update-repo-ruleset').length, 1);
});

test('the branch asks for every policy status of the app, for the test, a review and the queue; nobody is excepted', async (context) => {
  await setUp(context.connection, DESIRED, () => {});
  const [ruleset] = bodies(context, 'repos/create-repo-ruleset');
  assert.equal([ruleset.enforcement, ruleset.bypass_actors], ['active', []]);
  const rule = (type: string) => ruleset.rules.find((one: { type: string }) => one.type === type).parameters;
  assert.equal(
    rule('required_status_checks').required_status_checks.map((one: any) => [
      one.context,
      one.integration_id,
    ]),
    [...POLICY_STATUSES.map((context) => [context, 7]), ['test', 15368]],
  );
  assert.ok(
    rule('pull_request').require_code_owner_review && rule('pull_request').require_last_push_approval,
  );
  assert.is(rule('merge_queue').grouping_strategy, 'ALLGREEN');
});

test('an environment takes jobs of main alone, and only a plan asks for an approval', async (context) => {
  context.answers.set('teams/get-by-name', { id: 42 });
  context.answers.set('repos/list-deployment-branch-policies', {
    branch_policies: [
      { id: 3, name: 'release/*' },
      { id: 4, name: 'main' },
    ],
  });
  await setUp(context.connection, DESIRED, () => {});
  const made = bodies(context, 'repos/create-or-update-environment');
  assert.is(made.length, 7);
  assert.equal(
    made.filter(({ reviewers }) => reviewers.length > 0).map(({ reviewers }) => reviewers),
    [[{ type: 'Team', id: 42 }]],
  );
  for (const { deployment_branch_policy: policy } of made) assert.is(policy.custom_branch_policies, true);
  // What is right stays, what is not goes.
  const added = bodies(context, 'repos/create-deployment-branch-policy').map(({ name }) => name);
  assert.equal(added, ['gh-readonly-queue/main/pr-*']);
  assert.is(bodies(context, 'repos/delete-deployment-branch-policy').length, 7);
});

/** What GitHub says where an organization has not bought something. */
const LACKING: [operation: string, status: number, message: string][] = [
  [
    'repos/create-repo-ruleset',
    403,
    'Upgrade to GitHub Team or make this repository public to enable this feature.',
  ],
  [
    'repos/create-or-update-environment',
    422,
    'Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule.',
  ],
];

for (const [operation, status, message] of LACKING)
  test(`a plan that lacks what is set is said, with where it stands what is needed: ${operation}`, async (context) => {
    context.refusals.set(operation, { status, message });
    const fault = await setUp(context.connection, DESIRED, () => {}).catch((error: unknown) => error);
    assert.match(
      sentenceOf(fault as Fault),
      /its plan does not have that \(.*\); docs\/github-setup\.md says under "What it needs of GitHub"/,
    );
    const page = readFileSync(new URL('../../docs/github-setup.md', import.meta.url), 'utf8');
    assert.match(page, /\n## What it needs of GitHub\n/);
  });

test('the app that writes the status of a job is asked for: another server has another number', async (context) => {
  context.answers.set('apps/get-by-slug', { id: 4711 });
  const actionsApp = await actionsAppOf(context.connection);
  const { checks } = settingsOf({ environments: [], reviewers: 'security', actionsApp });
  assert.ok(checks.every(({ app }) => app === 4711));
  assert.equal(context.faults, []);
});

test('variables that are right stay, others are set', async (context) => {
  context.answers.set('actions/list-environment-variables', {
    variables: [
      { name: 'AWS_REGION', value: 'eu-west-1' },
      { name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::111122223333:role/old' },
    ],
  });
  await setUp(context.connection, DESIRED, () => {});
  assert.equal(context.faults, []);
  assert.is(bodies(context, 'actions/update-environment-variable').length, 4);
  assert.equal(bodies(context, 'actions/create-environment-variable'), [
    { name: 'SIGNING_KEY', value: 'alias/ztna-live-signing' },
  ]);
});

test('actions run only at a commit and only of owners who are named; a job approves nothing', async (context) => {
  await setUp(context.connection, DESIRED, () => {});
  const [permissions] = bodies(context, 'actions/set-github-actions-permissions-repository');
  assert.equal([permissions.allowed_actions, permissions.sha_pinning_required], ['selected', true]);
  const [allowed] = bodies(context, 'actions/set-allowed-actions-repository');
  assert.equal(allowed.patterns_allowed, ACTION_PATTERNS);
  const [token] = bodies(context, 'actions/set-github-actions-default-workflow-permissions-repository');
  assert.equal([token.default_workflow_permissions, token.can_approve_pull_request_reviews], ['read', false]);
});

test('a workflow is running until every run is over', async (context) => {
  const runs = (...statuses: string[]) =>
    context.answers.set('actions/list-workflow-runs', {
      workflow_runs: statuses.map((status) => ({ status })),
    });
  runs('completed', 'completed');
  assert.not(await isRunning(context.connection, 'merge.yml'));
  for (const status of ['in_progress', 'queued', 'pending', 'waiting']) {
    runs('completed', status);
    assert.ok(await isRunning(context.connection, 'merge.yml'), status);
  }
  assert.equal(context.faults, []);
});

test.run();
