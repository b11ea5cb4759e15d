import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { loadSources } from '../../load/load.ts';
import { copyMiniature } from '../../testing/miniature.ts';
import { company, sizeOfFiles } from '../../testing/company.ts';
import { filesOf as filesOfCompany } from '../../testing/repository-files.ts';
import { runIn, type CliResult } from '../../testing/run-cli.ts';
import { suite } from '../../testing/suite.ts';
import { fromCloudflare } from './cloudflare.ts';
import type { ImportDraft, OldRequest } from './draft.ts';
import { filesOf } from './files.ts';
import { proofOf } from './proof.ts';
import { fromTable } from './table.ts';
import { fromTailscale } from './tailscale.ts';
import { parseAddress } from '../../contract/values/address.ts';

// slow: it starts processes
const test = suite('import from another system');

const TAILSCALE = `{
  // People.
  "groups": {
    "group:eng": ["ann@example.org", "bob@example.org"],
    "group:all": ["group:eng", "cyd@example.org"],
  },
  "hosts": { "ledger": "192.0.2.10", "office": "198.51.100.0/24" },
  "acls": [
    { "action": "accept", "src": ["group:eng", "tag:ci"], "dst": ["tag:web:80,443", "ledger:5432"], "proto": "tcp" },
    { "action": "accept", "src": ["group:all"], "dst": ["tag:web:443"] },
    { "action": "accept", "src": ["autogroup:member"], "dst": ["192.0.2.53:53"], "proto": "udp" },
    { "action": "accept", "src": ["cyd@example.org"], "dst": ["192.0.2.0/24:22"], "proto": "tcp" },
    { "action": "accept", "src": ["*"], "dst": ["tag:status:*"], "proto": "tcp" },
  ],
}`;

/** The draft as files of a company that has nothing else, and the proof. */
function taken(draft: ImportDraft) {
  const sources = [...filesOfCompany(company(sizeOfFiles(20)))]
    .filter(([path]) => path.endsWith('environment.yaml'))
    .map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const before = loadSources(sources).repository;
  const [environment] = [...before.environments.keys()] as [string];
  const { files } = filesOf(draft, before, { owner: 'ops', environment });
  const added = [...files].map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const { repository, findings } = loadSources([...sources, ...added]);
  assert.equal(findings, []);
  return { files, proof: proofOf(draft, repository, environment, Date.parse('2026-06-01T12:00:00Z')) };
}

const ask = (
  draft: ImportDraft,
  principal: string | undefined,
  service: string,
  port: number,
  from?: string,
): boolean =>
  draft.allows({
    principal,
    service,
    port,
    source: from === undefined ? undefined : parseAddress(from),
  } as OldRequest);

test('Tailscale: the old answers are those of its description', () => {
  const draft = fromTailscale('policy.hujson', TAILSCALE);
  assert.equal(
    draft.services.map(({ id, protocol, ports }) => `${id} ${protocol} ${JSON.stringify(ports)}`).sort(),
    [
      'host-192-0-2-53 tcp [[22,22]]',
      'host-192-0-2-53-udp udp [[53,53]]',
      'ledger tcp [[22,22],[5432,5432]]',
      'status tcp [[1,65535]]',
      'web tcp [[80,80],[443,443]]',
      'web-udp udp [[443,443]]',
    ],
  );
  const rows: [string | undefined, string, number, boolean][] = [
    ['ann@example.org', 'web', 80, true],
    ['cyd@example.org', 'web', 80, false],
    ['cyd@example.org', 'web', 443, true],
    ['cyd@example.org', 'web-udp', 443, true],
    ['tag-ci', 'web', 443, true],
    ['tag-ci', 'host-192-0-2-53-udp', 53, false],
    [undefined, 'host-192-0-2-53-udp', 53, true],
    ['cyd@example.org', 'ledger', 22, true],
    ['ann@example.org', 'ledger', 22, false],
    [undefined, 'status', 9000, true],
  ];
  for (const [who, service, port, allowed] of rows)
    assert.is(ask(draft, who, service, port), allowed, `${who} ${service} ${port}`);
});

test('Tailscale: what can be expressed is answered alike, and what cannot is a finding and a listed loss', () => {
  const whole = taken(fromTailscale('policy.hujson', TAILSCALE));
  assert.equal(whole.proof.differences, []);
  assert.ok(whole.proof.requests > 50);
  const less = TAILSCALE.replace(
    '"src": ["group:all"],',
    '"src": ["group:all"], "srcPosture": ["posture:latest"],',
  ).replace('"acls"', '"ssh": [], "acls"');
  const draft = fromTailscale('policy.hujson', less);
  assert.equal(
    draft.findings.map(({ line, message }) => `${line} ${message}`),
    [
      '8 `ssh` is not taken over',
      '10 `srcPosture` cannot be asked for here: nothing of this rule is taken over',
    ],
  );
  assert.equal(
    taken(draft).proof.differences.map(({ mark, service, ports, principals }) => [
      mark,
      service,
      ports,
      principals,
    ]),
    [
      ['-', 'web', [443, 443], ['cyd@example.org']],
      ['-', 'web-udp', [443, 443], ['ann@example.org', 'bob@example.org', 'cyd@example.org']],
    ],
  );
});

