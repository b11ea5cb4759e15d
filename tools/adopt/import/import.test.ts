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
  assert.equal(whole.proof.lost, [{ who: 'cyd@example.org', target: '192.0.2.0/24', ports: [22] }]);
  const less = TAILSCALE.replace(
    '"src": ["group:all"],',
    '"src": ["group:all"], "srcPosture": ["posture:latest"],',
  ).replace('"acls"', '"ssh": [], "acls"');
  const draft = fromTailscale('policy.hujson', less);
  assert.equal(
    draft.findings.map(({ line, message }) => `${line} ${message}`),
    [
      '8 `ssh` is not taken over',
      '12 192.0.2.0/24 is more than one machine: only 2 named machines of it are taken over',
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

test('Tailscale: a machine that is only led to, or only owned, is no person', () => {
  const text = `{
    "tagOwners": { "tag:web": ["ann@example.org"], "tag:spare": ["ann@example.org"] },
    "acls": [{ "action": "accept", "src": ["autogroup:member"], "dst": ["tag:web:443", "tag:db:5432"], "proto": "tcp" }],
  }`;
  const draft = fromTailscale('policy.hujson', text);
  const machines = ['tag-db', 'tag-spare', 'tag-web'];
  for (const one of machines) assert.is(ask(draft, one, 'db', 5432), false, one);
  assert.is(ask(draft, undefined, 'db', 5432), true);
  for (const { who } of draft.policies) assert.equal([...(who.except?.principals ?? [])].sort(), machines);
  assert.equal(taken(draft).proof.differences, []);
});

test('Tailscale: beside machines that are named, the rest of a network is a finding and a listed loss', () => {
  const wide = (dst: string[], hosts = {}) =>
    fromTailscale(
      'policy.hujson',
      JSON.stringify({ hosts, acls: [{ action: 'accept', src: ['ann@example.org'], dst }] }),
    );
  const rows: [string[], object, string, number][] = [
    [['*:*'], {}, '*', 0],
    [['10.0.0.1:22', '*:*'], {}, '*', 1],
    [['10.0.0.1:22', '10.0.0.0/8:*'], {}, '10.0.0.0/8', 1],
    [['10.0.0.1:22', 'office:*'], { office: '10.0.0.0/8' }, 'office', 1],
    [['autogroup:internet:*'], {}, 'autogroup:internet', 0],
  ];
  for (const [dst, hosts, target, named] of rows) {
    const draft = wide(dst, hosts);
    assert.is(draft.findings.length, 1, target);
    if (!target.startsWith('autogroup'))
      assert.match(draft.findings[0]!.message, `: ${named === 1 ? 'only 1 named machine' : 'none'} of it is`);
    const { files, proof } = taken(draft);
    assert.equal(proof.lost, [{ who: 'ann@example.org', target, ports: ['1-65535'] }]);
    assert.is(files.size > 0, named > 0);
  }
  assert.equal(wide(['10.0.0.1:22', '10.0.0.1/32:80']).lost, []);
});

test('Tailscale: whom nobody can name, and what is neither TCP nor UDP, is lost', () => {
  const text = JSON.stringify({
    groups: { 'group:a': ['ann@example.org', '*@example.org'], 'group:b': ['group:a'] },
    acls: [
      { action: 'accept', src: ['group:b', 'autogroup:admin'], dst: ['tag:web:443'] },
      { action: 'accept', src: ['*', 'autogroup:admin'], dst: ['tag:db:443'] },
      { action: 'accept', src: ['ann@example.org'], dst: ['tag:web:*'], proto: 'icmp' },
      { action: 'drop', src: ['autogroup:admin'], dst: ['*:*'] },
    ],
    grants: [{ src: ['ann@example.org'], dst: ['tag:web'], ip: ['icmp:*', 'tcp:22'] }],
  });
  assert.equal(
    taken(fromTailscale('policy.hujson', text)).proof.lost.map(({ who, target, ports }) => [
      who,
      target,
      ports,
    ]),
    [
      ['whoever matches `*@example.org`', 'tag:web', [443]],
      ['whoever matches `autogroup:admin`', 'tag:web', [443]],
      ['ann@example.org', 'tag:web', ['1-65535']],
      ['ann@example.org', 'tag:web', ['1-65535']],
    ],
  );
});

test('what has a name that nobody knows is a finding, and no silence', () => {
  const odd = TAILSCALE.replace('"acls"', '"acl": [], "acls"').replace(
    '"proto": "tcp" },',
    '"proto": "tcp", "users": ["*"] },',
  );
  const said = fromTailscale('policy.hujson', odd).findings.map(({ line, message }) => `${line} ${message}`);
  assert.equal(said.slice(0, 2), ['8 `acl` is not known here', '9 `users` is not known here']);
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

test('Cloudflare: whoever only a rule means that nothing here can ask for is listed as lost', () => {
  const app = (policies: object[]) => ({ apps: [{ name: 'Wiki', domain: 'wiki.example.org', policies }] });
  const okta = { okta: { name: 'staff' } };
  const ann = { email: { email: 'ann@example.org' } };
  const domain = { email_domain: { domain: 'example.org' } };
  const all = { everyone: {} };
  const staff = 'whoever matches `okta` (staff)';
  const others = 'whoever matches `email_domain` (example.org)';
  const rows: [object[], string[]][] = [
    [[{ decision: 'allow', include: [okta] }], [staff]],
    [[{ decision: 'allow', include: [ann, okta] }], [staff]],
    [[{ decision: 'allow', include: [ann, domain] }], [others]],
    [[{ decision: 'allow', include: [okta], require: [domain] }], [staff]],
    [[{ decision: 'allow', include: [all, okta] }], []],
    [[{ decision: 'allow', include: [all], exclude: [okta, ann] }], ['anyone else']],
    // A block is about whomever it may be about, so that nobody gains.
    [
      [
        { decision: 'deny', include: [okta] },
        { decision: 'allow', include: [ann] },
      ],
      ['ann@example.org'],
    ],
    [
      [
        { decision: 'deny', include: [all], exclude: [okta] },
        { decision: 'allow', include: [all] },
      ],
      [staff],
    ],
    [
      [
        { decision: 'deny', include: [domain] },
        { decision: 'allow', include: [all] },
      ],
      ['anyone else'],
    ],
  ];
  for (const [policies, lost] of rows) {
    const draft = fromCloudflare('access.json', JSON.stringify(app(policies)));
    const { differences } = taken(draft).proof;
    assert.equal(
      differences.flatMap(({ mark, principals }) => principals.map((one) => `${mark} ${one}`)),
      lost.map((one) => `- ${one}`),
      JSON.stringify(policies),
    );
  }
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
  assert.equal(proof.lost, [{ who: 'nobody at all', target: 'Wiki', ports: ['443'] }]);
  assert.match(
    files.get('policies/groups/wiki-users.yaml')!,
    /members:\n +- ann@example\.org\n +- bob@example\.org\n/,
  );
  assert.ok(files.has('policies/services/artifacts-all.yaml'));
});

const PEOPLE = ['ann@example.org', 'bob@example.org', 'cyd@example.org'];
const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });

test('whatever Tailscale’s rules are, the answers are the same, and what is more than a machine is lost', () => {
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
      const { differences, lost } = taken(fromTailscale('policy.hujson', JSON.stringify(value))).proof;
      assert.equal(differences, []);
      const accepted = value.acls.filter(({ action }) => action === 'accept');
      const wide = [...accepted, ...value.grants.flatMap((one) => one.ip.map(() => one))]
        .flatMap(({ dst }) => dst.map((one) => one.replace(/:[-\d,*]+$/, '')))
        .filter((one) => one === '*' || one.endsWith('/24'));
      assert.equal(lost.map(({ target }) => target).sort(), wide.sort());
    }),
    { seed: 1, numRuns: 150 },
  );
});

