import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { ADVICE_MUTANTS, DECIDE_MUTANTS, DIFFERENCE_MUTANTS } from './mutants/access.ts';
import { MERGE_MUTANTS } from './mutants/merge.ts';
import { PROTOCOL_MUTANTS } from './mutants/protocol.ts';
import { SIMULATION_MUTANTS } from './mutants/simulation.ts';
import { VALUE_MUTANTS } from './mutants/values.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ALL = [
  ...DECIDE_MUTANTS,
  ...DIFFERENCE_MUTANTS,
  ...ADVICE_MUTANTS,
  ...MERGE_MUTANTS,
  ...PROTOCOL_MUTANTS,
  ...SIMULATION_MUTANTS,
  ...VALUE_MUTANTS,
];

const test = suite('faults made by hand');

test('each finds its text exactly once, so that none is left behind by a change', () => {
  const lost = ALL.filter(
    ({ file, from }) => readFileSync(join(root, file), 'utf8').split(from).length !== 2,
  );
  assert.equal(
    lost.map(({ name, file }) => `${name}: ${file}`),
    [],
  );
  assert.ok(ALL.length > 100);
});

test.run();
