import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { newSite, type Site } from '../../github/testing/sandbox.ts';
import { suite } from '../../testing/suite.ts';
import { GithubFault } from '../../github/connection/fault.ts';
import { Fault, faultText } from '../../contract/fault.ts';
import type { Command, Context as CommandContext } from './command.ts';
import { digests } from '../digests.ts';
import { drift } from '../drift.ts';
import { expire } from '../expire.ts';
import { follow } from '../follow.ts';
import { grant } from '../grant.ts';
import { keys } from '../keys.ts';
import { publish } from '../publish.ts';
import { rollback } from '../rollback.ts';

interface Context {
  site: Site;
  /** The present. */
  at: number;
}

// slow: over 5 s
const test = suite<Context>('commands: pull requests and issues of our own');

test.before.each(async (context) => {
  context.site = await newSite();
  context.at = Date.parse('2026-06-01T12:00:00Z');
});

test.after.each(async ({ site }) => {
  const { faults } = site.github;
  await site.close();
  assert.equal(faults, []);
});

const COMPONENTS = ['intermediate/one', 'connector/connector-0', 'connector/connector-1'];

/** Runs a command in this process; a refusal is its status, with its words. */
async function run({ site, at }: Context, command: Command, options: object = {}, ...words: string[]) {
  const written = { out: '', err: '' };
  const context: CommandContext = {
    root: site.clone,
    state: join(site.clone, '.ztna'),
    now: () => new Date(at),
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    terminal: false,
    signal: new AbortController().signal,
    env: site.env,
  };
  try {
    return { status: await command.run({ arguments: words, options: { ...options } }, context), ...written };
  } catch (error) {
    if (!(error instanceof Fault || error instanceof GithubFault)) throw error;
    return { ...written, status: 2, err: `${written.err}${faultText(error)}` };
  }
}

/** The files in which a branch on GitHub differs from main, each with what became of it. */
const changed = ({ site }: Context, branch: string): string[] =>
  site.bare
    .git(['diff', '--name-status', '--no-renames', `main...${branch}`])
    .split('\n')
    .filter(Boolean);

const GRANT = { for: '4h', env: ['live'], ticket: 'SEC-9' };
const PATH = 'policies/access/grant-person-1-service-2-202606011200.yaml';

