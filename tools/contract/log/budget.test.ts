import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { DEFAULT_RATES, HIGHER_RATES } from '../limits.ts';
import { ACKING, ackSpreadSeconds, LOOKING, lookPauseMs, patienceSeconds, ratesOf } from './budget.ts';
import { renewalSeconds } from './liveness.ts';

const test = suite('contract: the calls that all share');

/** An environment by how many instances each component has. */
const ENVIRONMENTS = [
  [1, 1, 1],
  Array(300).fill(1),
  Array(300).fill(3),
  [1, 2, 50, 7],
  [...Array(100).fill(1), 200],
];

test('acks of all instances together stay within their share of the writes, whoever has how many', () => {
  for (const { writes } of [DEFAULT_RATES, HIGHER_RATES])
    for (const instances of ENVIRONMENTS) {
      const components = instances.length;
      const rate = (seconds: (own: number) => number) =>
        instances.reduce((sum, own) => sum + own / seconds(own), 0);
      const spread = rate((own) => ackSpreadSeconds({ components, instances: own, writes }));
      assert.ok(spread <= writes * ACKING * 1.0001, `${spread} a second`);
      const renewals = rate((own) => renewalSeconds(components, own, writes));
      assert.ok(renewals <= writes * ACKING * 1.0001, `${renewals} renewals a second`);
    }
});

test('patience follows the spread, and the pause between looks what they take', () => {
  const size = { pollSeconds: 15, rates: DEFAULT_RATES };
  assert.is(patienceSeconds({ ...size, components: 10, instances: 1, total: 10 }), 900);
  for (const instances of [1, 3]) {
    const patience = patienceSeconds({ ...size, components: 1000, instances, total: 1000 * instances });
    const spread = ackSpreadSeconds({ components: 1000, instances, writes: DEFAULT_RATES.writes });
    assert.ok(patience > spread + 15, `${patience} s for acks of ${spread} s`);
  }
  assert.is(lookPauseMs(3), 2000);
  assert.ok(103 / (lookPauseMs(103) / 1000) <= DEFAULT_RATES.reads * LOOKING);
  assert.ok(103 / (lookPauseMs(103, HIGHER_RATES) / 1000) <= HIGHER_RATES.lists! * LOOKING);
});

test('the rates are those that environment.yaml says, and else the default', () => {
  assert.equal(ratesOf({}), DEFAULT_RATES);
  const storeRates = { reads: 1000, lists: 100, writes: 10 };
  assert.equal(ratesOf({ storeRates }), HIGHER_RATES);
});

test.run();
