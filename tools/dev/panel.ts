/**
 * The admin panel in a real browser. `npm run test:panel` looks at one page of each kind; with `--prove` each in every size
 * and colour scheme, every proposal is made as a person makes it, a real `npm start` is watched while its programs are
 * killed, and schemathesis asks the API whatever its description allows. The last line is
 * `N passed, N failed, N skipped`. Where CI says that it decides (CI=true), a skip is a failure.
 */
import { join, relative } from 'node:path';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runFile } from './test/run-file.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'images/admin-panel/testing');

/** What is only proved, as it takes longer. */
const PROOFS = /\.prove\.ts$/;

/** What is installed, to the letter: another version asks other things. */
const SCHEMATHESIS = 'schemathesis==4.32.5';

/** Milliseconds for a file where all is proved: on a busy machine it takes minutes. */
const LONGEST_MS = 900_000;

const prove = process.argv.includes('--prove');
const files = readdirSync(folder)
  .filter((name) => /\.browser\.ts$/.test(name) || (prove && PROOFS.test(name)))
  .map((name) => relative(root, join(folder, name)));

if (prove) process.env['ZTNA_PROVE'] = '1';
if (prove) process.env['ZTNA_SCHEMATHESIS'] ??= installed();

let [passed, failed, skips] = [0, 0, 0];
for (const file of files) {
  const result = await runFile(root, file, ['--import', 'tsx', file], prove ? LONGEST_MS : undefined);
  passed += result.passed;
  failed += result.failed;
  skips += result.skipped.length;
  console.log(
    `${result.failed > 0 ? 'FAIL' : 'ok  '} ${file} (${result.passed} passed, ${result.seconds.toFixed(1)} s)`,
  );
  if (result.failed > 0) console.log([result.output.trimEnd(), ...result.problems].join('\n'));
  for (const { name, reason } of result.skipped) console.log(`skip ${file}: ${name}: ${reason}`);
}
if (process.env['CI'] === 'true') [failed, skips] = [failed + skips, 0];
process.exitCode = failed > 0 || passed + skips === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed, ${skips} skipped`);

/** schemathesis from PyPI, in the cache; a path at which there is nothing where it cannot be had. */
function installed(): string {
  const place = join(root, 'node_modules/.cache/schemathesis');
  const program = join(place, 'bin/schemathesis');
  if (existsSync(program)) return program;
  const run = (command: string, ...words: string[]): boolean =>
    spawnSync(command, words, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  if (
    !run('python3', '-m', 'venv', place) ||
    !run(join(place, 'bin/pip'), 'install', '--quiet', SCHEMATHESIS)
  )
    console.log('schemathesis cannot be installed here');
  return program;
}
