import * as assert from 'uvu/assert';
import { ACKING, FETCHING, LOOKING, POLLING, WORKING } from '../contract/log/budget.ts';
import { renewalSeconds } from '../contract/log/liveness.ts';
import { DEFAULT_RATES, HIGHER_RATES, LIMITS } from '../contract/limits.ts';
import { suite } from '../testing/suite.ts';
import { capacity, parametersOf, publishSeconds, steadyCalls } from './capacity.ts';

const test = suite('report: capacity');
const KEPT = { whole: 20, logged: 1000, records: 200 };

test('no call is counted twice: the shares of the reads come to all of them', () => {
  assert.is(POLLING + FETCHING + LOOKING + WORKING, 1);
  assert.ok(ACKING < 1);
});

test('polls use their share of the reads', () => {
  assert.is(capacity(15, KEPT).instances, 300);
  assert.is(capacity(30, KEPT).instances, 600);
  assert.is(capacity(15, KEPT).bound, 'polls');
});

test('an account never carries more than it has parameters for, nor more calls than it may make', () => {
  for (const rates of [DEFAULT_RATES, HIGHER_RATES])
    for (const pollSeconds of [5, 15, 30, 60, 300, 3600]) {
      const { instances, patienceSeconds, reportSeconds } = capacity(pollSeconds, KEPT, rates);
      const components = instances;
      assert.ok(parametersOf({ components, instances, kept: KEPT }) <= LIMITS.parametersPerAccount);
      const renewSeconds = renewalSeconds(components, 1, rates.writes);
      const steady = steadyCalls({ instances, pollSeconds, renewSeconds });
      assert.ok(steady.reads <= rates.reads * (POLLING + WORKING), `${pollSeconds} s: ${steady.reads} reads`);
      assert.ok(steady.writes <= rates.writes * ACKING, `${pollSeconds} s: ${steady.writes} writes`);
      assert.ok(patienceSeconds >= reportSeconds, 'nobody is waited for less long than reports take');
    }
  assert.is(capacity(30, KEPT, HIGHER_RATES).bound, 'parameters');
  assert.is(capacity(60, KEPT, { ...HIGHER_RATES, writes: 1 }).bound, 'renewals');
});

test('publishing is a write per chunk, a read per ten, and two more writes, beside all acks', () => {
  assert.is(publishSeconds(1), 2);
  assert.is(publishSeconds(100), 53);
});

test.run();
