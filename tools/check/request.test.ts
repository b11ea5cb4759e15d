import { spawnSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { explainCommand, requestText } from './request.ts';

const test = suite('check: a request in words');

const bare = { principal: 'ann@example.com', service: 'wiki', environment: 'live', port: 443 };
const full = {
  ...bare,
  at: '2026-06-01T12:00:00Z',
  from: '203.0.113.7',
  device: { managed: true, os: 'linux' },
};

test('only what is known is said', () => {
  assert.is(requestText(bare, 'reaches'), 'ann@example.com reaches `wiki` port 443 in live');
  assert.is(
    requestText(full, 'does not reach'),
    'ann@example.com does not reach `wiki` port 443 in live at 2026-06-01T12:00:00Z, from 203.0.113.7, with managed=true os=linux',
  );
});

test('the command asks the same', () => {
  assert.is(explainCommand(bare), 'npx ztna explain ann@example.com wiki --env live --port 443');
  assert.is(
    explainCommand(full),
    'npx ztna explain ann@example.com wiki --env live --port 443 --at 2026-06-01T12:00:00Z --from 203.0.113.7 --device managed=true --device os=linux',
  );
});

test('what a name or a value means to a shell is not done there', () => {
  const odd = { ...bare, principal: "a|b&$c'd@example.com", device: { os: ['linux', 'macos'] } };
  const { stdout } = spawnSync('sh', ['-c', explainCommand(odd).replace('npx', "printf '%s\\n'")], {
    encoding: 'utf8',
  });
  const words = ['ztna', 'explain', odd.principal, 'wiki', '--env', 'live', '--port', '443'];
  assert.equal(stdout.trimEnd().split('\n'), [...words, '--device', 'os=linux|macos']);
});

test.run();
