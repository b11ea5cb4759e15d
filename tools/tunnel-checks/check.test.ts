import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { SCALES } from './check.ts';

const test = suite('how much of the tunnel is tried');

test('at each change a share that takes minutes, before something is called proved all of it', () => {
  const { ci, prove } = SCALES;
  assert.equal([ci.schedules, ci.bad], [100, 10_000_000]);
  assert.equal([prove.schedules, prove.bulk], [1000, 100_000_000]);
  assert.equal(prove.connections, { parallel: 200, short: 1000 });
  for (const { largest } of [ci, prove]) assert.is(largest, 3000);
});

test.run();
