import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import {
  validateAnswer,
  validateDifference,
  validateExplanation,
  validateFindings,
  validateListing,
} from './contract/shapes.ts';
import { copyMiniature } from './testing/miniature.ts';
import { runIn } from './testing/run-cli.ts';
import { suite } from './testing/suite.ts';

// slow: it starts processes
const test = suite('the real command line, on a small company');
const root = mkdtempSync(join(tmpdir(), 'ztna-cli-'));
test.after(() => rmSync(root, { recursive: true, force: true }));

const git = (...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...words], {
    cwd: root,
    encoding: 'utf8',
  });

test.before(() => {
  copyMiniature(root);
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'The company');
});

/** Runs a test with one file changed. */
async function changed(file: string, from: string, to: string, body: () => Promise<void>): Promise<void> {
  const path = join(root, file);
  const before = readFileSync(path, 'utf8');
  assert.ok(before.includes(from), `${file} has ${from}`);
  writeFileSync(path, before.replace(from, to));
  await body().finally(() => writeFileSync(path, before));
}

const ASK = [
  'alice@example.com',
  'payments',
  '--env',
  'live',
  '--port',
  '443',
  '--at',
  '2026-06-01T15:00:00Z',
];
const FACTS = ['--from', '203.0.113.7', '--device', 'managed=true'];

test('validate finds nothing in it', async () => {
  const { status, stdout, stderr } = await runIn(root, ['validate']);
  assert.equal({ status, stderr }, { status: 0, stderr: '' });
  assert.match(stdout, /^\d+ files, \d+ access tests: no errors\n$/);
});

test('validate says where a fault is and what to do, and ends with 1', () =>
  changed('policies/access/engineers-web.yaml', 'groups: [engineering]', 'groups: [enginering]', async () => {
    const { status, stdout } = await runIn(root, ['validate']);
    assert.is(status, 1);
    assert.match(
      stdout,
      /policies\/access\/engineers-web\.yaml:6:\d+ references there is no group `enginering`; did you mean `engineering`\?/,
    );
    const json = JSON.parse((await runIn(root, ['validate', '--json'])).stdout);
    assert.ok(validateFindings(json), JSON.stringify(validateFindings.errors));
    assert.ok(json.errors > 0);
  }));

test('render-diff says who gains', () =>
  changed('policies/groups/payments-admins.yaml', '- vera@', '- bob@example.com\n  - vera@', async () => {
    const { status, stdout } = await runIn(root, ['render-diff']);
    assert.is(status, 0);
    assert.match(
      stdout,
      /\+ bob@example\.com gains `payments` tcp\/443.*policies\/groups\/payments-admins\.yaml:7/,
    );
    const json = JSON.parse((await runIn(root, ['render-diff', '--json'])).stdout);
    assert.ok(validateDifference(json), JSON.stringify(validateDifference.errors));
  }));

test('render-diff says that nothing changes where only words do', () =>
  changed('policies/access/engineers-web.yaml', 'Engineers reach', 'All engineers reach', async () => {
    const { stdout } = await runIn(root, ['render-diff']);
    assert.match(stdout, /^live and lab: nobody gains or loses access$/m);
  }));

test('explain answers, and a denied request is an answer', async () => {
  const allowed = await runIn(root, ['explain', ...ASK, ...FACTS]);
  assert.is(allowed.status, 0);
  assert.match(allowed.stdout, /^ALLOW /);
  const denied = await runIn(root, ['explain', ...ASK, '--json']);
  assert.is(denied.status, 0);
  const json = JSON.parse(denied.stdout);
  assert.ok(validateExplanation(json), JSON.stringify(validateExplanation.errors));
  assert.is(json.decision, 'deny');
});

test('explain names what helps the one who asks: no deny is weakened where a managed device in the office is enough', async () => {
  const ask = ['explain', 'alice@example.com', 'payments', '--env', 'live', '--port', '443'];
  const { stdout, stderr } = await runIn(root, [...ask, '--at', '2026-06-01T15:00:00Z']);
  assert.match(stdout, /to change it, come from .*203\.0\.113\.0\/24 and use a device with managed true/);
  assert.not.match(stdout, /change policy/);
  assert.is(stderr, '');
});

test('a time that was not asked for has no end, and one that was has', async () => {
  for (const [command, validate] of [
    ['access', validateListing],
    ['render-diff', validateDifference],
  ] as const) {
    const endless = JSON.parse((await runIn(root, [command, '--json'])).stdout);
    assert.is(endless.horizon, undefined);
    const at = ['--at', '2026-06-01T00:00:00Z', '--days', '30'];
    const month = JSON.parse((await runIn(root, [command, '--json', ...at])).stdout);
    assert.is(month.horizon, '2026-07-01T00:00:00Z');
    for (const json of [endless, month]) assert.ok(validate(json), JSON.stringify(validate.errors));
  }
  const narrowed = await runIn(root, ['render-diff', '--at', '2026-06-01T00:00:00Z', '--days', '30']);
  assert.match(narrowed.stdout, /^.* compared with .*; only until 2026-07-01T00:00:00Z: what changes later/);
});