test('what has a name that nobody knows is a finding, and no silence', () => {
  const odd = TAILSCALE.replace('"acls"', '"acl": [], "acls"').replace(
    '"proto": "tcp" },',
    '"proto": "tcp", "users": ["*"] },',
  );
  const said = fromTailscale('policy.hujson', odd).findings.map(({ line, message }) => `${line} ${message}`);
  assert.equal(said, ['8 `acl` is not known here', '9 `users` is not known here']);
  assert.throws(() => fromCloudflare('access.json', '{"result": []}'), /has no list `apps`/);
});

test('a proof finds what was lost on purpose, and what was given', () => {
  const draft = fromTailscale('policy.hujson', TAILSCALE);
  const [first, ...rest] = draft.policies;
  assert.is(
    taken({ ...draft, policies: rest }).proof.differences.every(({ mark }) => mark === '-'),
    true,
  );
  const wide = taken({ ...draft, policies: [{ ...first!, who: { all: true } }, ...rest] });
  assert.ok(
    wide.proof.differences.some(({ mark, principals }) => mark === '+' && principals.includes('anyone else')),
  );
});

const ACCESS = JSON.stringify({
  groups: [
    {
      id: 'g1',
      name: 'Engineers',
      include: [{ email: { email: 'ann@example.org' } }, { email: { email: 'bob@example.org' } }],
    },
  ],
  apps: [
    {
      ...{ name: 'Wiki', domain: 'wiki.example.org', type: 'self_hosted' },
      policies: [
        { name: 'First', decision: 'allow', include: [{ email: { email: 'bob@example.org' } }] },
        { name: 'Not these', decision: 'deny', include: [{ group: { id: 'g1' } }] },
        {
          name: 'Everybody',
          decision: 'allow',
          include: [{ everyone: {} }],
          require: [{ ip: { ip: '203.0.113.0/24' } }],
        },
      ],
    },
    {
      ...{ name: 'Bastion', domain: 'ssh.example.org', type: 'ssh' },
      policies: [
        {
          name: 'Engineers',
          decision: 'allow',
          include: [{ group: { id: 'g1' } }],
          exclude: [{ email: { email: 'bob@example.org' } }],
        },
      ],
    },
  ],
});

test('Cloudflare: the first policy that matches decides, and ours answer alike, also from each network', () => {
  const draft = fromCloudflare('access.json', ACCESS);
  assert.equal(draft.findings, []);
  const rows: [string | undefined, string, number, string, boolean][] = [
    ['bob@example.org', 'wiki', 443, '192.0.2.1', true],
    ['ann@example.org', 'wiki', 443, '203.0.113.9', false],
    [undefined, 'wiki', 443, '203.0.113.9', true],
    [undefined, 'wiki', 443, '192.0.2.1', false],
    ['ann@example.org', 'bastion', 22, '192.0.2.1', true],
    ['bob@example.org', 'bastion', 22, '192.0.2.1', false],
  ];
  for (const [who, service, port, from, allowed] of rows)
    assert.is(ask(draft, who, service, port, from), allowed, `${who} ${service} ${from}`);
  assert.equal(taken(draft).proof.differences, []);
});

test('Cloudflare: a condition that nothing here can ask for takes an allow away, and is listed', () => {
  const posture = ACCESS.replace('"require":[', '"require":[{"device_posture":{"integration_uid":"x"}},');
  const draft = fromCloudflare('access.json', posture);
  assert.match(
    draft.findings.map(({ message }) => message).join(),
    '`device_posture` cannot be asked for here',
  );
  const differences = taken(draft).proof.differences;
  assert.ok(
    differences.length > 0 && differences.every(({ mark, service }) => mark === '-' && service === 'wiki'),
  );
});

const TABLE = [
  'Principal,Service,Ports,Protocol,Backend,From',
  'ann@example.org,Wiki,443,,wiki.internal,',
  'bob@example.org,Wiki,443,tcp,wiki.internal,',
  'ann@example.org,Wiki,80;8000-8010,,,198.51.100.0/24',
  '*,DNS,53,udp,192.0.2.53,',
  'build-1,"Artifacts, all",443,tcp,,',
  'nobody at all,Wiki,443,,,',
  '',
].join('\n');

test('a table: a line is a right, those that are alike are one policy for a group, and a bad line is a finding', () => {
  const draft = fromTable('people.csv', TABLE);
  assert.equal(
    draft.findings.map(({ line, message }) => `${line} ${message}`),
    ['7 nobody at all is no person or machine'],
  );
  const { files, proof } = taken(draft);
  assert.equal(proof.differences, []);
  assert.match(
    files.get('policies/groups/wiki-users.yaml')!,
    /members:\n +- ann@example\.org\n +- bob@example\.org\n/,
  );
  assert.ok(files.has('policies/services/artifacts-all.yaml'));
});

