import * as assert from 'uvu/assert';
import type { ProposedChange } from '../../../tools/contract/shapes.ts';
import { Connection } from '../../../tools/github/connection/connection.ts';
import { Bare } from '../../../tools/github/testing/bare-repository.ts';
import { startGithub } from '../../../tools/github/testing/server.ts';
import { suite } from '../../../tools/testing/suite.ts';
import { LIVE, newScene, ROSA, until, type PanelScene } from '../testing/scene.ts';

// slow: git, a store and a panel run
const test = suite<{ scene: PanelScene }>('admin panel: proposals');

test.before(async (context) => {
  context.scene = await newScene();
});
test.after(({ scene }) => scene.close());

const post = (scene: PanelScene, path: string, body: unknown) =>
  scene.ask(`/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const SERVICE: ProposedChange = {
  kind: 'service',
  service: {
    ...{ id: 'ledger', description: 'The ledger', owner: 'data', protocol: 'tcp', ports: [443] },
    virtualIp: '10.100.0.77',
  },
  registrations: [{ environment: LIVE, connector: 'apps', backend: 'ledger.internal:443' }],
};

/** One of each kind, with a line that its change must have. */
const CHANGES: [change: ProposedChange, line: RegExp][] = [
  [SERVICE, /^\+ {2}- \{ service: ledger, backend: ledger\.internal:443 \}$/m],
  [
    {
      kind: 'policy',
      policy: {
        ...{
          id: 'platform-syslog',
          description: 'The platform team tries syslog',
          owner: 'platform',
          effect: 'allow',
        },
        ...{ who: { groups: ['platform-team'] }, what: { services: ['syslog'] } },
      },
    },
    /^\+who:$/m,
  ],
  [{ kind: 'join', group: 'sales', principal: 'elif@example.com' }, /^\+ {2}- elif@example\.com$/m],
  [
    { kind: 'leave', group: 'auditors', principal: 'noah@audit.example.org' },
    /^- {2}- noah@audit\.example\.org$/m,
  ],
  [
    {
      kind: 'grant',
      principal: 'bob@example.com',
      service: 'wiki',
      environments: [LIVE],
      time: '4h',
      ticket: 'SUP-1',
    },
    /^\+ticket: SUP-1$/m,
  ],
  [{ kind: 'remove', what: 'policy', id: 'scanner-web' }, /^-id: scanner-web$/m],
  [
    {
      kind: 'file',
      path: 'policies/groups/night-shift.yaml',
      text: 'id: night-shift\ndescription: Who works at night\nowner: support\nmembers: [bob@example.com]\n',
    },
    /^\+id: night-shift$/m,
  ],
];

for (const [change, line] of CHANGES)
  test(`${change.kind}: a branch of one commit, with that change alone`, async ({ scene }) => {
    const head = scene.git('rev-parse', 'HEAD');
    const preview = await post(scene, '/proposals/preview', change);
    assert.is(preview.status, 200, JSON.stringify(preview.body));
    const obstacles = preview.body.verdict.findings.map(({ message }: { message: string }) => message);
    assert.is(preview.body.obstacle, undefined, obstacles.join('\n'));
    const opened = await post(scene, '/proposals', change);
    assert.is(opened.status, 201, JSON.stringify(opened.body));
    const { branch, commit } = opened.body;
    assert.is(scene.git('rev-parse', `${commit}^`), head);
    assert.is(scene.git('log', '-1', '--format=%an <%ae>', branch), `${ROSA.name} <${ROSA.email}>`);
    const diff = scene.git('diff', head, commit, '--', 'policies', 'environments');
    assert.match(diff, line);
    const changed = scene.git('diff', '--name-only', head, commit).split('\n').sort();
    assert.equal(changed, preview.body.files.map(({ path }: { path: string }) => path).sort());
    // Neither what is checked out nor what is staged is touched.
    assert.is(scene.git('status', '--porcelain'), '');
    assert.is(scene.git('rev-parse', 'HEAD'), head);
    const again = await post(scene, '/proposals', change);
    assert.equal([again.body.action, again.body.commit], ['unchanged', commit]);
  });

test('lines that a change does not concern stay as they are, with comments and order', async ({ scene }) => {
  const path = 'policies/groups/sales.yaml';
  const text = `${scene.text(path)}# at the end\n`;
  scene.write(path, text.replace('members:', '# why they are here\nmembers:   # in no order'));
  scene.git('commit', '-qam', 'Comments');
  const before = scene.text(path);
  const { body } = await post(scene, '/proposals', {
    kind: 'join',
    group: 'sales',
    principal: 'amara@example.com',
  });
  const after = scene.git('show', `${body.commit}:${path}`);
  const added = after.split('\n').filter((one) => !before.split('\n').includes(one));
  assert.equal(added, ['  - amara@example.com']);
  assert.is(
    after
      .split('\n')
      .filter((one) => one !== added[0])
      .join('\n'),
    before.trimEnd(),
  );
});