test('grant writes the file here, or proposes the same file and writes nothing here', async (context) => {
  const { site } = context;
  const proposed = await run(
    context,
    grant,
    { ...GRANT, execute: true },
    'person-1@example.com',
    'service-2',
  );
  assert.is(proposed.status, 0, proposed.err);
  assert.match(proposed.out, /gains `service-2`/);
  assert.match(proposed.out, /pull request 1 is opened: https:\/\/github\.com\/example\/access\/pull\/1\n$/);
  assert.not(existsSync(join(site.clone, PATH)));
  const branch = 'ztna/grant-person-1-service-2-202606011200';
  assert.equal(changed(context, branch), [`A\t${PATH}`]);
  const [pull] = site.github.state.pulls;
  assert.equal(
    [pull!.title, pull!.head.ref],
    ['person-1@example.com reaches service-2 for 4h (SEC-9)', branch],
  );
  assert.match(
    pull!.body,
    /`person-1@example\.com` reaches service-2 .*\n\nIt ends by itself at `?2026-06-01T16:00/,
  );
  assert.match(pull!.body, /### live: 1 person gains access/);
  const written = await run(context, grant, GRANT, 'person-1@example.com', 'service-2');
  assert.match(written.out, /^wrote policies\/access\//);
  assert.is(
    readFileSync(join(site.clone, PATH), 'utf8').trimEnd(),
    site.bare.git(['show', `${branch}:${PATH}`]),
  );
});

test('a grant that is not allowed is not proposed', async (context) => {
  const refused = await run(
    context,
    grant,
    { ...GRANT, from: ['nowhere'], execute: true },
    'person-1@example.com',
    'service-2',
  );
  assert.is(refused.status, 2);
  assert.equal(context.site.github.state.pulls, []);
});

test('which repository is asked of the option, the environment and the remote, and must be one', async (context) => {
  const { site } = context;
  const attempt = () => run(context, grant, { ...GRANT, execute: true }, 'person-1@example.com', 'service-2');
  site.env['GITHUB_REPOSITORY'] = 'somebody/else';
  assert.match((await attempt()).err, /could not read the branch|no branch main/);
  site.env['GITHUB_REPOSITORY'] = '';
  site.git('remote', 'remove', 'origin');
  assert.match((await attempt()).err, /which repository on GitHub\? add --repository/);
  site.env['GITHUB_TOKEN'] = '';
  const asked = { ...GRANT, execute: true, repository: 'example/access' };
  assert.match(
    (await run(context, grant, asked, 'a@example.com', 'service-2')).err,
    /GITHUB_TOKEN is not set/,
  );
});

const TEAM = 'policies/groups/team-0.yaml';

/** A commit on main, published. */
async function published(context: Context, subject: string, edit: () => void): Promise<void> {
  edit();
  context.site.commit(subject);
  context.site.git('push', '-q', 'origin', 'main');
  assert.is((await run(context, publish, { env: 'live', execute: true })).status, 0);
}

const join1 = ({ site }: Context, who: string): void =>
  site.write(
    TEAM,
    readFileSync(join(site.clone, TEAM), 'utf8').replace('members:', `members:\n  - ${who}@example.com`),
  );

test('rollback proposes the files as of an entry, and keeps what was merged elsewhere since', async (context) => {
  const { site } = context;
  await run(context, keys, {}, 'init');
  assert.is((await run(context, publish, { env: 'live', execute: true })).status, 0);
  await published(context, 'Ask @octocat: newcomer', () => join1(context, 'newcomer'));
  await published(context, 'And another policy', () => {
    join1(context, 'second');
    site.write(
      'policies/access/extra.yaml',
      readFileSync(join(site.clone, 'policies/access/policy-0.yaml'), 'utf8')
        .replace('policy-0', 'extra')
        .replace('number 0', 'extra'),
    );
  });
  // Merged since, and published nowhere.
  site.write(
    'policies/access/policy-1.yaml',
    `${readFileSync(join(site.clone, 'policies/access/policy-1.yaml'), 'utf8')}# a note\n`,
  );
  site.commit('A note');
  site.git('push', '-q', 'origin', 'main');

  const dry = await run(context, rollback, { env: 'live', to: '1' });
  assert.is(dry.status, 0, dry.err);
  assert.match(
    dry.out,
    /^from commit \w{12} back to \w{12}: 2 files\n {2}writes  policies\/groups\/team-0\.yaml\n {2}deletes policies\/access\/extra\.yaml\n/,
  );
  assert.match(dry.out, /live: 2 people lose access/);
  assert.match(dry.err, /opened with --execute/);
  assert.equal(site.github.state.pulls, []);

  const done = await run(context, rollback, {
    env: 'live',
    to: '1',
    execute: true,
    reason: 'INC-7: @octocat',
  });
  assert.match(done.out, /pull request 1 is opened/);
  const [pull] = site.github.state.pulls;
  assert.equal(changed(context, pull!.head.ref), ['D\tpolicies/access/extra.yaml', `M\t${TEAM}`]);
  for (const text of [
    'INC-7: `@octocat`',
    '**Entries since**',
    '**Files**',
    '### live: 2 people lose access',
  ])
    assert.ok(pull!.body.includes(text), `${text} in ${pull!.body}`);
  assert.not.match(pull!.body, /(^|[^`])@octocat/);
  assert.match(
    (await run(context, rollback, { env: 'live', to: '1', execute: true, reason: 'INC-7: @octocat' })).out,
    /says this already/,
  );

  assert.is(site.bare.git(['rev-parse', `${pull!.head.ref}^`]), site.bare.git(['rev-parse', 'main~1']));
  const merged = site.bare.squash('main', pull!.head.ref, 'Revert', 'ann');
  assert.is(site.bare.git(['diff', '--name-only', 'main~4', merged]), 'policies/access/policy-1.yaml');
});

test('a rollback from where an emergency went back already reverts what that undid', async (context) => {
  await run(context, keys, {}, 'init');
  await run(context, publish, { env: 'live', execute: true });
  await published(context, 'Newcomer', () => join1(context, 'newcomer'));
  const now = { env: 'live', to: '1', now: true, reason: 'INC-7', execute: true };
  assert.is((await run(context, rollback, now)).status, 0);
  await run(context, rollback, { env: 'live', to: '1', execute: true });
  assert.equal(changed(context, context.site.github.state.pulls[0]!.head.ref), [`M\t${TEAM}`]);
});

test('what a rollback cannot be is said', async (context) => {
  const { site } = context;
  await run(context, keys, {}, 'init');
  await run(context, publish, { env: 'live', execute: true });
  const says = async (to: string) => (await run(context, rollback, { env: 'live', to, execute: true })).err;
  assert.match(await says('7'), /no valid entry 7/);
  assert.match(await says('1'), /no entry after that one has anything/);
  await published(context, 'Newcomer', () => join1(context, 'newcomer'));
  site.write(TEAM, readFileSync(join(site.clone, TEAM), 'utf8').replace('newcomer', 'dirty'));
  await run(context, publish, { env: 'live', execute: true });
  assert.match(await says('3'), /published with changes that no commit holds/);
  assert.match((await run(context, rollback, { env: 'live', to: '1', now: true })).err, /why go back/);
  const file = 'environments/live/environment.yaml';
  site.git('checkout', '-q', TEAM);
  // Another environment has begun a new epoch since.
  await published(context, 'A second environment', () =>
    site.write('environments/lab/environment.yaml', second(site, file, 1)),
  );
  await published(context, 'Begun again', () => {
    site.write('environments/lab/environment.yaml', second(site, file, 2));
    join1(context, 'third');
  });
  assert.match(await says('4'), /entry 4 is older than the epoch of lab, which is never lowered/);
  assert.equal(site.github.state.pulls, []);
});

function second({ clone }: Site, file: string, epoch: number): string {
  const text = readFileSync(join(clone, file), 'utf8');
  return text
    .replace('id: live', 'id: lab')
    .replace('epoch: 1', `epoch: ${epoch}`)
    .replaceAll('10.20.', '10.30.')
    .replaceAll('10.64.0.0', '10.128.0.0')
    .replaceAll('live', 'lab');
}

/** Gives a policy an end. */
function ends({ site }: Context, id: string, expires: string): void {
  const path = `policies/access/${id}.yaml`;
  const text = readFileSync(join(site.clone, path), 'utf8')
    .replace(/when:\n(?: {2}.*\n)+/, '')
    .replace(/^ticket:/m, `when: { expires: ${expires} }\nticket:`);
  site.write(path, text);
}

test('expire lists, deletes here, and keeps one pull request as long as there is something to delete', async (context) => {
  const { site } = context;
  ends(context, 'policy-0', '2026-05-01T00:00:00Z');
  ends(context, 'policy-1', '2026-06-10T00:00:00Z');
  ends(context, 'policy-2', '2026-07-10T00:00:00Z');
  site.commit('Ends');
  site.git('push', '-q', 'origin', 'main');
  const listed = await run(context, expire);
  assert.is(
    listed.out,
    '1 policy has expired, 1 will soon\n  - 2026-05-01T00:00:00Z `policies/access/policy-0.yaml` of platform\n    2026-06-10T00:00:00Z `policies/access/policy-1.yaml` of platform\n',
  );
  assert.match((await run(context, expire, { within: '60d' })).out, /2 will soon/);
  assert.equal(site.github.calls, []);

  // Meanwhile something else was merged: what was looked at is what is changed.
  site.git('commit', '-q', '--allow-empty', '-m', 'Later');
  site.git('push', '-q', 'origin', 'main');
  site.git('checkout', '-q', 'HEAD~1');
  assert.match((await run(context, expire, { execute: true })).out, /pull request 1 is opened/);
  assert.is(site.bare.git(['rev-parse', 'ztna/expire^']), site.git('rev-parse', 'HEAD'));
  site.git('checkout', '-q', 'main');
  assert.equal(changed(context, 'ztna/expire'), ['D\tpolicies/access/policy-0.yaml']);
  const [pull] = site.github.state.pulls;
  assert.match(pull!.body, /\*\*They have expired\*\*\n\n- .*`policies\/access\/policy-0\.yaml`/);
  assert.match(pull!.body, /\*\*These will soon\*\*\n\n- .*`policies\/access\/policy-1\.yaml`/);
  assert.match((await run(context, expire, { execute: true })).out, /pull request 1 says this already/);

  context.at = Date.parse('2026-06-10T00:00:00Z');
  assert.match((await run(context, expire, { execute: true })).out, /pull request 1 is updated/);
  assert.equal(changed(context, 'ztna/expire'), [
    'D\tpolicies/access/policy-0.yaml',
    'D\tpolicies/access/policy-1.yaml',
  ]);

  await run(context, expire, { write: true });
  assert.is(
    site.git('status', '--porcelain'),
    'D policies/access/policy-0.yaml\n D policies/access/policy-1.yaml',
  );
  site.commit('Removed by hand');
  site.git('push', '-q', 'origin', 'main');
  assert.match(
    (await run(context, expire, { execute: true })).out,
    /pull request 1 is closed: nothing is left to remove/,
  );
  assert.equal([pull!.state, site.github.state.refs.has('refs/heads/ztna/expire')], ['closed', false]);
  assert.is((await run(context, expire, { execute: true })).out, '0 policies have expired, 0 will soon\n');
});

const DAY = 86_400_000;

/** A second environment, before the one that there is, with an image that the later one lacks. @returns the commit */
function withNewImage({ site }: Context): string {
  cpSync(join(site.clone, 'environments/live'), join(site.clone, 'environments/lab'), { recursive: true });
  const rewrite = (path: string, edit: (text: string) => string): void =>
    writeFileSync(join(site.clone, path), edit(readFileSync(join(site.clone, path), 'utf8')));
  rewrite('environments/lab/environment.yaml', (text) =>
    text.replace(/^id: live$/m, 'id: lab').replace(/sha256:[0-9a-f]{64}/, `sha256:${'1'.repeat(64)}`),
  );
  rewrite('environments/live/environment.yaml', (text) => `${text.trimEnd()}\nafter: [lab]\n`);
  site.commit('Images of lab');
  site.git('push', '-q', 'origin', 'main');
  return site.git('rev-parse', 'HEAD');
}

test('images bake from when every environment had them, and not from the merge', async (context) => {
  const { site } = context;
  const { deployments } = site.github.state;
  const record = (ref: string, at: number, state = 'success'): void =>
    void deployments.push({
      ...{ id: deployments.length + 1, ref, environment: 'all environments', at: new Date(at).toISOString() },
      statuses: [{ state, description: '' }],
    });
  const before = site.git('rev-parse', 'HEAD');
  const images = withNewImage(context);
  const merged = Date.now();
  context.at = merged + 2 * DAY;
  const promoted = async (options: object = { delivered: true }): Promise<boolean> =>
    /^live:/.test((await run(context, digests, options)).out);
  assert.is(await promoted({}), true, 'from the merge');
  record(before, merged);
  assert.is(await promoted(), false, 'no record has it');
  record(images, merged + DAY / 2, 'failure');
  assert.is(await promoted(), false, 'a record that broke off is none');
  record(images, merged + 1.5 * DAY);
  assert.is(await promoted(), false, 'for half a day');
  context.at = merged + 2.6 * DAY;
  assert.is(await promoted(), true, 'for a day');
  // Whom it does not suit closes it, and it is not opened again the next day.
  const propose = async () => (await run(context, digests, { delivered: true, execute: true })).out;
  assert.match(await propose(), /pull request 1 is opened/);
  site.github.state.pulls[0]!.state = 'closed';
  assert.not.match(await propose(), /opened/);
  assert.is(site.github.state.pulls.length, 1);
  // What is merged later takes nothing of it away.
  site.git('commit', '-q', '--allow-empty', '-m', 'Later');
  record(site.git('rev-parse', 'HEAD'), merged + 2.5 * DAY);
  assert.is(await promoted(), true);
});

test('images of a run that ends after that of a later commit are left out', async (context) => {
  const { site } = context;
  const built = withNewImage(context);
  const image = [`policy-agent=sha256:${'2'.repeat(64)}`];
  const ask = (builtFrom: string) => run(context, digests, { image, builtFrom });
  site.git('commit', '-q', '--allow-empty', '-m', 'Nothing of images');
  assert.match((await ask(built)).out, /^lab:\n.*policy-agent/);
  site.write('images/policy-agent/main.ts', 'export {};\n');
  const later = (site.commit('Another image'), site.git('rev-parse', 'HEAD'));
  assert.is((await ask(built)).out, `${later} has images of its own: those of ${built} are left out\n`);
  assert.match((await ask(later)).out, /^lab:\n/);
  assert.match((await ask('f'.repeat(40))).err, /is no commit before what is checked out/);
});

test('an access test that asks for what is past is told of', async (context) => {
  const { site } = context;
  const common = 'description: Past\nowner: platform';
  site.write('policies/groups/past.yaml', `id: past\n${common}\nmembers: [past@example.com]\n`);
  site.write(
    'policies/access/past.yaml',
    `id: past\n${common}\neffect: allow\nwho: { groups: [past] }\nwhat: { services: [service-2] }\nwhen: { expires: 2026-05-01T00:00:00Z }\nticket: SEC-1\n`,
  );
  const [, port] = /ports:\n {2}- "?(\d+)/.exec(
    readFileSync(join(site.clone, 'policies/services/service-2.yaml'), 'utf8'),
  )!;
  site.write(
    'policies/tests/past.yaml',
    `id: past\ndescription: What was\nexpect:\n  - { principal: past@example.com, reaches: service-2, port: ${port}, at: "2026-04-01T12:00:00Z" }\n`,
  );
  site.commit('The past');
  site.git('push', '-q', 'origin', 'main');
  assert.match((await run(context, expire)).out, /! without them: policies\/tests\/past\.yaml:4 /);
  await run(context, expire, { execute: true });
  assert.match(
    site.github.state.pulls[0]!.body,
    /\*\*This is wrong without them: fix it first\*\*\n\n- .*past\.yaml/,
  );
});

test('drift is one issue for an environment, changed in place and closed by itself', async (context) => {
  const { site } = context;
  const { issues } = site.github.state;
  const look = () => run(context, drift, { issue: true, execute: true });
  await run(context, keys, {}, 'init');
  // Followers live by the machine's own clock.
  context.at = Date.now();
  // Another person's issue with our marker is not ours.
  issues.push({
    number: 1,
    title: 'Mine',
    body: '<!-- ztna-gitops:drift live -->\n',
    state: 'open',
    login: 'mallory',
    labels: [],
  });
  assert.match((await run(context, drift, { issue: true })).err, /no issue is written without --execute/);
  assert.is(issues.length, 1);
  const first = await look();
  assert.is(first.status, 1);
  assert.match(first.err, /live: issue 2 is opened: https/);
  assert.match(issues[1]!.body, /^<!-- ztna-gitops:drift live -->\n\n- \*\*/);
  assert.match((await look()).err, /issue 2 is unchanged/);
  assert.is((await run(context, publish, { env: 'live', execute: true })).status, 0);
  assert.match((await look()).err, /issue 2 is updated/);
  for (const component of COMPONENTS)
    await run(context, follow, {
      env: 'live',
      component,
      out: join(site.clone, 'out', component),
      once: true,
    });
  const agreed = await look();
  assert.equal(
    [agreed.status, agreed.err],
    [0, 'live: issue 2 is closed: https://github.com/example/access/issues/2\n'],
  );
  assert.is((await look()).err, '');
  assert.equal(
    issues.map(({ state }) => state),
    ['open', 'closed'],
  );
  join1(context, 'newcomer');
  assert.match((await look()).err, /issue 3 is opened/);
});

test.run();