const PEOPLE = ['ann@example.org', 'bob@example.org', 'cyd@example.org'];
const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });

test('whatever Tailscale’s rules are, without what cannot be said the answers are the same', () => {
  const src = some(['*', 'group:a', 'group:b', 'autogroup:member', 'tag:ci', ...PEOPLE]);
  const port = fc.constantFrom('22', '80,443', '8000-9000', '8500', '*');
  const target = fc.constantFrom('tag:web', 'db', '192.0.2.10', '192.0.2.0/24', '192.0.2.77', '*');
  const acl = fc.record({
    action: fc.constantFrom('accept', 'drop'),
    src,
    dst: fc.array(
      fc.tuple(target, port).map(([to, at]) => `${to}:${at}`),
      { minLength: 1, maxLength: 3 },
    ),
    proto: fc.constantFrom('tcp', 'udp', '17', undefined),
  });
  const grant = fc.record({
    src,
    dst: some(['tag:web', 'db', '192.0.2.0/24']),
    ip: some(['tcp:443', 'udp:53', '*', '80']),
  });
  const policy = fc.record({
    groups: fc.record({ 'group:a': some(PEOPLE), 'group:b': some(['group:a', ...PEOPLE]) }),
    hosts: fc.constant({ db: '192.0.2.10' }),
    acls: fc.array(acl, { maxLength: 4 }),
    grants: fc.array(grant, { maxLength: 2 }),
  });
  fc.assert(
    fc.property(policy, (value) => {
      assert.equal(taken(fromTailscale('policy.hujson', JSON.stringify(value))).proof.differences, []);
    }),
    { seed: 1, numRuns: 150 },
  );
});

test('whatever the order of Cloudflare’s policies is, the answers are the same', () => {
  const rule = fc.oneof(
    fc.constantFrom(...PEOPLE).map((email) => ({ email: { email } })),
    fc.constantFrom({ everyone: {} }, { group: { id: 'g' } }, { email_domain: { domain: 'example.org' } }),
    fc.constantFrom({ service_token: { token_id: 'ci' } }, { any_valid_service_token: {} }),
  );
  const rules = (minLength: number) => fc.array(rule, { minLength, maxLength: 2 });
  const policy = fc.record({
    name: fc.constantFrom('One', 'Two'),
    decision: fc.constantFrom('allow', 'deny', 'bypass', 'non_identity'),
    include: rules(1),
    require: rules(0),
    exclude: rules(0),
  });
  const app = fc.record({
    ...{ name: fc.constantFrom('Wiki', 'Bastion'), type: fc.constantFrom('self_hosted', 'ssh') },
    policies: fc.array(policy, { maxLength: 4 }),
  });
  const group = fc.record({
    id: fc.constant('g'),
    include: fc.constant(PEOPLE.map((email) => ({ email: { email } }))),
    exclude: fc.array(
      fc.constantFrom(...PEOPLE).map((email) => ({ email: { email } })),
      { maxLength: 1 },
    ),
  });
  const access = fc.record({ groups: fc.tuple(group), apps: fc.array(app, { maxLength: 3 }) });
  fc.assert(
    fc.property(access, (value) => {
      assert.equal(taken(fromCloudflare('access.json', JSON.stringify(value))).proof.differences, []);
    }),
    { seed: 1, numRuns: 150 },
  );
});

test('the command writes files without errors, and refuses to write over any', async () => {
  const root = mkdtempSync(join(tmpdir(), 'ztna-import-'));
  try {
    copyMiniature(root);
    writeFileSync(join(root, 'people.csv'), TABLE.replaceAll('Wiki', 'Notes').replaceAll('DNS', 'Names'));
    writeFileSync(join(root, 'policy.hujson'), '{ "acls": [');
    const run = (...words: string[]): Promise<CliResult> =>
      runIn(root, ['import', ...words, '--env', 'live']);
    const shown = await run('csv', join(root, 'people.csv'), '--owner', 'sre');
    assert.match(shown.stdout, /\d+ files, no errors|\d+ files, 0 errors/);
    const before = readdirSync(join(root, 'policies/services')).length;
    const written = await run('csv', join(root, 'people.csv'), '--owner', 'sre', '--write');
    assert.is(written.status, shown.status, written.stderr);
    assert.is(readdirSync(join(root, 'policies/services')).length, before + 3);
    assert.match(readFileSync(join(root, 'policies/groups/notes-users.yaml'), 'utf8'), 'owner: sre');
    assert.is((await runIn(root, ['validate'])).status, 0);
    assert.match((await run('csv', join(root, 'people.csv'))).stderr, 'exists; rename it');
    const broken = await run('tailscale', join(root, 'policy.hujson'));
    assert.is(broken.status, 1);
    assert.match(broken.stderr, /policy\.hujson:1:\d+ is no JSON/);
    assert.match(
      (await run('zscaler', 'x')).stderr,
      'there is no import from zscaler; use tailscale, cloudflare, csv',
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
