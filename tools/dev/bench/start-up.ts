/** How long the command takes from nothing to its end, beside a Node process that does nothing. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inFolder } from './peer.ts';
import { median, ms, print } from './print.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const BIN = join(root, 'bin/ztna.js');
const RUNS = 20;

/** A command, and how many times as long as Node itself it may take at most, by the median. */
const AIMS: readonly (readonly [words: readonly string[], times: number])[] = [
  [['--help'], 4],
  [['validate'], 6],
  [['render-diff'], 9],
];

function run(words: readonly string[], folder: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

function git(folder: string, ...words: readonly string[]): void {
  const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];
  const { status, stderr } = spawnSync('git', [...author, ...words], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${words[0]}: ${stderr}`);
}

/** The repository's own files, committed, in a folder. */
function prepare(folder: string): void {
  for (const name of ['policies', 'environments'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '.');
  git(folder, 'commit', '-q', '-m', 'The company');
}

/** Start-up as Markdown: the first run makes the bundle, the second compiles it, the others find both. */
export async function benchStartUp(): Promise<void> {
  rmSync(join(root, 'node_modules/.cache/ztna'), { recursive: true, force: true });
  await inFolder(async (folder) => {
    prepare(folder);
    const first = AIMS.map(([words]) => run([BIN, ...words], folder));
    for (const [words] of AIMS) run([BIN, ...words], folder);
    const rows = [['-e', '0'], ...AIMS.map(([words]) => [BIN, ...words])];
    const times = rows.map((): number[] => []);
    // In turn, so that whatever else the machine does meets all alike.
    for (let round = 0; round < RUNS; round++)
      rows.forEach((words, at) => times[at]!.push(run(words, folder)));
    const [node, ...rest] = times.map(median);
    print(`\n## Start-up: whole processes, medians of ${RUNS}\n`);
    print('| what | first run | median | times `node -e 0` | at most |\n| --- | ---: | ---: | ---: | ---: |');
    print(`| \`node -e 0\` | | ${ms(node!)} | 1 | |`);
    AIMS.forEach(([words, most], at) => {
      const times = (rest[at]! / node!).toFixed(1);
      print(`| \`ztna ${words.join(' ')}\` | ${ms(first[at]!)} | ${ms(rest[at]!)} | ${times} | ${most} |`);
    });
  });
}