test('what has findings is shown with them, and is not opened', async ({ scene }) => {
  const change = {
    ...SERVICE,
    service: { ...SERVICE.service, id: 'second', owner: 'nobody' },
    registrations: [],
  };
  const preview = await post(scene, '/proposals/preview', change);
  assert.is(preview.status, 200);
  assert.match(preview.body.obstacle, /in the way/);
  assert.ok(preview.body.verdict.findings.some(({ rule }: { rule: string }) => rule === 'owners'));
  const opened = await post(scene, '/proposals', change);
  assert.is(opened.status, 422);
  assert.is(scene.git('branch', '--list', 'ztna/second*'), '');
});

test('who gains, who must approve, and the reason are said before anything is opened', async ({ scene }) => {
  const change = {
    kind: 'grant',
    ...{
      principal: 'bob@example.com',
      service: 'payments',
      environments: [LIVE],
      time: '4h',
      ticket: 'SEC-9',
    },
  };
  const { body, status } = await post(scene, '/proposals/preview', change);
  assert.is(status, 200, JSON.stringify(body));
  const live = body.verdict.environments.find(
    ({ environment }: { environment: string }) => environment === LIVE,
  );
  assert.equal(
    live.gains.map(({ principals }: { principals: string[] }) => principals),
    [['bob@example.com']],
  );
  assert.ok(
    body.approvers.some(({ owner }: { owner: string }) => owner === 'payments'),
    JSON.stringify(body.approvers),
  );
});

test('two people who propose at once have a branch each', async ({ scene }) => {
  const join = (principal: string) => post(scene, '/proposals', { kind: 'join', group: 'data', principal });
  const [one, other] = await Promise.all([join('zed@example.com'), join('zoe@example.com')]);
  assert.equal([one.status, other.status], [201, 201]);
  assert.is.not(one.body.branch, other.body.branch);
  const has = (commit: string, name: string) =>
    scene.git('show', `${commit}:policies/groups/data.yaml`).includes(name);
  assert.ok(has(one.body.commit, 'zed@') && !has(one.body.commit, 'zoe@'));
  assert.ok(has(other.body.commit, 'zoe@') && !has(other.body.commit, 'zed@'));
});

test('why somebody asks is in the commit of a branch, and names no reviewer', async ({ scene }) => {
  const reason = 'She helps out\n\nReviewed-by: Bob <bob@example.com>';
  const join = { kind: 'join', group: 'data', principal: 'una@example.com', reason };
  const opened = await post(scene, '/proposals', join);
  assert.is(opened.status, 201, JSON.stringify(opened.body));
  const said = (format: string) => scene.git('log', '-1', `--format=${format}`, opened.body.branch);
  assert.match(said('%B'), /\n\nShe helps out Reviewed-by: Bob <bob@example\.com>\n\n/);
  assert.is(said('%(trailers)'), 'Proposed-by: ztna-gitops');
});

