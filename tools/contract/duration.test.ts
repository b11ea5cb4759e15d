import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { durationOf } from './duration.ts';

const test = suite('contract: durations');

test('minutes, hours and days, and nothing else', () => {
  assert.equal(['90m', '4h', '3d'].map(durationOf), [5_400_000, 14_400_000, 259_200_000]);
  for (const text of ['', '4', 'h', '0h', '-1h', '1.5h', '4 h', '4h ', '100000d', '4w'])
    assert.throws(() => durationOf(text), /is no time/, text);
});

test.run();
