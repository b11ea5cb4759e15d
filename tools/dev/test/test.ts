/**
 * Everything a change must pass: `npm test`. With words after `--`, only the test files whose path
 * contains one of them. The last line is `N passed, N failed, N skipped`.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFile, type TestFileResult } from './run-file.ts';
import { runStage, STAGES, type StageResult } from './stages.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Every test file below a folder, in order of path. */
export function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'))
    .sort();
}

/** Runs jobs side by side, as many as there are cores. */
async function sideBySide<T>(jobs: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const queue = [...jobs.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await next[1]();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

function tellStage({ stage, ok, output, seconds }: StageResult): void {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${stage.name} (${seconds.toFixed(1)} s)`);
  if (!ok) console.log(`${output.trimEnd()}\n  to fix it: ${stage.remedy}`);
}

function tellFile({ file, passed, failed, skipped, problems, output, seconds }: TestFileResult): void {
  console.log(`${failed > 0 ? 'FAIL' : 'ok  '} ${file} (${passed} passed, ${seconds.toFixed(1)} s)`);
  if (failed > 0) console.log([output.trimEnd(), ...problems.map((text) => `  ${text}`)].join('\n'));
  for (const { name, reason } of skipped) console.log(`skip ${file}: ${name}: ${reason}`);
}

async function main(words: readonly string[]): Promise<void> {
  const wanted = (file: string): boolean => words.length === 0 || words.some((word) => file.includes(word));
  const files = ['tools', 'images', 'terraform'].flatMap((folder) => {
    try {
      return testFiles(join(root, folder));
    } catch {
      return [];
    }
  });
  const chosen = files.filter(wanted);
  const jobs = chosen.map((file) => async () => {
    const result = await runFile(root, file);
    tellFile(result);
    return result;
  });
  const stages: StageResult[] = [];
  for (const stage of words.length === 0 ? STAGES : []) {
    stages.push(await runStage(root, stage));
    tellStage(stages.at(-1)!);
  }
  const results = await sideBySide(jobs);
  const sum = (of: (result: TestFileResult) => number): number =>
    results.reduce((all, one) => all + of(one), 0);
  const passed = sum((one) => one.passed) + stages.filter(({ ok }) => ok).length;
  const failed = sum((one) => one.failed) + stages.filter(({ ok }) => !ok).length;
  if (chosen.length === 0) console.log(`no test file has ${words.join(' or ')} in its path`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  console.log(`${passed} passed, ${failed} failed, ${sum((one) => one.skipped.length)} skipped`);
}

await main(process.argv.slice(2));
