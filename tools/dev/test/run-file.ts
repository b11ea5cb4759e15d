import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SuiteReport } from '../../testing/suite.ts';

/** What became of one test file. */
export interface TestFileResult {
  file: string;
  passed: number;
  failed: number;
  skipped: { name: string; reason: string }[];
  /** Why the file failed beside what its tests say. */
  problems: string[];
  /** What it printed. */
  output: string;
  seconds: number;
  /** How it, or a program that it started, could have seen the company at the root; nothing where it could not. */
  reaches: string[];
}

/** The SDK would warn of Node 20 in every file. */
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

/** Kept from live data, with every program that it starts; what could see something of it is told in the file. */
function guarded(told: string): string {
  const guard = new URL(`live-data.mjs?reach=${encodeURIComponent(told)}`, import.meta.url);
  return [process.env['NODE_OPTIONS'], `--import=${guard.href}`].filter(Boolean).join(' ');
}

/** No file of tests needs longer than this; of proofs, that is said. */
const LONGEST_MS = 300_000;

/**
 * Runs one test file in a process of its own, in the folder given.
 * @param program what Node runs: the file itself as it is, where no bundle of it is at hand
 * @param longestMs milliseconds after which it is ended
 */
export async function runFile(
  root: string,
  file: string,
  program: readonly string[] = ['--import', 'tsx', file],
  longestMs: number = LONGEST_MS,
): Promise<TestFileResult> {
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'ztna-test-file-'));
  const told = join(folder, 'reaches');
  try {
    const { code, output, report } = await collected(root, program, guarded(told), longestMs);
    const seconds = (performance.now() - began) / 1000;
    return { file, output, seconds, reaches: linesOf(told), ...judged(code, report) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function linesOf(file: string): string[] {
  return existsSync(file) ? [...new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean))] : [];
}

function collected(
  root: string,
  program: readonly string[],
  NODE_OPTIONS: string,
  longestMs: number,
): Promise<{ code: number | string; output: string; report: string }> {
  const child = spawn(process.execPath, program, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ZTNA_TEST_REPORT: '1', FORCE_COLOR: '0', ...QUIET, NODE_OPTIONS },
    timeout: longestMs,
    killSignal: 'SIGKILL',
  });
  let [output, report] = ['', ''];
  child.stdout!.on('data', (bytes) => (output += bytes));
  child.stderr!.on('data', (bytes) => (output += bytes));
  (child.stdio[3] as NodeJS.ReadableStream).on('data', (bytes) => (report += bytes));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'unknown', output, report }));
  });
}

/**
 * A file passes when every suite in it ran, every test that it registered passed, it registered at least
 * one, and its process ended with 0: uvu's own answer is not enough (it passes a file that ran nothing).
 */
export function judged(
  code: number | string,
  report: string,
): Pick<TestFileResult, 'passed' | 'failed' | 'skipped' | 'problems'> {
  const suites = report === '' ? [] : (JSON.parse(report) as SuiteReport[]);
  const sum = (of: (suite: SuiteReport) => number): number => suites.reduce((all, one) => all + of(one), 0);
  const [registered, passed] = [sum((one) => one.registered), sum((one) => one.passed)];
  const skipped = suites.flatMap((one) => one.skipped);
  const problems = suites
    .filter((one) => !one.ran)
    .map((one) => `suite \`${one.suite}\` was never run: end the file with test.run()`);
  if (registered + skipped.length === 0) problems.push('it registered no test with tools/testing/suite.ts');
  if (code !== 0 && registered === passed) problems.push(`its process ended with ${code}`);
  for (const { name, reason } of skipped)
    if (!reason) problems.push(`\`${name}\` is skipped without a reason`);
  return { passed, failed: registered - passed + problems.length, skipped, problems };
}
