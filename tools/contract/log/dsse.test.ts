import { generateKeyPairSync } from 'node:crypto';
import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { newSigner, trusting } from '../../publish/testing/publisher.ts';
import { canonicalJson } from './canonical.ts';
import { PAYLOAD_TYPE, preAuthentication, seal, trust, unseal } from './dsse.ts';
import { Fault } from '../fault.ts';
import type { Envelope } from '../shapes.ts';

const test = suite('contract: dsse');
const payload = Buffer.from('{"a":1}');

test('the pre-authentication encoding is that of the DSSE protocol', () => {
  const encoded = preAuthentication('http://example.com/HelloWorld', Buffer.from('hello world'));
  assert.is(encoded.toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  assert.is(preAuthentication('é', Buffer.from('é')).toString(), 'DSSEv1 2 é 2 é');
});

for (const algorithm of ['ed25519', 'ecdsa-p256'] as const) {
  test(`what is sealed with ${algorithm} is unsealed with that key among others, and with no other`, async () => {
    const signer = newSigner('mine', algorithm);
    const text = await seal(payload, signer);
    const others = trusting(newSigner('x'), newSigner('y', 'ecdsa-p256'));
    const unsealed = unseal(text, [...others, ...trusting(signer)]);
    assert.ok(unsealed.ok);
    assert.equal(unsealed.payload, payload);
    assert.is(unsealed.key.id, 'mine');
    assert.not(unseal(text, others).ok);
    assert.not(unseal(text, []).ok);
  });

  test(`any flipped bit of payload or signature, or another type, is refused (${algorithm})`, async () => {
    const signer = newSigner('mine', algorithm);
    const keys = trusting(signer);
    const envelope: Envelope = JSON.parse(await seal(payload, signer));
    const [{ sig }] = envelope.signatures as [{ sig: string }];
    const flipped = (base64: string, bit: number) => {
      const bytes = Buffer.from(base64, 'base64');
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      return bytes.toString('base64');
    };
    for (let bit = 0; bit < payload.length * 8; bit += 1)
      assert.not(unseal(JSON.stringify({ ...envelope, payload: flipped(envelope.payload, bit) }), keys).ok);
    for (let bit = 0; bit < Buffer.from(sig, 'base64').length * 8; bit += 1) {
      const signatures = [{ sig: flipped(sig, bit) }];
      assert.not(unseal(JSON.stringify({ ...envelope, signatures }), keys).ok, `bit ${bit}`);
    }
    assert.not(unseal(JSON.stringify({ ...envelope, payloadType: 'text/plain' }), keys).ok);
  });
}

test('a key id decides nothing: neither a wrong one nor none at all', async () => {
  const signer = newSigner('mine');
  const keys = trusting(newSigner('other'), signer);
  const envelope: Envelope = JSON.parse(await seal(payload, signer));
  const [{ sig }] = envelope.signatures as [{ sig: string }];
  assert.ok(unseal(JSON.stringify({ ...envelope, signatures: [{ keyid: 'other', sig }] }), keys).ok);
  assert.ok(unseal(JSON.stringify({ ...envelope, signatures: [{ sig }] }), keys).ok);
  const stranger: Envelope = JSON.parse(await seal(payload, { ...newSigner('mine'), id: 'mine' }));
  assert.not(unseal(canonicalJson(stranger), keys).ok);
});

test('one good signature among bad ones is enough; none, stripped or missing, is never', async () => {
  const signer = newSigner('mine');
  const keys = trusting(signer);
  const envelope: Envelope = JSON.parse(await seal(payload, signer));
  const bad = { sig: 'AAAA' };
  assert.ok(unseal(JSON.stringify({ ...envelope, signatures: [bad, ...envelope.signatures] }), keys).ok);
  for (const signatures of [[], [bad], undefined, null, [{}], [{ sig: '' }]])
    assert.not(unseal(JSON.stringify({ ...envelope, signatures }), keys).ok);
});

test('text that is no envelope is refused, and so is one that is too long', async () => {
  const signer = newSigner();
  for (const text of ['', 'null', '[]', '{', '{"payload":"AAAA"}', '"x"'])
    assert.not(unseal(text, trusting(signer)).ok);
  const long = await seal(Buffer.alloc(4096, 'x'), signer);
  const unsealed = unseal(long, trusting(signer));
  assert.match(unsealed.ok ? '' : unsealed.reason, /longer than 4096/);
});

test('a trusted key that cannot be read, or is of another algorithm, is refused in words', () => {
  const { publicKey } = newSigner('p', 'ecdsa-p256');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const rsaText = rsa.export({ format: 'der', type: 'spki' }).toString('base64');
  for (const text of ['AAAA', publicKey, rsaText])
    assert.throws(
      () => trust([{ id: 'one', algorithm: 'ed25519', publicKey: text }]),
      (error: unknown) => error instanceof Fault && error.message.includes('trusted key one'),
    );
  assert.is(PAYLOAD_TYPE, 'application/vnd.ztna.entry+json');
});

test.run();
