/**
 * `npm run prove:data-plane`: what takes too long for every change. `--worlds N`, `--inputs N` and `--minutes N` say how much
 * (`--runs N` is both of the first); words choose proofs by their names. What cannot be made here is skipped with its reason;
 * with CI=true that is a failure. The last line is `N passed, N failed, N skipped`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Amount, type Proof, proofs, TARGETS, WHOLE } from './proofs.ts';

const COUNT = { type: 'string' } as const;
const { values, positionals: words } = parseArgs({
  options: { runs: COUNT, worlds: COUNT, inputs: COUNT, minutes: COUNT },
  allowPositionals: true,
});

function amount(): Amount {
  const number = (text: string | undefined, otherwise: number): number => {
    const value = Number(text ?? otherwise);
    if (!(value > 0)) throw new Error(`${text} is not a number above 0`);
    return value;
  };
  return {
    worlds: number(values.worlds ?? values.runs, WHOLE.worlds),
    inputs: number(values.inputs ?? values.runs, WHOLE.inputs),
    minutes: number(values.minutes, WHOLE.minutes),
  };
}

type Outcome = 'passed' | 'failed' | 'skipped';

function make({ name, command, missing, faults }: Proof): Outcome {
  const reason = missing();
  if (reason !== undefined) {
    const isFailure = process.env['CI'] === 'true';
    console.log(`${isFailure ? 'FAIL' : 'skip'} ${name}: ${reason}`);
    return isFailure ? 'failed' : 'skipped';
  }
  const began = performance.now();
  const [program, ...args] = command.words;
  const env = { ...process.env, ...command.env };
  const { status, error } = spawnSync(program!, args, { cwd: command.folder, env, stdio: 'inherit' });
  const wrong = status === 0 ? (faults?.() ?? []) : [error?.message ?? `${program} ended with ${status}`];
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${wrong.length ? 'FAIL' : 'ok  '} ${name} (${seconds} s)`);
  for (const fault of wrong) console.log(`  ${fault}`);
  return wrong.length ? 'failed' : 'passed';
}

const scratch = mkdtempSync(join(tmpdir(), 'ztna-prove-'));
for (const target of TARGETS) mkdirSync(join(scratch, target));
const outcomes: Outcome[] = [];
try {
  for (const proof of proofs(amount(), scratch)) {
    if (words.length && !words.some((word) => proof.name.includes(word))) continue;
    outcomes.push(make(proof));
  }
} finally {
  rmSync(scratch, { recursive: true });
}
const count = (outcome: Outcome): number => outcomes.filter((one) => one === outcome).length;
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
process.exitCode = count('failed') > 0 || outcomes.length === 0 ? 1 : 0;
