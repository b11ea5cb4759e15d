import { Octokit } from '@octokit/rest';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { Contract } from './openapi/openapi.ts';
import { HANDLERS } from './handlers.ts';
import { OPERATIONS } from './operations.ts';
import { startGithub, type GithubServer } from './server.ts';

interface Context {
  github: GithubServer;
  octokit: Octokit;
}

const test = suite<Context>('a GitHub of our own');

test.before.each(async (context) => {
  context.github = await startGithub();
  const { url: baseUrl, token: auth } = context.github;
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  context.octokit = new Octokit({ baseUrl, auth, log });
});

test.after.each(({ github }) => github.close());

const AT = { owner: 'example', repo: 'access' };

const statusOf = (call: Promise<{ status: number }>): Promise<number> =>
  call.then(
    ({ status }) => status,
    ({ status }: { status: number }) => status,
  );

test('the extract holds the operations of the list, leads nowhere outside, and has all that the server does', () => {
  const { extract } = new Contract();
  assert.equal(
    extract.operations.map(({ id }) => id),
    [...OPERATIONS],
  );
  assert.equal(
    Object.keys(HANDLERS).filter((id) => !OPERATIONS.includes(id)),
    [],
  );
  const text = JSON.stringify(extract);
  const names = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref]) => ref!);
  for (const ref of names) assert.ok(ref.replace('#/schemas/', '') in extract.schemas, ref);
  assert.not.match(text, /"(example|examples|externalDocs)":/);
});

const WRONG: [name: string, says: RegExp, call: (octokit: Octokit) => Promise<{ status: number }>][] = [
  [
    'a key that the description does not have',
    /body.*must NOT have additional properties/,
    (octokit) => octokit.issues.createComment({ ...AT, issue_number: 7, body: 'x', colour: 'red' } as never),
  ],
  [
    'a body that lacks what is required',
    /must have required property 'state'/,
    (octokit) =>
      octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
        ...AT,
        sha: 'a',
        context: 'x',
      } as never),
  ],
  [
    'a value that is not listed',
    /must be equal to one of the allowed values/,
    (octokit) => octokit.repos.createCommitStatus({ ...AT, sha: 'a', state: 'fine' as never }),
  ],
  [
    'text where a number belongs',
    /path issue_number must be integer/,
    (octokit) =>
      octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        ...AT,
        issue_number: 'seven' as never,
      }),
  ],
  [
    'a parameter that the description does not have',
    /query colour is unknown/,
    (octokit) =>
      octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        ...AT,
        issue_number: 7,
        colour: 'red',
      }),
  ],
  [
    'an operation that nobody listed',
    /is no operation of the extract/,
    (octokit) => octokit.repos.listBranches(AT),
  ],
  [
    'a check run that is complete and does not say how',
    /must have required property 'conclusion'/,
    (octokit) =>
      octokit.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
        ...AT,
        check_run_id: 1,
        status: 'completed',
      } as never),
  ],
];

for (const [name, says, call] of WRONG)
  test(`it refuses ${name}`, async ({ github, octokit }) => {
    assert.ok((await statusOf(call(octokit))) >= 400);
    assert.match(github.faults.join('\n'), says);
  });

test('it asks for a token', async ({ github }) => {
  const answer = await fetch(`${github.url}/user`);
  assert.is(answer.status, 401);
});

test('branches, files, pull requests, issues and deployments are remembered', async ({ github, octokit }) => {
  const { refs, contents, pulls, issues, deployments } = github.state;
  refs.set('refs/heads/main', 'b'.repeat(40));
  const { data: ref } = await octokit.git.getRef({ ...AT, ref: 'heads/main' });
  await octokit.git.createRef({ ...AT, ref: 'refs/heads/revert', sha: ref.object.sha });
  assert.is(await statusOf(octokit.git.createRef({ ...AT, ref: 'refs/heads/revert', sha: 'c' })), 422);
  await octokit.git.updateRef({ ...AT, ref: 'heads/revert', sha: 'd'.repeat(40) });
  const file = { ...AT, path: 'policies/access/a.yaml', branch: 'revert', message: 'Less' };
  const put = (text: string, sha?: string) =>
    octokit.repos.createOrUpdateFileContents({
      ...file,
      content: Buffer.from(text).toString('base64'),
      ...(sha && { sha }),
    });
  await put('one');
  assert.is(await statusOf(put('two')), 409);
  const { data: found } = await octokit.repos.getContent({ ...AT, path: file.path, ref: 'revert' });
  await put('two', (found as { sha: string }).sha);
  assert.is(contents.get('revert policies/access/a.yaml'), 'two');
  assert.is(await statusOf(octokit.repos.getContent({ ...AT, path: 'nowhere' })), 404);
  const { data: pull } = await octokit.pulls.create({ ...AT, title: 'Revert', head: 'revert', base: 'main' });
  assert.is(
    await statusOf(octokit.pulls.create({ ...AT, title: 'Again', head: 'revert', base: 'main' })),
    422,
  );
  assert.is((await octokit.pulls.list({ ...AT, head: 'example:revert' })).data.length, 1);
  await octokit.pulls.update({ ...AT, pull_number: pull.number, state: 'closed' });
  const { data: issue } = await octokit.issues.create({
    ...AT,
    title: 'Drift',
    body: 'x',
    labels: ['drift'],
  });
  assert.is(issue.number, pull.number + 1);
  await octokit.issues.update({ ...AT, issue_number: issue.number, body: 'y' });
  assert.equal(
    (await octokit.issues.listForRepo({ ...AT, labels: 'drift' })).data.map(({ body }) => body),
    ['y'],
  );
  const { data } = await octokit.repos.createDeployment({ ...AT, ref: 'main', environment: 'live' });
  const { id } = data as { id: number };
  await octokit.repos.createDeploymentStatus({
    ...AT,
    deployment_id: id,
    state: 'success',
    description: '1.7',
  });
  await octokit.git.deleteRef({ ...AT, ref: 'heads/revert' });
  assert.equal(
    [refs.size, pulls[0]!.state, issues.length, deployments[0]!.statuses],
    [1, 'closed', 1, [{ state: 'success', description: '1.7' }]],
  );
  const { data: runs } = await octokit.checks.listForRef({ ...AT, ref: 'a' });
  const { data: statuses } = await octokit.repos.listCommitStatusesForRef({ ...AT, ref: 'a' });
  const { data: repository } = await octokit.repos.get(AT);
  assert.equal([runs.total_count, statuses.length, repository.default_branch], [0, 0, 'main']);
  assert.equal(github.faults, []);
});

test.run();