test('explain asks again for facts that are misspelt', async () => {
  const said = async (...facts: string[]): Promise<string> => {
    const { status, stderr } = await runIn(root, ['explain', ...ASK, ...facts]);
    assert.is(status, 2);
    return stderr;
  };
  assert.match(await said('--from', '203.0.113'), /203\.0\.113 is not an address; give one such as/);
  assert.match(await said('--device', 'mangaed=true'), /no device attribute mangaed; use one of: .*managed/);
  assert.match(await said('--device', 'managed=yes'), /managed is never yes; use one of: .*true/);
});

test('explain ends with 2 for a service or environment that is not there, and for what is no principal', async () => {
  const said = async (...words: string[]): Promise<string> => {
    const { status, stderr, stdout } = await runIn(root, ['explain', ...words]);
    assert.equal([status, stdout], [2, '']);
    return stderr;
  };
  const [who, what] = ['alice@example.com', 'payments'];
  assert.match(
    await said(who, 'paymens', '--env', 'live'),
    /no service `paymens`; did you mean `payments`\?/,
  );
  assert.match(await said(who, what, '--env', 'lives'), /no environment lives; did you mean `live`\?/);
  assert.match(await said('sre', what, '--env', 'live'), /sre is a group, and not a principal/);
  assert.match(await said('*@example.com', what, '--env', 'live'), /is a wildcard/);
  assert.match(await said(who, what, '--env', 'live', '--at', '2026-12-31T23:59:60Z'), /write 2027-01-01T/);
  assert.match(
    await said(who, what, '--env', 'live', '--at', '1 June 2026'),
    /is not an instant; write it as/,
  );
  assert.match(await said(who, what, '--env', 'live', '--port', '0443'), /is not a port; write 443/);
});

test('explain without an environment names those that there are', async () => {
  const { status, stderr } = await runIn(root, ['explain', 'alice@example.com', 'wiki']);
  assert.is(status, 2);
  assert.match(stderr, /in which environment\? add --env, one of: lab, live/);
});

test('the version is the commit of the clone, and of Node.js', async () => {
  for (const word of ['--version', '-V', 'version']) {
    const { status, stdout } = await runIn(root, [word]);
    assert.is(status, 0);
    assert.match(stdout, /^ztna [0-9a-f]{12}, Node\.js v\d+\./);
  }
});

test('an unknown person is answered as anyone else, and asked whether another was meant', async () => {
  const words = ['echo', '--env', 'live', '--port', '7', '--json'];
  const unknown = await runIn(root, ['explain', 'alcie@example.com', ...words]);
  assert.equal([unknown.status, JSON.parse(unknown.stdout).decision], [0, 'allow']);
  assert.match(unknown.stderr, /alcie@example\.com is in no group.*did you mean `alice@example\.com`\?/);
  for (const known of ['Alice@example.com', 'stranger@example.org'])
    assert.is((await runIn(root, ['explain', known, ...words])).stderr, '', known);
  const listed = await runIn(root, ['access', '--principal', 'alcie@example.com', '--env', 'live']);
  assert.is(listed.status, 0);
  assert.match(listed.stderr, /did you mean `alice@example\.com`\?/);
});

test('a malformed line of requests is answered by itself, and the rest goes on', async () => {
  const right = { principal: 'alice@example.com', service: 'wiki', environment: 'live', port: 443 };
  const lines = [
    { ...right, at: '2026-12-31T23:59:60Z' },
    { ...right, from: 'fe80::1%eth0' },
    { ...right, principal: 'sre' },
    { ...right, principal: '*' },
    { ...right, port: 0 },
    { ...right, device: { managed: true } },
  ];
  const file = join(root, 'odd.jsonl');
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { status, stdout } = await runIn(root, ['explain', '--requests', file, '--json']);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(status, 1);
  assert.equal(
    answers.map((one) => one.decision ?? 'error'),
    [...Array(5).fill('error'), 'allow'],
  );
  assert.match(answers[0].error, /leap second.*write 2027-01-01T00:00:00Z/);
});

test('explain --requests answers a line per request; a malformed one is an error and status 1', async () => {
  const request = {
    principal: 'alice@example.com',
    service: 'payments',
    environment: 'live',
    port: 443,
    at: '2026-06-01T15:00:00Z',
    from: '203.0.113.7',
    device: { managed: true },
  };
  const file = join(root, 'requests.jsonl');
  writeFileSync(
    file,
    `${JSON.stringify(request)}\n{"principal":\n${JSON.stringify({ ...request, port: 1 })}\n`,
  );
  const { status, stdout } = await runIn(root, ['explain', '--requests', 'requests.jsonl', '--json']);
  rmSync(file);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(status, 1);
  assert.equal(lines[0], { decision: 'allow', policies: ['payments-admins'], reason: lines[0].reason });
  assert.equal(Object.keys(lines[1]), ['error']);
  assert.is(lines[2].decision, 'deny');
  for (const line of lines) assert.ok(validateAnswer(line), JSON.stringify(line));
});

