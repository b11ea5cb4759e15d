import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { scalarFault } from './scalars.ts';

const test = suite('load: plain scalars');

test('what looks like a number, and is text to every reader, may be plain', () => {
  const fingerprint = '0b29c5242bb22b45034158f45f59221983314d3ee50a38d5d62ef90e55342a65';
  for (const text of [fingerprint, '0b2', '0o9', '0xyz', '0b', '12ab'])
    assert.is(scalarFault(text, text), undefined, text);
});

test('what one reader takes for a number and another for text may not', () => {
  for (const text of ['0b01', '-0b1_0', '0o17', '0x1f', '0xFF', '0x1_f', '0644'])
    assert.is(scalarFault(text, text)?.rule, 'yaml-ambiguous', text);
});

test.run();
