import * as assert from 'uvu/assert';
import { readFileSync } from 'node:fs';
import { MOST_TRUSTED_KEYS, trust } from '../contract/log/dsse.ts';
import { Fault } from '../contract/fault.ts';
import { LIMITS } from '../contract/limits.ts';
import { validateAck } from '../contract/shapes.ts';
import { newSigner, trusting } from '../publish/testing/publisher.ts';
import { suite } from '../testing/suite.ts';
import { ackOf } from './ack.ts';
import { newScene } from './testing/scene.ts';

const test = suite('follow: what an ack says');

test('an instance that trusts eight keys of environment.yaml and that of its machine is heard', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const eight = Array.from({ length: 8 }, () => newSigner());
  const follower = await scene.start({ trusted: trusting(scene.signer, ...eight) });
  await follower.poll();
  // The scene refuses an ack that does not fit its schema.
  assert.is(scene.ack()?.trustedKeys.length, 9);
  assert.is(scene.ack()?.state, 'enforcing');
});

test('as many keys can be trusted as an ack can name, whatever else it says', () => {
  const keys = Array.from({ length: MOST_TRUSTED_KEYS }, (_, index) => newSigner(`k${index}`));
  const schema = JSON.parse(readFileSync(new URL('../../schemas/ack.schema.json', import.meta.url), 'utf8'));
  assert.is(schema.properties.trustedKeys.maxItems, MOST_TRUSTED_KEYS);
  const position = { epoch: 999_999, sequence: 999_999_999_999, entry: 'a'.repeat(64) };
  const words = '\u4e00'.repeat(1000);
  const ack = ackOf(
    {
      ...{ environment: 'e'.repeat(63), component: `connector/${'c'.repeat(63)}`, instance: 'i'.repeat(63) },
      ...{
        trusted: trusting(...keys),
        verifiedBy: 'component',
        renewSeconds: 3600,
        stale: true,
        begun: true,
      },
      ...{ enforced: position, refused: position, reason: words, stopped: false },
      waiting: { position, reason: words, since: 0 },
    },
    Date.parse('2026-01-01T00:00:00Z'),
  );
  assert.ok(validateAck(ack));
  assert.ok(Buffer.byteLength(JSON.stringify(ack)) <= LIMITS.valueCharacters);
});

test('one key too many is refused where keys are read, and a key that is there twice is one', () => {
  const signers = Array.from({ length: MOST_TRUSTED_KEYS + 1 }, (_, index) => newSigner(`k${index}`));
  assert.throws(
    () => trusting(...signers),
    (error: Error) => error instanceof Fault && /10 keys are trusted/.test(error.message),
  );
  const { id, algorithm, publicKey } = signers[0]!;
  assert.is(
    trust([
      { id, algorithm, publicKey },
      { id: 'again', algorithm, publicKey },
    ]).length,
    1,
  );
});

test.run();
