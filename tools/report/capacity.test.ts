import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { capacity, publishSeconds } from './capacity.ts';

const test = suite('report: capacity');

test('polls use half of the reads, and the rest fetches what is new', () => {
  assert.equal(capacity(15), { instances: 300, spreadSeconds: 45, reportSeconds: 300 });
  assert.is(capacity(30).instances, 600);
  assert.is(capacity(15, { reads: 1000, writes: 10, deletes: 10 }).instances, 7500);
});

test('publishing is a write per chunk, a read per ten, and two more writes', () => {
  assert.is(publishSeconds(1), 2);
  assert.is(publishSeconds(100), 35);
});

test.run();
