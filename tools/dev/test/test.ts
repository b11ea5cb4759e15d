/**
 * Everything a change must pass: `npm test`. With words after `--`, only the test files whose path
 * contains one of them; with `--fast`, none that says why it is slow, and a quarter of the random cases. The last line is `N passed, N failed, N skipped`.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlesOf } from './bundles.ts';
import { longestFirst, remember } from './durations.ts';
import { runFile, type TestFileResult } from './run-file.ts';
import { recordReach, treeOf } from './reach/record.ts';
import { runStage, type TestStage, STAGES, type StageResult } from './stages.ts';
import { temporaryInMemory } from './temporary.ts';
import { testFiles } from './test-files.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The share of the random cases that a fast run tries. */
const FAST_CASES = '0.25';

/** Runs jobs side by side, in this order: one more than there are cores, as some wait most of their time. */
async function sideBySide(jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = [...jobs];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await next();
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, worker));
}

function tellStage({ stage, ok, skipped, output, seconds }: StageResult): void {
  if (skipped !== undefined) return console.log(`skip ${stage.name}: ${skipped}`);
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${stage.name} (${seconds.toFixed(1)} s)`);
  if (!ok) console.log(`${output.trimEnd()}\n  to fix it: ${stage.remedy}`);
}

function tellFile({ file, passed, failed, skipped, problems, output, seconds }: TestFileResult): void {
  console.log(`${failed > 0 ? 'FAIL' : 'ok  '} ${file} (${passed} passed, ${seconds.toFixed(1)} s)`);
  if (failed > 0) console.log([output.trimEnd(), ...problems.map((text) => `  ${text}`)].join('\n'));
  for (const { name, reason } of skipped) console.log(`skip ${file}: ${name}: ${reason}`);
}

/** The reason that a test file gives for being slow: a process, Terraform, or more than 5 seconds. */
function slowness(file: string): string | undefined {
  return /^\/\/ slow: (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1];
}

/** The test files that the words choose. */
function chosen(words: readonly string[], fast: boolean): string[] {
  return testFiles(root)
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .filter((file) => !fast || slowness(file) === undefined);
}

async function runFiles(
  files: readonly string[],
  stages: readonly TestStage[],
): Promise<[TestFileResult[], StageResult[]]> {
  const results: TestFileResult[] = [];
  const checks: StageResult[] = [];
  const bundles = await bundlesOf(root, files);
  const stageJobs = stages.map((stage) => async () => {
    checks.push(await runStage(root, stage));
    tellStage(checks.at(-1)!);
  });
  const fileJobs = files.map((file) => async () => {
    results.push(await runFile(root, file, bundles.program(file)));
    tellFile(results.at(-1)!);
  });
  await sideBySide([...stageJobs, ...fileJobs]).finally(bundles.remove);
  return [results, checks];
}

/** How each file that passed, with nothing skipped, could have seen the company. */
function reachOf(results: readonly TestFileResult[]): Record<string, readonly string[]> {
  const whole = results.filter(({ failed, skipped }) => failed === 0 && skipped.length === 0);
  return Object.fromEntries(whole.map(({ file, reaches }) => [file, reaches]));
}

async function main(given: readonly string[]): Promise<void> {
  const began = performance.now();
  temporaryInMemory();
  const fast = given.includes('--fast');
  if (fast) process.env['ZTNA_CASES'] ??= FAST_CASES;
  const words = given.filter((word) => word !== '--fast');
  const files = longestFirst(chosen(words, fast));
  const tree = Number(process.env['ZTNA_CASES'] ?? 1) < 1 ? undefined : treeOf(root);
  const stages = STAGES.filter((stage) => words.length === 0 && (!fast || stage.fast));
  const [results, checks] = await runFiles(files, stages);
  remember(results);
  // Fewer random cases may have missed a way.
  if (tree !== undefined) recordReach(root, tree, reachOf(results));
  const sum = (of: (result: TestFileResult) => number): number =>
    results.reduce((all, one) => all + of(one), 0);
  const looked = checks.filter(({ skipped }) => skipped === undefined);
  const passed = sum((one) => one.passed) + looked.filter(({ ok }) => ok).length;
  const failed = sum((one) => one.failed) + looked.filter(({ ok }) => !ok).length;
  const skipped = sum((one) => one.skipped.length) + checks.length - looked.length;
  if (files.length === 0) console.log(`no test file has ${words.join(' or ')} in its path`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  console.log(`${((performance.now() - began) / 1000).toFixed(1)} s`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
}

await main(process.argv.slice(2));
