import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { blot, secretIn } from './secrets.ts';

const test = suite('check: secrets');

/** Put together here, so that no scanner takes this file for one with secrets. */
const join = (...parts: string[]): string => parts.join('');

const SECRETS: [what: string, text: string][] = [
  ['a private key', join('-----BEGIN PRI', 'VATE KEY-----\nMC4CAQ\n-----END PRI', 'VATE KEY-----')],
  ['a private key', join('-----BEGIN OPENSSH PRI', 'VATE KEY-----')],
  ['an AWS access key', join('AS', 'IA', 'A1B2'.repeat(4))],
  ['a GitHub token', join('github_', 'pat_', 'a1'.repeat(15))],
  ['a GitHub token', join('gh', 's_', 'a1'.repeat(18))],
  ['a GitLab token', join('gl', 'pat-', 'a1'.repeat(10))],
  ['a Slack token', join('xo', 'xp-', '12-34-56-78')],
  ['a Slack webhook', join('https://hooks.sl', 'ack.com/services/', 'T1/B2/'.repeat(5))],
  ['a Google API key', join('AI', 'za', 'x'.repeat(35))],
  ['a Stripe key', join('sk_', 'live_', 'a1'.repeat(10))],
  ['an npm token', join('np', 'm_', 'a1'.repeat(18))],
  ['a JSON Web Token', join('ey', 'JhbGciOiJI.ey', 'JzdWIiOiIx.c2lnbmF0dXJl')],
  ['a password in a URL', 'postgres://app:s3cret@db.internal/app'],
];

test('each kind is told from the others', () => {
  for (const [what, text] of SECRETS) assert.is(secretIn(`before ${text} after`), what, text);
});

test('what is no secret is left alone', () => {
  for (const text of [
    'alice@example.com',
    'https://login.example.com:443/path@2',
    'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
    '-----BEGIN CERTIFICATE-----',
    'AKIA',
    'the ghp_ prefix of tokens',
  ]) {
    assert.is(secretIn(text), undefined, text);
    assert.is(blot(text), text);
  }
});

test('blotting out keeps every line where it was, and everything else', () => {
  for (const [, text] of SECRETS) {
    const blotted = blot(`id: a\ndescription: ${text}\nowner: b`);
    assert.is(blotted.length, `id: a\ndescription: ${text}\nowner: b`.length);
    assert.is(blotted.split('\n').length, 3 + text.split('\n').length - 1);
    assert.match(blotted, /^id: a\ndescription: /);
    assert.match(blotted, /\nowner: b$/);
    assert.is(secretIn(blotted), undefined, text);
  }
});

test('all secrets of a text are blotted out, however often it is asked', () => {
  const all = SECRETS.map(([, text]) => text).join(' ');
  for (let round = 0; round < 2; round++) assert.is(secretIn(blot(all)), undefined);
  assert.is(secretIn(all), 'a private key');
});

test.run();