/** Rules of Access that say here what they say there, and those that do not. */
const SAID = [
  ...PEOPLE.map((email) => ({ email: { email } })),
  ...[{ everyone: {} }, { everyone: {} }, { group: { id: 'g' } }, { service_token: { token_id: 'ci' } }],
];
const UNSAID = [
  ...[{ okta: { name: 'staff' } }, { group: { id: 'unknown' } }],
  ...[{ email_domain: { domain: 'example.org' } }, { any_valid_service_token: {} }],
];

/** Files of Access whose policies have these rules. */
function accessOf(kinds: readonly object[]) {
  const rule = fc.constantFrom(...kinds);
  const include = fc.array(rule, { minLength: 1, maxLength: 2 });
  // Most policies ask for nothing else: then one that blocks is seen beside one that lets everybody in.
  const others = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: include });
  const policy = fc.record({
    name: fc.constantFrom('One', 'Two'),
    decision: fc.constantFrom('allow', 'allow', 'deny', 'deny', 'bypass', 'non_identity'),
    include,
    require: others,
    exclude: others,
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
  return fc.record({ groups: fc.tuple(group), apps: fc.array(app, { maxLength: 3 }) });
}

test('an application that is a part of a host is not made into all of it', () => {
  const policies = [{ decision: 'bypass', include: [{ everyone: {} }] }];
  const apps = [{ name: 'Public', domain: 'wiki.example.org/public', type: 'self_hosted', policies }];
  const draft = fromCloudflare('access.json', JSON.stringify({ apps }));
  assert.equal([draft.services, draft.policies], [[], []]);
  assert.match(draft.findings.map(({ message }) => message).join(), /only a part of wiki\.example\.org/);
});

test('whatever the order of Cloudflare’s policies is, the answers are the same, and nobody gains by what cannot be said', () => {
  const found = (value: object) =>
    taken(fromCloudflare('access.json', JSON.stringify(value))).proof.differences;
  const runs = { seed: 1, numRuns: 150 };
  fc.assert(
    fc.property(accessOf(SAID), (value) => assert.equal(found(value), [])),
    runs,
  );
  let lost = 0;
  fc.assert(
    fc.property(accessOf([...SAID.slice(2), ...UNSAID]), (value) => {
      const differences = found(value);
      lost += differences.length;
      assert.equal(
        differences.filter(({ mark }) => mark === '+'),
        [],
      );
    }),
    runs,
  );
  assert.ok(lost > 0);
});

test('what is wrong with a line of a table is said in words, also where there is nothing', () => {
  const lines = [',Wiki,443', 'ann@example.org,,443', 'ann@example.org,Wiki,', 'ann@example.org,Wiki,22-20'];
  const draft = fromTable('people.csv', ['principal,service,ports', ...lines, ''].join('\n'));
  assert.equal(
    draft.findings.map(({ message }) => message),
    [
      'there is no principal',
      'there is no service',
      'there is no port',
      '22-20 are no ports from 1 to 65535, such as 443 or 8000-8010',
    ],
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
    assert.match(shown.stdout, '- nobody at all would lose Notes 443, as far as that is no service here');
    assert.is(shown.status, 1);
    writeFileSync(
      join(root, 'wide.hujson'),
      '{ "acls": [{ "action": "accept", "src": ["*"], "dst": ["*:*"] }] }',
    );
    const wide = await run('tailscale', join(root, 'wide.hujson'));
    assert.is(wide.status, 1);
    assert.match(wide.stdout, /^0 files, 0 errors, 1 warning\n1 difference /);
    const before = readdirSync(join(root, 'policies/services')).length;
    const written = await run('csv', join(root, 'people.csv'), '--owner', 'sre', '--write');
    assert.is(written.status, shown.status, written.stderr);
    assert.is(readdirSync(join(root, 'policies/services')).length, before + 3);
    assert.match(readFileSync(join(root, 'policies/groups/notes-users.yaml'), 'utf8'), 'owner: sre');
    assert.is((await runIn(root, ['validate'])).status, 0);
    assert.match((await run('csv', join(root, 'people.csv'))).stderr, 'exists; rename it');
    writeFileSync(join(root, 'nobody.csv'), 'principal,service,ports\n,Notes,443\n');
    assert.match(
      (await run('csv', join(root, 'nobody.csv'))).stdout,
      '- (no name) would lose Notes 443, as far as that is no service here',
    );
    assert.match((await run('csv', root)).stderr, 'is no file; name the file that the old system exported');
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
