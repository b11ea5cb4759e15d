import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { copyMiniature } from '../testing/miniature.ts';
import { runIn, type CliResult } from '../testing/run-cli.ts';
import { suite } from '../testing/suite.ts';

// slow: processes
const test = suite('ztna certs');

const root = mkdtempSync(join(tmpdir(), 'ztna-certs-'));
const folder = join(root, '.local/certs');
copyMiniature(root);
test.after(() => rmSync(root, { recursive: true }));

const certs = (...words: string[]): Promise<CliResult> => runIn(root, ['certs', ...words]);
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
const certificate = (name: string): X509Certificate => new X509Certificate(read(`${name}.pem`));
const openssl = (...words: string[]): string =>
  execFileSync('openssl', words, { cwd: root, encoding: 'utf8' });
const verify = (name: string, purpose: string): string =>
  openssl(
    'verify',
    '-x509_strict',
    '-CAfile',
    join(folder, 'ca.pem'),
    '-purpose',
    purpose,
    join(folder, `${name}.pem`),
  );

test('an authority is made once, and its key is for nobody else', async () => {
  assert.match((await certs('issue', 'ann@example.com')).stderr, /no certificate authority.*certs init/s);
  assert.is((await certs('init')).status, 0);
  assert.ok(certificate('ca').ca);
  assert.is(statSync(join(folder, 'ca-key.pem')).mode & 0o777, 0o600);
  const again = await certs('init');
  assert.is(again.status, 2);
  assert.match(again.stderr, /has an authority already/);
});

test("a principal's certificate says who and with which device, in lower case, and is for clients alone", async () => {
  const done = await certs('issue', 'Ann@Example.com', '--device', 'managed=true', '--device', 'os=macos');
  assert.is(done.status, 0, done.stderr);
  const own = certificate('ann@example.com');
  assert.is(
    own.subjectAltName,
    'email:ann@example.com, URI:ztna:device:managed=true, URI:ztna:device:os=macos',
  );
  assert.match(verify('ann@example.com', 'sslclient'), /: OK/);
  assert.throws(() => verify('ann@example.com', 'sslserver'));
  assert.ok(own.verify(certificate('ca').publicKey));
  assert.is(read('ann@example.com-tls.pem'), read('ann@example.com.pem') + read('ann@example.com-key.pem'));
  const days = (Date.parse(own.validTo) - Date.now()) / 86_400_000;
  assert.ok(days > 89 && days < 91, String(days));
});

test('a connector is a client of its own, and an intermediate a server that verifies by its address', async () => {
  assert.is((await certs('issue', '--connector', 'apps', '--days', '2')).status, 0);
  assert.is(certificate('connector-apps').subjectAltName, 'DNS:connector.apps.ztna');
  assert.match(verify('connector-apps', 'sslclient'), /: OK/);
  const environment = readdirSync(join(root, 'environments'))[0]!;
  const yaml = readFileSync(join(root, 'environments', environment, 'environment.yaml'), 'utf8');
  const [, id, address] = /id: ([a-z0-9-]+), *\n? *address: ([a-z0-9.-]+)/.exec(yaml)!;
  const done = await certs('issue', '--intermediate', id!, '--env', environment);
  assert.is(done.status, 0, done.stderr);
  const server = certificate(`intermediate-${id}`);
  for (const host of [address!, 'ztna-server', 'localhost']) assert.ok(server.checkHost(host), host);
  for (const ip of ['127.0.0.1', '::1']) assert.ok(server.checkIP(ip), ip);
  assert.match(verify(`intermediate-${id}`, 'sslserver'), /: OK/);
  const wrong = await certs('issue', '--intermediate', `${id}x`, '--env', environment);
  assert.match(wrong.stderr, /has no intermediate/);
});

test('no name leaves the folder, takes the place of another file, or is anything but a name', async () => {
  const before = readdirSync(folder);
  const names = [
    '../evil',
    'a/b',
    '.hidden',
    'ca',
    'CA',
    'ann@example.com-key',
    'connector-apps',
    'ännchen',
    'a b',
  ];
  for (const name of names) assert.is((await certs('issue', name)).status, 2, name);
  for (const words of [
    [],
    ['ann@example.com', '--connector', 'apps'],
    ['--connector', '../x'],
    ['bob', '--device', 'colour=red'],
  ])
    assert.is((await certs('issue', ...words)).status, 2, words.join(' '));
  assert.equal(readdirSync(folder), before);
  assert.not(existsSync(join(root, '.local/evil.pem')));
});

test('every certificate of a name that is still valid is revoked, comments and order staying', async () => {
  const file = join(root, 'policies/revoked.yaml');
  const old = '# Why each of them is here\nprincipals: []\ncertificates:\n';
  const line = `  - fingerprint: ${'a'.repeat(64)} # the first\n    reason: Stolen\n    date: "2026-01-01"\n`;
  writeFileSync(file, old + line);
  const digest = (): string => createHash('sha256').update(certificate('ann@example.com').raw).digest('hex');
  const first = digest();
  await certs('issue', 'ann@example.com');
  const second = digest();
  const done = await certs('revoke', 'ANN@example.com', '--reason', 'Laptop stolen: on a train');
  assert.equal([done.status, done.stdout.trim().split('\n')], [0, [first, second]], done.stderr);
  const added = [first, second].map(
    (one) =>
      `  - fingerprint: ${one}\n    reason: "Laptop stolen: on a train"\n    date: "${new Date().toISOString().slice(0, 10)}"\n`,
  );
  assert.is(readFileSync(file, 'utf8'), old + line + added.join(''));
  assert.match((await certs('revoke', 'ann@example.com')).stderr, /nothing to do/);
  assert.match((await certs('revoke', 'anm@example.com')).stderr, /did you mean `ann@example.com`/);
  const listed = (await certs('list')).stdout;
  assert.match(listed, new RegExp(`ann@example.com {2}revoked, until .*${first}`));
  assert.match(listed, /connector-apps {2}valid, until/);
  const { status, stdout, stderr } = await runIn(root, ['validate']);
  assert.is(status, 0, stdout + stderr);
});

test('without revoked.yaml one is written', async () => {
  const file = join(root, 'policies/revoked.yaml');
  rmSync(file);
  assert.is((await certs('revoke', 'connector-apps')).status, 0);
  assert.match(
    readFileSync(file, 'utf8'),
    /^# yaml-language-server.*\ncertificates:\n {2}- fingerprint: [0-9a-f]{64}\n/,
  );
  assert.is((await runIn(root, ['validate'])).status, 0);
});

test.run();