test('access lists who can reach what', async () => {
  const { stdout, status } = await runIn(root, ['access', '--service', 'payments', '--json']);
  assert.is(status, 0);
  const json = JSON.parse(stdout);
  assert.ok(validateListing(json), JSON.stringify(validateListing.errors));
  assert.match(stdout, /vera@example\.com/);
});

test('in the log of a job no text of others commands the runner, as text or as JSON', async () => {
  const env = { GITHUB_ACTIONS: 'true' };
  const fault = await runIn(root, ['explain', '##[error]who', 'payments', '--env', 'live'], env);
  const json = await runIn(root, ['access', '##[group]who', '--json'], env);
  for (const { stdout, stderr } of [fault, json, await runIn(root, ['##[error]'], env)])
    assert.not.match(`${stdout}${stderr}`, '##[');
  assert.match(fault.stderr, '#\\u0023[error]who');
});

test('grant writes a policy that ends by itself, and says whom it helps', async () => {
  const ask = ['grant', 'bob@example.com', 'payments', '--env', 'live', '--ticket', 'SEC-9'];
  const { status, stdout } = await runIn(root, [...ask, '--for', '4h', '--from', '203.0.113.0/24']);
  assert.is(status, 0);
  assert.match(stdout, /\+ bob@example\.com gains `payments` tcp\/443, until .*, from 203\.0\.113\.0\/24/);
  assert.is((await runIn(root, ['validate'])).status, 0);
  const file = /wrote (\S+);/.exec(stdout)![1]!;
  rmSync(join(root, file));
  const without = await runIn(root, ['grant', 'bob@example.com', 'payments', '--env', 'live', '--for', '4h']);
  assert.is(without.status, 1);
  assert.match(without.stderr, /ticket/);
  assert.is((await runIn(root, [...ask, '--for', 'ever'])).status, 2);
});

test('what is in force can be looked at while policies are broken', () =>
  changed('policies/access/engineers-web.yaml', 'effect: allow', 'effect: perhaps', async () => {
    const status = await runIn(root, ['status', '--env', 'lab']);
    assert.is(status.status, 0);
    assert.match(status.stdout, /lab: nothing was published yet/);
    assert.match(status.stderr, /1 error in the files does not matter here/);
    assert.is((await runIn(root, ['publish', '--env', 'lab'])).status, 1);
  }));

test('an environment whose file is broken is left out, and nothing says that it does not matter', () =>
  changed('environments/lab/environment.yaml', 'rings:', 'ring:', async () => {
    const { status, stdout, stderr } = await runIn(root, ['status']);
    assert.is(status, 0);
    assert.match(stdout, /^live: /);
    assert.match(stderr, /environment\.yaml:\d+:1 .*`rings`\?\nlab is left out, .*git checkout <commit>\n$/);
  }));

test('an environment that is nowhere is refused where answers are narrowed to it', async () => {
  for (const command of ['access', 'render-diff']) {
    const { status, stdout, stderr } = await runIn(root, [command, '--env', 'staging']);
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.match(stderr, /there is no environment staging; use one of: lab, live/);
  }
});

test('what is not understood is refused with what to type, and status 2', async () => {
  const command = await runIn(root, ['validat']);
  assert.is(command.status, 2);
  assert.match(
    command.stderr,
    /there is no command validat; did you mean validate\? the commands are start, /,
  );
  const early = await runIn(root, ['--json', 'validate']);
  assert.is(early.status, 2);
  assert.match(early.stderr, /^--json is where the command belongs; type npx ztna <command> first/);
  const option = await runIn(root, ['validate', '--jason']);
  assert.is(option.status, 2);
  assert.match(option.stderr, /unknown option '--jason'[\s\S]*--json/);
  const argument = await runIn(root, ['keys']);
  assert.match(argument.stderr, /missing required argument 'action'\nsee: npx ztna keys --help/);
  const key = await runIn(root, ['keys', 'show', '--name', 'next']);
  assert.match(key.stderr, /there is no key next; make one with: npx ztna keys init --name next/);
  const environment = await runIn(root, ['publish', '--env', 'staging']);
  assert.is(environment.status, 2);
  assert.match(environment.stderr, /there is no environment staging; use one of: lab, live/);
  const elsewhere = await runIn(tmpdir(), ['validate']);
  assert.is(elsewhere.status, 2);
  assert.match(elsewhere.stderr, /no policies\/ folder/);
});

test('help says what one command takes, and of a name that is none which is meant', async () => {
  const { status, stdout } = await runIn(root, ['help', 'validate']);
  assert.is(status, 0);
  assert.is(stdout, (await runIn(root, ['validate', '--help'])).stdout);
  const unknown = await runIn(root, ['help', 'validat']);
  assert.is(unknown.status, 2);
  assert.match(unknown.stderr, /there is no command validat; did you mean validate\?/);
});

test.run();
