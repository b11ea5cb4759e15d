import './scheduler/virtual-time.ts';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { MOST_TELLING } from './scheduler/faults.ts';
import { singleFaults } from './single-faults.ts';
import { STEPS, Coverage } from './scheduler/coverage.ts';
import { randomRuns } from './random-runs.ts';

// slow: over 5 s
const test = suite('prove');
const coverage = new Coverage();

test('a crash and a late read at every call of every publish and follow lose nothing', async () => {
  const { calls, mishaps } = await singleFaults(coverage, MOST_TELLING);
  assert.ok(calls > 350 && mishaps > 900, `${mishaps} mishaps at ${calls} calls`);
});

test('every step has crashed before and after', () => {
  assert.equal(coverage.uncrashed(STEPS), []);
  assert.equal(new Coverage().uncrashed(STEPS), STEPS);
});

test('publishers, a collector, three followers and an attacker together, with anything going wrong', async () => {
  await randomRuns({ runs: 200, seed: 20260601 }, coverage);
});

test.run();
