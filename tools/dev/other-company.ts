/**
 * `npm run test:other-company`: the tools' tests in a copy of the project that belongs to another company, with other
 * names, networks and three environments. Whatever of the tools is made for one company fails here. A file that did
 * nothing by which it could have seen the company, when `npm test` ran it in this very tree, finds the same here and is
 * left out. Words after `--` narrow it to test files that have one of them in their path.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FOLDERS } from '../load/sources.ts';
import { filesOf, thoseThatCouldSee } from './test/reach/record.ts';
import { temporaryInMemory } from './test/temporary.ts';
import { testFiles } from './test/test-files.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const OTHER = 'tools/testing/other-company';
const GENERATED = ['codeowners'];
const TSX = ['--import', 'tsx/esm'];

/** Every file of the project but the company's. */
function copyTo(folder: string): void {
  for (const file of filesOf(root)) {
    if (FOLDERS.some((name) => file.startsWith(`${name}/`))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  for (const name of FOLDERS) cpSync(join(root, OTHER, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

/** Runs a program of the copy. @returns its exit status */
function run(folder: string, ...words: string[]): number {
  const { status } = spawnSync(process.execPath, [...TSX, ...words], { cwd: folder, stdio: 'inherit' });
  return status ?? 2;
}

/** Runs a command of the copy as people do. @returns its exit status; 2 where it says nothing, as then nothing was run */
function runCommand(folder: string, command: string): number {
  const { status, stdout } = spawnSync(process.execPath, ['bin/ztna.js', command], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(stdout);
  if (stdout !== '') return status ?? 2;
  console.error(`${command} said nothing`);
  return 2;
}

function main(words: readonly string[]): number {
  temporaryInMemory();
  const folder = mkdtempSync(join(tmpdir(), 'ztna-other-company-'));
  // As a clone is, for the test that runs as another user.
  chmodSync(folder, 0o755);
  try {
    copyTo(folder);
    for (const command of [...GENERATED, 'validate', 'environments']) {
      const status = runCommand(folder, command);
      if (status !== 0) return status;
    }
    const all = testFiles(root);
    const files = thoseThatCouldSee(root, all);
    const chosen = files.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
    // No words at all would run every file.
    if (chosen.length === 0) {
      console.error(`none of the files that could see the company has ${words.join(' or ')} in its path`);
      return 2;
    }
    console.log(`${chosen.length} test files; ${all.length - files.length} others could not see the company`);
    return run(folder, 'tools/dev/test/test.ts', ...chosen);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = main(process.argv.slice(2));
