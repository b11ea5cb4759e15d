import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { asUser, openFolder, otherUser } from './other-user.ts';
import { tryPath } from './probes.ts';
import { withoutOtherUser } from './testing/without-other-user.ts';

const test = suite('a program as another user');
const folder = mkdtempSync(join(tmpdir(), 'ztna-other-user-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** What a job that publishes knows, and what runs there must not. */
const KNOWN = {
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'token-of-the-job',
  AWS_SECRET_ACCESS_KEY: 'key-of-the-publisher',
};

/** In place of the agent: it looks for what it should not find, and says it on one line. The service is the number of a process of ours. */
const CURIOUS = `#!/bin/sh
environ() { tr '\\0' '\\n' < /proc/$1/environ 2> /dev/null | grep -c -e token-of -e key-of; }
closed() { cat "$1" > /dev/null 2>&1 && echo open || echo closed; }
status() { sed -n "s/^$1:[[:space:]]*//p" /proc/self/status; }
echo "$(id -u) groups=$(status Groups | tr -d ' ') caps=$(status CapEff) bounds=$(status CapBnd) nnp=$(status NoNewPrivs)" \\
  "ours=$(environ "$2") own=$(environ self) secret=$(closed "$ZTNA_SECRET") config=$(closed "$ZTNA_CONFIG") tls=$ZTNA_TLS_PEM"
exit 1
`;

const lacks = withoutOtherUser();
if (lacks) test.skip('it knows nothing of ours', `not as root, and ${lacks}`);
else {
  test('it has another user’s number, no rights, no variable of ours, and reads neither our files nor our processes', async () => {
    const nobody = otherUser('nobody', {});
    const script = join(folder, 'curious');
    writeFileSync(script, CURIOUS, { mode: 0o700 });
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'a secret', { mode: 0o600 });
    const place = openFolder(script);
    // What a process is started with is what others could read of it.
    const ours = spawn('sleep', ['30'], { env: KNOWN, stdio: 'ignore' });
    Object.assign(process.env, KNOWN);
    try {
      const variables = {
        ZTNA_CONFIG: place.put('config.json', '{}'),
        ZTNA_TLS_PEM: 'given',
        ZTNA_SECRET: secret,
      };
      const signal = new AbortController().signal;
      const path = { service: String(ours.pid), port: 443 };
      const { state, says } = await tryPath(path, {
        program: place.program,
        variables,
        signal,
        user: nobody,
      });
      assert.is(state, 'denied', says);
      const none = '0000000000000000';
      assert.is(
        says,
        `${nobody.uid} groups= caps=${none} bounds=${none} nnp=1 ours=0 own=0 secret=closed config=open tls=given`,
      );
    } finally {
      for (const name of Object.keys(KNOWN)) delete process.env[name];
      ours.kill();
      place.remove();
    }
    assert.not.ok(existsSync(place.folder));
  });

  test('a folder of ours that it may enter is closed first, and says how', () => {
    chmodSync(folder, 0o755);
    assert.throws(() => otherUser('nobody', { HOME: folder }), /nobody may enter .*ztna-other-user-/);
    chmodSync(folder, 0o700);
    assert.is(otherUser('nobody', { HOME: folder }).name, 'nobody');
  });
}

test('nobody else is one that does not exist, is root, or is who we are', () => {
  assert.throws(() => otherUser('no-such-user', {}), /there is no user "no-such-user" here/);
  assert.throws(() => otherUser('--version', {}), /there is no user "--version" here/);
  assert.throws(() => otherUser('root', {}), /root is no other user than we are/);
  assert.throws(() => otherUser(userInfo().username, {}), /is no other user than we are/);
});

test('who is not root asks sudo, which hands over what is named and nothing else', () => {
  const { geteuid } = process;
  try {
    process.geteuid = () => 1001;
    assert.equal(
      asUser({ name: 'nobody', uid: 65534, gid: 65534 }, ['ZTNA_CONFIG', 'ZTNA_TLS_PEM']).slice(0, 5),
      ['sudo', '--non-interactive', '--preserve-env=ZTNA_CONFIG,ZTNA_TLS_PEM', '--', 'timeout'],
    );
  } finally {
    process.geteuid = geteuid!;
  }
});

test('the copy is the program, whatever files of ours are kept from', () => {
  const script = join(folder, 'copied');
  writeFileSync(script, 'a program');
  const before = process.umask(0o077);
  try {
    const place = openFolder(script);
    assert.is(readFileSync(place.program, 'utf8'), 'a program');
    place.remove();
  } finally {
    process.umask(before);
  }
});

test.run();
