import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { deviceText, sourcesText } from './condition-text.ts';

const test = suite('access: addresses and devices in words');

test('what is left of all addresses is said by what is not in it', () => {
  const office = '198.51.100.128/25';
  const outside = [
    ...['0.0.0.0/1', '128.0.0.0/2', '192.0.0.0/6', '196.0.0.0/7', '198.0.0.0/11', '198.32.0.0/12'],
    ...['198.48.0.0/15', '198.50.0.0/16', '198.51.0.0/18', '198.51.64.0/19', '198.51.96.0/22'],
    ...['198.51.100.0/25', '198.51.101.0/24', '198.51.102.0/23', '198.51.104.0/21', '198.51.112.0/20'],
    ...['198.51.128.0/17', '198.52.0.0/14', '198.56.0.0/13', '198.64.0.0/10', '198.128.0.0/9'],
    ...['199.0.0.0/8', '200.0.0.0/5', '208.0.0.0/4', '224.0.0.0/3', '::/0'],
  ];
  assert.is(sourcesText(outside), `from outside ${office}`);
  // A connection has an address that is known, so that it makes no difference to a reader.
  assert.is(sourcesText([...outside, 'unknown']), `from outside ${office}`);
  assert.is(sourcesText([office, 'unknown']), `from ${office}`);
  assert.is(sourcesText(['0.0.0.0/0', '::/0']), 'from any known address');
  assert.is(sourcesText(['unknown']), 'where the address is not known');
});

test('what is left of all values of a device, the unknown one among them, is said by what is not', () => {
  assert.is(
    deviceText({ managed: ['true'], os: ['linux', 'macos'] }),
    'with managed true, os linux or macos',
  );
  assert.is(deviceText({ managed: ['false', 'unknown'] }), 'unless managed true');
  assert.is(
    deviceText({ os: ['android', 'chromeos', 'ios', 'windows', 'unknown'], managed: ['true'] }),
    'with managed true, unless os linux or macos',
  );
  assert.is(deviceText({ os: ['linux', 'unknown'] }), 'with os linux or unknown');
  assert.is(deviceText({ managed: ['false'] }), 'with managed false');
});

test.run();
