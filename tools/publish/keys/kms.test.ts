import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { seal, trust, unseal } from '../../contract/log/dsse.ts';
import { suite } from '../../testing/suite.ts';
import { kmsSigner } from './kms.ts';

/**
 * KMS's two operations as AWS's API reference states them, on real keys, for the real client. What it cannot
 * show is whether AWS does the same.
 */
const test = suite('publish: a key that KMS holds');
const KEYS: Record<string, { spec: string; key: KeyObject }> = {
  'alias/p256': {
    spec: 'ECC_NIST_P256',
    key: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey,
  },
  'alias/ed25519': { spec: 'ECC_NIST_EDWARDS25519', key: generateKeyPairSync('ed25519').privateKey },
  'alias/rsa': { spec: 'RSA_2048', key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey },
};
let server: Server;
let endpoint: string;

test.before(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const operation = String(request.headers['x-amz-target']).replace('TrentService.', '');
    const input = JSON.parse(text) as Record<string, string>;
    const [status, body] = answer(operation, input);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after(() => void server.close());

function answer(operation: string, input: Record<string, string>): [number, unknown] {
  const held = KEYS[input['KeyId']!];
  if (!held) return [400, { __type: 'NotFoundException', message: 'no such key' }];
  const { spec, key } = held;
  if (operation === 'GetPublicKey') {
    const der = createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
    return [200, { KeyId: input['KeyId'], PublicKey: der, KeySpec: spec, KeyUsage: 'SIGN_VERIFY' }];
  }
  const message = Buffer.from(input['Message']!, 'base64');
  if (input['MessageType'] !== 'RAW' || message.length > 4096)
    return [400, { __type: 'ValidationException' }];
  const hash = input['SigningAlgorithm'] === 'ECDSA_SHA_256' ? 'sha256' : null;
  return [200, { KeyId: input['KeyId'], Signature: sign(hash, message, key).toString('base64') }];
}

const signer = (key: string) => kmsSigner(key, { region: 'eu-central-1', endpoint });

for (const [name, algorithm] of [
  ['alias/p256', 'ecdsa-p256'],
  ['alias/ed25519', 'ed25519'],
] as const) {
  test(`${name} seals what a follower that trusts it opens`, async () => {
    const signing = await signer(`kms:${name}`);
    assert.is(signing.algorithm, algorithm);
    const payload = Buffer.from(JSON.stringify({ text: 'x'.repeat(2900) }));
    const sealed = await seal(payload, signing);
    const opened = unseal(sealed, trust([{ id: 'publisher', algorithm, publicKey: signing.publicKey }]));
    assert.ok(opened.ok);
    assert.equal(opened.payload, payload);
  });
}

test('a key of another kind, or none, is refused with what to do', async () => {
  const refusal = (key: string) => signer(key).then(() => '', String);
  assert.match(await refusal('kms:alias/rsa'), /is RSA_2048/);
  assert.match(await refusal('kms:alias/nothing'), /does not show the key alias\/nothing: NotFoundException/);
});

test.run();
