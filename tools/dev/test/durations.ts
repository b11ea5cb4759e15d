import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestFileResult } from './run-file.ts';

const FOLDER = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));
const FILE = `${FOLDER}ztna-test-seconds.json`;

function known(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

/** Files that took longest the last time come first, so that none of them is left alone at the end. */
export function longestFirst(files: readonly string[]): string[] {
  const seconds = known();
  // One that is new may be long.
  const of = (file: string): number => seconds[file] ?? Infinity;
  return [...files].sort((a, b) => (of(a) === of(b) ? 0 : of(b) - of(a)));
}

/** Keeps how long each file took; where that cannot be written, the next run is as it comes. */
export function remember(results: readonly TestFileResult[]): void {
  const seconds = { ...known(), ...Object.fromEntries(results.map((one) => [one.file, one.seconds])) };
  try {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(`${FILE}.${process.pid}`, JSON.stringify(seconds));
    renameSync(`${FILE}.${process.pid}`, FILE);
  } catch {
    // Only the order of the next run hangs on it.
  }
}
