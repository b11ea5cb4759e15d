import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { seal, trust, unseal } from '../../contract/log/dsse.ts';
import { Fault } from '../../contract/fault.ts';
import { createKey, ensureKey, fileSigner, publicHalf } from './keys.ts';

const test = suite('publish: keys');
const folder = mkdtempSync(join(tmpdir(), 'ztna-keys-'));
test.after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'keys', 'local.pem');

test('a new key signs what its public half verifies', async () => {
  createKey(file);
  if (process.platform !== 'win32') assert.is(statSync(file).mode & 0o777, 0o600);
  const half = publicHalf(file, 'local')!;
  const signer = fileSigner(file, 'local');
  assert.equal(half, { id: 'local', algorithm: 'ed25519', publicKey: signer.publicKey });
  assert.ok(unseal(await seal(Buffer.from('x'), signer), trust([half])).ok);
});

test('a key is never overwritten', () => {
  const before = readFileSync(file);
  assert.throws(
    () => createKey(file),
    (error: unknown) => error instanceof Fault && /exists/.test(error.message),
  );
  assert.not(ensureKey(file));
  assert.equal(readFileSync(file), before);
});

test('a key that is missing, readable by others or no key is refused in words', () => {
  const refusal = (pattern: RegExp) => (error: unknown) =>
    error instanceof Fault && pattern.test(error.message);
  assert.throws(() => fileSigner(join(folder, 'none.pem'), 'x'), refusal(/no signing key/));
  assert.is(publicHalf(join(folder, 'none.pem'), 'x'), undefined);
  const text = join(folder, 'text.pem');
  writeFileSync(text, 'hello', { mode: 0o600 });
  assert.throws(() => fileSigner(text, 'x'), refusal(/no private key/));
  if (process.platform === 'win32') return;
  chmodSync(file, 0o644);
  assert.throws(() => fileSigner(file, 'x'), refusal(/others may read/));
});

test.run();
