import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { IDENTITY, newSigner, NOON, trusting } from '../../publish/testing/publisher.ts';
import { canonicalBytes, canonicalJson } from './canonical.ts';
import { seal } from './dsse.ts';
import { comparePositions, verifyEntry } from './entry.ts';
import type { Entry } from '../shapes.ts';

const test = suite('contract: entry');
const signer = newSigner();
const keys = trusting(signer);

const digest = (digit: string) => digit.repeat(64);
const ENTRY: Entry = {
  schemaVersion: 1,
  ...IDENTITY,
  sequence: 7,
  previous: digest('a'),
  issuedAt: new Date(NOON).toISOString(),
  expiresAt: new Date(NOON + 3_600_000).toISOString(),
  commit: 'c'.repeat(40),
  reason: 'test',
  holds: [],
  index: { scope: 'index', content: digest('1'), part: digest('2'), bytes: 10, size: 9, chunks: 1 },
};

test('an entry signed for this place verifies', async () => {
  const verified = verifyEntry(await seal(canonicalBytes(ENTRY), signer), 7, IDENTITY, keys);
  assert.ok(verified.ok);
  assert.equal(verified.entry, ENTRY);
});

test('an entry of another environment, account, region, epoch or sequence is refused by name', async () => {
  const text = await seal(canonicalBytes(ENTRY), signer);
  const elsewhere = { environment: 'live', account: '999999999999', region: 'eu-west-1', epoch: 2 };
  for (const [key, value] of Object.entries(elsewhere)) {
    const verified = verifyEntry(text, 7, { ...IDENTITY, [key]: value }, keys);
    assert.match(verified.ok ? '' : verified.reason, new RegExp(`of ${key} .*, expected ${value}`));
  }
  const moved = verifyEntry(text, 8, IDENTITY, keys);
  assert.match(moved.ok ? '' : moved.reason, /of sequence 7, expected 8/);
});

test('what is well signed and is not an entry is refused', async () => {
  const { reason: _, ...incomplete } = ENTRY;
  const odd = [
    canonicalBytes({ ...ENTRY, extra: 1 }),
    canonicalBytes(incomplete),
    canonicalBytes({ ...ENTRY, schemaVersion: 2 }),
    Buffer.from(JSON.stringify(ENTRY, undefined, 1)),
    Buffer.from(canonicalJson(ENTRY).replace('{', '{"account":"111122223333",')),
    Buffer.from('null'),
    Buffer.from([0xff, 0xfe]),
  ];
  for (const bytes of odd) {
    const verified = verifyEntry(await seal(bytes, signer), 7, IDENTITY, keys);
    assert.match(verified.ok ? '' : verified.reason, /not an entry/);
  }
});

test('each field changed under the old signature is refused', async () => {
  const envelope = JSON.parse(await seal(canonicalBytes(ENTRY), signer));
  for (const [key, value] of Object.entries(ENTRY)) {
    const other = typeof value === 'number' ? value + 1 : `${JSON.stringify(value)}x`;
    const payload = canonicalBytes({ ...ENTRY, [key]: other }).toString('base64');
    const verified = verifyEntry(JSON.stringify({ ...envelope, payload }), 7, IDENTITY, keys);
    assert.match(verified.ok ? '' : verified.reason, /no signature/, key);
  }
});

test('an epoch outweighs any sequence', () => {
  assert.ok(comparePositions({ epoch: 2, sequence: 1 }, { epoch: 1, sequence: 500 }) > 0);
  assert.ok(comparePositions({ epoch: 1, sequence: 4 }, { epoch: 1, sequence: 5 }) < 0);
  assert.is(comparePositions({ epoch: 1, sequence: 5 }, { epoch: 1, sequence: 5 }), 0);
});

test.run();
