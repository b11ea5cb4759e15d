import * as assert from 'uvu/assert';
import { suite } from '../../tools/testing/suite.ts';
import { readBeginning } from './proxy-protocol.ts';

const test = suite('the PROXY header as the test backend reads it');

const SIGNATURE = '0d0a0d0a000d0a515549540a';
/** From 100.64.0.1:40000 to 10.100.0.2:8080 by TCP. */
const ADDRESSES = '644000010a6400029c401f90';
/** alice@example.com, as TLV 0xE0. */
const PRINCIPAL = 'e00011616c696365406578616d706c652e636f6d';
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const whole = hex(`${SIGNATURE}21110020${ADDRESSES}${PRINCIPAL}`);

test('says who is behind it', () => {
  assert.equal(readBeginning(Buffer.concat([whole, Buffer.from('GET / ')])), {
    kind: 'header',
    bytes: whole.length,
    header: {
      command: 'proxy',
      transport: 'tcp',
      source: { address: '100.64.0.1', port: 40_000 },
      destination: { address: '10.100.0.2', port: 8080 },
      principal: 'alice@example.com',
      tlvs: [{ type: 'e0', value: PRINCIPAL.slice(6) }],
    },
  });
});

test('waits at every byte before its end', () => {
  for (let length = 0; length < whole.length; length += 1)
    assert.equal(readBeginning(whole.subarray(0, length)), { kind: 'short' }, `${length} bytes`);
});

test('one without addresses is a check by the proxy itself', () => {
  const local = readBeginning(hex(`${SIGNATURE}20000000`));
  assert.equal(local, { kind: 'header', bytes: 16, header: { command: 'local', tlvs: [] } });
});

for (const [what, bytes] of [
  ['of another version', `${SIGNATURE}11110000`],
  ['with an unknown command', `${SIGNATURE}22110000`],
  ['whose addresses are cut off', `${SIGNATURE}21110004${ADDRESSES.slice(0, 8)}`],
  ['whose TLV is longer than it', `${SIGNATURE}2111000f${ADDRESSES}e00011`],
  ['that is too long', `${SIGNATURE}2111ffff`],
] as const)
  test(`one ${what} is refused`, () => assert.is(readBeginning(hex(bytes)).kind, 'wrong'));

test('what begins otherwise is none', () => {
  for (const text of ['GET / HTTP/1.1', 'PRI * HTTP/2.0', '\r\n\r\nx'])
    assert.equal(readBeginning(Buffer.from(text)), { kind: 'none' });
});

test.run();
