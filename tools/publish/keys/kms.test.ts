import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { Fault } from '../../contract/fault.ts';
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
    if (input['KeyId'] === 'alias/silent') return;
    const [status, body] = answer(operation, input);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after(() => void server.close());

/** What KMS answers about keys that cannot be used, by their names; where there are several, one after the other. */
const ANSWERS: Readonly<Record<string, [number, unknown][]>> = {
  'alias/off': [[400, { __type: 'DisabledException', message: 'arn:1 is disabled.' }]],
  'alias/going': [[400, { __type: 'KMSInvalidStateException', message: 'arn:1 is pending deletion.' }]],
  'alias/theirs': [[400, { __type: 'AccessDeniedException', message: 'not authorized' }]],
  'alias/down': [[500, { __type: 'KMSInternalException', message: '' }]],
  'alias/busy': [
    [400, { __type: 'ThrottlingException', message: 'Rate exceeded' }],
    [500, { __type: 'KeyUnavailableException', message: '' }],
  ],
  'alias/odd': [[200, { KeyId: 'alias/odd', PublicKey: 'AAAA', KeyUsage: 'SIGN_VERIFY' }]],
};
const asked: Record<string, number> = {};

function answer(operation: string, input: Record<string, string>): [number, unknown] {
  const name = input['KeyId']!;
  const turn = (asked[`${operation} ${name}`] = (asked[`${operation} ${name}`] ?? 0) + 1);
  const script = ANSWERS[name];
  const scripted = script?.[name === 'alias/busy' ? turn - 1 : 0];
  if (scripted) return scripted;
  if (name === 'alias/empty' && operation === 'Sign') return [200, { KeyId: name }];
  const held = KEYS[name === 'alias/busy' || name === 'alias/empty' ? 'alias/p256' : name];
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

const PATIENCE = { busy: 3, broken: 3 };
const signer = (key: string, signal?: AbortSignal) =>
  kmsSigner(key, {
    ...{ region: 'eu-central-1', endpoint, timeout: 300, patience: PATIENCE },
    ...(signal && { signal }),
  });

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
  assert.match(
    await refusal('kms:alias/nothing'),
    /alias\/nothing in eu-central-1 is not known: there is none/,
  );
  assert.match(await refusal('kms:alias/odd'), /is of no known kind for SIGN_VERIFY/);
});

/** Each fault of KMS, in words and with what to do. */
const WORDS: readonly (readonly [string, RegExp, RegExp])[] = [
  ['alias/off', /it is disabled \(DisabledException: arn:1 is disabled\.\)/, /^enable it/],
  ['alias/going', /present state.*pending deletion/, /^cancel the deletion/],
  ['alias/theirs', /KMS does not let us \(AccessDeniedException/, /\(kms:GetPublicKey\)$/],
  ['alias/down', /KMS failed \(KMSInternalException\)/, /repeat later/],
  ['alias/silent', /KMS cannot be reached \(TimeoutError: no answer within 300 ms\)/, /check the network/],
];
for (const [name, what, remedy] of WORDS) {
  test(`${name} is refused in words, soon`, async () => {
    const from = Date.now();
    const fault = await signer(`kms:${name}`).then(
      () => assert.unreachable(),
      (error: unknown) => error,
    );
    assert.instance(fault, Fault);
    assert.match((fault as Fault).message, what);
    assert.match((fault as Fault).remedy, remedy);
    assert.ok(Date.now() - from < 5000);
  });
}

test('what passes is tried again, and an answer without a signature signs nothing', async () => {
  const signing = await signer('kms:alias/busy');
  assert.is(asked['GetPublicKey alias/busy'], 3);
  assert.is(signing.algorithm, 'ecdsa-p256');
  const empty = await signer('kms:alias/empty');
  const said = await empty.sign(Buffer.from('a')).then(() => '', String);
  assert.match(said, /without a signature/);
});

test('a user who interrupts waits for nothing', async () => {
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 50);
  const fault = await signer('kms:alias/silent', interrupt.signal).catch((error: unknown) => error);
  assert.instance(fault, Fault);
  assert.ok((fault as Fault).interrupted);
});

test.run();