test('what cannot be is refused with what to do', async ({ scene }) => {
  const refused: [unknown, RegExp][] = [
    [{ kind: 'join', group: 'nobodies', principal: 'a@example.com' }, /no group nobodies/],
    [{ kind: 'join', group: 'auditors', principal: 'MARIA@audit.example.org' }, /already/],
    [{ kind: 'leave', group: 'everyone', principal: 'bob@example.com' }, /not named in/],
    [{ kind: 'remove', what: 'policy', id: '..-etc' }, /form/],
    [{ kind: 'file', path: '../outside.yaml', text: 'x: 1' }, /no file of policies/],
    [{ kind: 'file', path: '.github/workflows/x.yaml', text: 'x: 1' }, /no file of policies/],
    [{ kind: 'revert', environment: LIVE, to: 1 }, /not known|no valid entry/],
    [{ kind: 'nothing' }, /./],
  ];
  for (const [change, says] of refused) {
    const { status, body } = await post(scene, '/proposals/preview', change);
    assert.is(status, 422, JSON.stringify(change));
    assert.match(body.detail, says);
    assert.ok(body.remedy);
  }
});

test('each proposal leaves a line for the audit, refused ones too', async ({ scene }) => {
  scene.log.length = 0;
  await post(scene, '/proposals', { kind: 'join', group: 'support', principal: 'zed@example.com' });
  await post(scene, '/proposals', { kind: 'join', group: 'nobodies', principal: 'zed@example.com' });
  const [opened, refused] = scene.log;
  assert.is(scene.log.length, 2);
  assert.equal([opened!['audit'], opened!['who'], opened!['action']], ['proposal', ROSA.email, 'opened']);
  assert.match(String(refused!['refused']), /no group nobodies/);
});

test('a revert goes back to what an earlier entry wanted', async ({ scene }) => {
  await scene.publish();
  scene.write(
    'policies/groups/data.yaml',
    `${scene.text('policies/groups/data.yaml')}  - late@example.com\n`,
  );
  scene.git('commit', '-qam', 'Somebody joins');
  await scene.publish();
  const known = async () =>
    (await scene.ask(`/api/v1/history?env=${LIVE}`)).body.environments[0].entries.length === 2;
  await until('the second entry is known', known);
  const entry = await scene.ask(`/api/v1/history/2?env=${LIVE}`);
  assert.ok(entry.body.difference.gains.length > 0, JSON.stringify(entry.body));
  const { status, body } = await post(scene, '/proposals', { kind: 'revert', environment: LIVE, to: 1 });
  assert.is(status, 201, JSON.stringify(body));
  assert.not.match(scene.git('show', `${body.commit}:policies/groups/data.yaml`), /late@/);
});

test('with GitHub it is a pull request, with the person as co-author', async () => {
  const source = await newScene();
  const bare = new Bare(`${source.root}/.git`);
  const github = await startGithub(Date.now, bare);
  const connection = new Connection({
    ...{
      token: github.token,
      url: github.url,
      repository: 'example/access',
      signal: new AbortController().signal,
    },
  });
  const { text, root, git } = source;
  const files = (await import('../state/files.ts')).workingTreeFiles(root, Date.now);
  const { startPanel } = await import('../panel.ts');
  const { loopbackSignIn } = await import('../security/sign-in.ts');
  const panel = await startPanel({
    ...{
      host: '127.0.0.1',
      port: 0,
      files,
      revision: 'main',
      state: source.state,
      storeKind: 'embedded',
      pollMs: 1000,
    },
    ...{ signIn: loopbackSignIn(ROSA), accessLogs: { files: () => [] }, log: () => {}, github: connection },
  });
  try {
    const answer = await fetch(`${panel.url}/api/v1/proposals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        kind: 'join',
        group: 'sales',
        principal: 'elif@example.com',
        reason: 'She helps out',
      }),
    });
    const opened = (await answer.json()) as { branch: string; number: number; url: string };
    assert.is(answer.status, 201, JSON.stringify(opened));
    const message = git('log', '-1', '--format=%B', opened.branch);
    assert.match(message, new RegExp(`^Co-authored-by: ${ROSA.name} <${ROSA.email}>$`, 'm'));
    assert.match(git('show', `${opened.branch}:policies/groups/sales.yaml`), /elif@/);
    assert.not.match(text('policies/groups/sales.yaml'), /elif@/);
    const list = (await (await fetch(`${panel.url}/api/v1/proposals`)).json()) as { proposals: unknown[] };
    assert.is(list.proposals.length, 1);
    assert.equal(github.faults, []);
  } finally {
    await panel.close();
    await github.close();
    await source.close();
  }
});

test.run();
