import './virtual-time.ts';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { exhaustive } from './single-faults.ts';
import { STEPS, Tally } from './coverage.ts';
import { together } from './random-runs.ts';

// slow: over 5 s
const test = suite('prove');
const tally = new Tally();

/** Those that `npm run prove` makes beside these differ from one of them in what the caller is told only. */
const FAULTS = ['crash before', 'crash after', 'stale'] as const;

test('a crash and a late read at every call of every publish and follow lose nothing', async () => {
  const { calls, mishaps } = await exhaustive(tally, FAULTS);
  assert.ok(calls > 350 && mishaps > 900, `${mishaps} mishaps at ${calls} calls`);
});

test('every step has crashed before and after', () => {
  assert.equal(tally.uncrashed(STEPS), []);
  assert.equal(new Tally().uncrashed(STEPS), STEPS);
});

test('publishers, a collector, three followers and an attacker together, with anything going wrong', async () => {
  await together({ runs: 200, seed: 20260601 }, tally);
});

test.run();
