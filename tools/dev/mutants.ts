/**
 * `npm run mutants`: makes each fault that is listed, one at a time, in a copy of the tools, and expects a test to
 * notice. Words after `--` choose the lists: decide, difference, merge, values, wording, advice, protocol, simulation.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADVICE_MUTANTS, DECIDE_MUTANTS, DIFFERENCE_MUTANTS, WORDING_MUTANTS } from './mutants/access.ts';
import { MERGE_MUTANTS } from './mutants/merge.ts';
import type { Mutant } from './mutants/mutant.ts';
import { PROTOCOL_MUTANTS } from './mutants/protocol.ts';
import { SIMULATION_MUTANTS } from './mutants/simulation.ts';
import { VALUE_MUTANTS } from './mutants/values.ts';
import { runFile } from './test/run-file.ts';
import { temporaryInMemory } from './test/temporary.ts';
import { end } from './end.ts';

const here = fileURLToPath(new URL('../../', import.meta.url));

/** Who must notice a fault: a file of tests, or a program with its words. */
type Proof = string | readonly string[];

/** The simulation alone, with as few runs as suffice; the situations that it plays first notice most. */
const PROVE = ['tools/simulation/main.ts', '--runs', '100', '--seed', '20260601', '--as-found'];

/** No proof takes longer, in milliseconds. */
const LONGEST_MS = 240_000;

/** Every list of faults, and the proofs that must notice them. */
const LISTS: Record<string, { mutants: readonly Mutant[]; tests: readonly Proof[] }> = {
  decide: { mutants: DECIDE_MUTANTS, tests: ['tools/access/access.test.ts', 'tools/access/oracle.test.ts'] },
  difference: {
    mutants: DIFFERENCE_MUTANTS,
    tests: ['tools/access/difference.test.ts', 'tools/access/oracle.test.ts'],
  },
  merge: {
    mutants: MERGE_MUTANTS,
    tests: [
      'tools/review/review.test.ts',
      'tools/commands/github.test.ts',
      'tools/commands/pull-request.test.ts',
    ],
  },
  values: {
    mutants: VALUE_MUTANTS,
    tests: [
      'tools/contract/values/values.test.ts',
      'tools/check/dead-references.test.ts',
      'tools/access/scalars.test.ts',
    ],
  },
  wording: { mutants: WORDING_MUTANTS, tests: ['tools/access/wording/time-text.test.ts'] },
  advice: { mutants: ADVICE_MUTANTS, tests: ['tools/access/advice/advise.test.ts'] },
  protocol: { mutants: PROTOCOL_MUTANTS, tests: ['tools/simulation/simulation.test.ts'] },
  simulation: { mutants: SIMULATION_MUTANTS, tests: [PROVE] },
};

/** A copy of the project to make faults in. */
function copy(): string {
  const root = mkdtempSync(join(tmpdir(), 'ztna-mutants-'));
  for (const name of ['bin', 'tools', 'images/admin-panel', 'schemas', 'package.json', 'tsconfig.json'])
    cpSync(join(here, name), join(root, name), { recursive: true });
  symlinkSync(join(here, 'node_modules'), join(root, 'node_modules'));
  return root;
}

/** What the first proof that fails says; undefined where none does. */
async function firstFailure(root: string, tests: readonly Proof[]): Promise<string | undefined> {
  for (const proof of tests) {
    const found = typeof proof === 'string' ? await failureOf(root, proof) : await complaintOf(root, proof);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function failureOf(root: string, file: string): Promise<string | undefined> {
  const { failed, passed } = await runFile(root, file);
  return failed > 0 || passed === 0 ? file : undefined;
}

/** The first line that a program says when it ends with something else than 0. One that does not end notices nothing. */
function complaintOf(root: string, program: readonly string[]): Promise<string | undefined> {
  const options = { cwd: root, timeout: LONGEST_MS, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve) =>
    execFile(process.execPath, ['--import', 'tsx', ...program], options, (error, _, complaint) =>
      resolve(error && !error.killed ? complaint.split('\n')[0] : undefined),
    ),
  );
}

/** Makes one fault, looks who notices it, and takes it back. */
async function noticed(
  root: string,
  { name, file, from, to }: Mutant,
  tests: readonly Proof[],
): Promise<string | undefined> {
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${name}: ${file} does not have exactly once: ${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return firstFailure(root, tests).finally(() => writeFileSync(path, text));
}

/** Works through one queue of faults in a copy of its own. @returns how many nobody noticed */
async function work(queue: { mutant: Mutant; tests: readonly Proof[] }[]): Promise<number> {
  const root = copy();
  let survived = 0;
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { mutant, tests } = next;
    const by = await noticed(root, mutant, tests);
    if (!by) survived++;
    console.log(`${by ? 'caught  ' : 'SURVIVED'} ${mutant.of}: ${mutant.name}${by ? ` (${by})` : ''}`);
  }
  rmSync(root, { recursive: true, force: true });
  return survived;
}

async function main(words: readonly string[]): Promise<void> {
  temporaryInMemory();
  const unknown = words.find((word) => !Object.hasOwn(LISTS, word));
  if (unknown !== undefined) end(`which list? ${unknown} is none of: ${Object.keys(LISTS).join(', ')}`);
  const lists = Object.entries(LISTS).filter(([name]) => words.length === 0 || words.includes(name));
  const tests = new Set(lists.flatMap(([, list]) => list.tests));
  const whole = copy();
  const broken = await firstFailure(whole, [...tests]);
  rmSync(whole, { recursive: true, force: true });
  if (broken) throw new Error(`${broken} fails without any fault`);
  const queue = lists.flatMap(([, list]) => list.mutants.map((mutant) => ({ mutant, tests: list.tests })));
  const total = queue.length;
  const survived = await Promise.all(Array.from({ length: availableParallelism() }, () => work(queue)));
  const missed = survived.reduce((sum, one) => sum + one, 0);
  console.log(`${total - missed} of ${total} faults were caught`);
  process.exitCode = missed > 0 || total === 0 ? 1 : 0;
}

await main(process.argv.slice(2));
