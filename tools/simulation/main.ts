/**
 * `npm run prove`: lets everything go wrong that can, at every call of publishing and following, and checks that
 * what must never happen does not. `--runs 10000` so many random runs; `--seed 1` to make the same
 * ones again; `--as-found` stops at the first run that goes wrong, without looking for a smaller one, and does with few;
 * `--kill 200` kills as many real processes instead.
 */
import './scheduler/virtual-time.ts';
import { parseArgs } from 'node:util';
import { FAULTS, MOST_TELLING } from './scheduler/faults.ts';
import { singleFaults } from './single-faults.ts';
import { kills } from './kill/kill.ts';
import { STEPS, Coverage } from './scheduler/coverage.ts';
import { randomRuns, SHRINKING } from './random-runs.ts';

function options(): { runs?: string; seed?: string; kill?: string; 'as-found'?: boolean } {
  return parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      kill: { type: 'string' },
      'as-found': { type: 'boolean' },
    },
  }).values;
}

function number(text: string | undefined, fallback: number): number {
  const value = Number(text ?? fallback);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${text} is not a number`);
  return value;
}

async function prove(runs: number, seed: number, asFound: boolean): Promise<void> {
  const coverage = new Coverage();
  const { scenarios, calls, mishaps } = await singleFaults(coverage, asFound ? MOST_TELLING : FAULTS);
  console.log(
    `single faults: ${mishaps} mishaps, all that are possible at the ${calls} calls of ${scenarios} scenarios`,
  );
  await randomRuns({ runs, seed, tries: asFound ? 0 : SHRINKING }, coverage);
  const faults = coverage.faults() - mishaps;
  console.log(`random runs: ${runs} runs of seed ${seed}, with ${faults} mishaps`);
  console.log(`\n${coverage.table()}\n`);
  const uncrashed = coverage.uncrashed(STEPS);
  if (asFound) return;
  if (uncrashed.length > 0) throw new Error(`nothing ever crashed before, or after: ${uncrashed.join('; ')}`);
  console.log(`${coverage.steps.size} steps, each crashed before and after; nothing happened that never may`);
}

try {
  const values = options();
  const seed = number(values.seed, Math.floor(Math.random() * 2 ** 31));
  if (values.kill !== undefined) console.log(await kills(number(values.kill, 200), seed));
  else await prove(number(values.runs, 1000), seed, values['as-found'] === true);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
