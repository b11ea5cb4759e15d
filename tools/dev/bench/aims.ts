import { spawnSync } from 'node:child_process';
import { print } from './print.ts';

/** A line of a benchmark's output: its figures by name. */
export type Result = { readonly scenario: string } & Readonly<Record<string, unknown>>;

/** What is measured, what is aimed at, and what came of it. */
export interface FigureRow {
  what: string;
  aim: string;
  seen: string;
  /** Absent where nothing is aimed at. */
  held?: boolean;
}

/**
 * Runs a benchmark that says a line of JSON for each figure, and prints its figures beside their aims.
 * @param more what is printed below the table
 * @throws where it fails, after what it had said until then is printed
 */
export function benchAims(
  command: readonly string[],
  rows: (results: readonly Result[]) => FigureRow[],
  more: (results: readonly Result[]) => string = () => '',
): void {
  const { results, ended } = resultsOf(command);
  print('| what | aim | seen | |\n|---|---|---|---|');
  for (const { what, aim, seen, held } of rows(results))
    print(`| ${what} | ${aim} | ${seen} | ${held === undefined ? '' : held ? 'held' : 'falls short'} |`);
  const below = more(results);
  if (below) print(`\n${below}`);
  if (ended !== 0) throw new Error(`the benchmark ended with ${ended}`);
}

/** Runs a benchmark that says a line of JSON for each figure. @returns what it said, and its exit status or signal */
export function resultsOf(command: readonly string[]): { results: Result[]; ended: number | string } {
  const [program, ...words] = command;
  const run = spawnSync(program!, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (run.error) throw run.error;
  const lines = run.stdout.split('\n').filter(Boolean);
  return { results: lines.map((line) => JSON.parse(line) as Result), ended: run.status ?? run.signal! };
}

/** The result of a scenario, where it was run. */
export function resultOf(results: readonly Result[], scenario: string): Result | undefined {
  return results.find((one) => one.scenario === scenario);
}

/** A figure of a result. @throws where it has none of this name */
export function figure(result: Result, name: string): number {
  const value = result[name];
  if (typeof value !== 'number')
    throw new Error(`${result.scenario} has no ${name}: ${JSON.stringify(result)}`);
  return value;
}

/** The rows of a result that may not have been measured. */
export function each(found: Result | undefined, rowsOf: (found: Result) => FigureRow[]): FigureRow[] {
  return found ? rowsOf(found) : [];
}
