/** How long it takes to validate, compare, publish and follow repositories of files, beside ajv-cli on the same files. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { difference } from '../../access/difference.ts';
import { assemble } from '../../bundle/assemble.ts';
import { KINDS } from '../../contract/kinds.ts';
import { loadWorkingTree } from '../../load/load.ts';
import { company, SHARES, sizeOfFiles } from '../../testing/company.ts';
import { deliver } from './deliver.ts';
import { checksum, filesOf, writeFiles } from '../../testing/repository-files.ts';
import { CHECK_JSONSCHEMA, inFolder, runAjvCli, runCheckJsonschema, runZtna } from './peer.ts';
import { ms, print } from './print.ts';
import { repositoryOf, type RepositoryValues } from '../../testing/repository.ts';

const AT = Date.parse('2026-06-01T00:00:00Z');

/** Commands after one edit, and how many times as long as `validate` with a warm cache they may take. */
const WARM: readonly (readonly [words: readonly string[], most: number])[] = [
  [['render-diff'], 1.5],
  [['explain', 'person-1@example.com', 'service-0', '--env', 'live', '--port', '443'], 1.2],
  [['access', '--service', 'service-0'], 1.2],
];

/** Makes a folder a clone with everything committed. */
function commitAll(folder: string): void {
  const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '.'],
    ['commit', '-q', '-m', 'The company'],
  ]) {
    const { status, stderr } = spawnSync('git', [...author, ...words], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${words[0]}: ${stderr}`);
  }
}

async function timed<T>(work: () => Promise<T> | T): Promise<[T, number]> {
  const start = performance.now();
  return [await work(), performance.now() - start];
}

/** The same company with one policy given other services. */
function withOneEdit(world: RepositoryValues): RepositoryValues {
  const [first, ...rest] = world.policies!;
  return {
    ...world,
    policies: [{ ...first!, what: { services: [world.services![0]!.id, world.services![1]!.id] } }, ...rest],
  };
}

async function measure(files: number): Promise<void> {
  const world = company(sizeOfFiles(files));
  const texts = filesOf(world);
  print(`\n## ${files} files (${texts.size} with the environment's; checksum ${checksum(texts)})\n`);
  print('| what | time | memory | note |\n| --- | ---: | ---: | --- |');
  await inFolder(async (folder) => {
    writeFiles(folder, texts);
    commitAll(folder);
    const ours = runZtna(folder, 'validate');
    const edited = join(folder, 'policies/access/policy-0.yaml');
    writeFileSync(edited, readFileSync(edited, 'utf8').replace('Policy number 0', 'Policy number zero'));
    const warm = runZtna(folder, 'validate');
    print(
      `| validate, whole process, cold | ${ms(ours.ms)} | ${Math.round(ours.mib)} MiB | schemas, rules and access tests |`,
    );
    print(
      `| validate, warm, one file changed | ${ms(warm.ms)} | ${Math.round(warm.mib)} MiB | the others from the cache |`,
    );
    for (const [words, most] of WARM) {
      // The first run of a command makes its bundle.
      runZtna(folder, ...words);
      const { ms: time, mib } = runZtna(folder, ...words);
      const share = `${(time / warm.ms).toFixed(2)} of validate warm; at most ${most}`;
      print(`| ${words.slice(0, 2).join(' ')}, warm | ${ms(time)} | ${Math.round(mib)} MiB | ${share} |`);
    }
    const peer = runAjvCli(folder);
    const once = peer.ms - (peer.processes - 1) * peer.startMs;
    print(
      `| ajv-cli, ${peer.processes} processes | ${ms(peer.ms)} | ${Math.round(peer.mib)} MiB | schemas only; about ${ms(once)} were it one process |`,
    );
    print(
      `| validate over ajv-cli | ${(ours.ms / peer.ms).toFixed(2)} x | | ${(ours.ms / once).toFixed(2)} x were it one process |`,
    );
    if (CHECK_JSONSCHEMA) {
      const other = runCheckJsonschema(folder);
      print(
        `| check-jsonschema | ${ms(other)} | | schemas only; validate, cold, takes ${(ours.ms / other).toFixed(2)} of it |`,
      );
    }
    print(`| validate, warm, over ajv-cli | ${(warm.ms / peer.ms).toFixed(2)} x | | |`);
    const [{ repository }, loading] = await timed(() => loadWorkingTree(folder));
    print(`| load, in process | ${ms(loading)} | | ${KINDS.length} kinds of file |`);
    const after = repositoryOf(withOneEdit(world));
    const [, cold] = await timed(() => difference(repository, after, { at: AT }));
    print(`| difference after one edit | ${ms(cold)} | | both sides compiled |`);
    const [bundle, building] = await timed(() => assemble(repository, 'live'));
    const bytes = bundle.parts.reduce((sum, part) => sum + part.bytes.length, 0);
    print(`| bundle | ${ms(building)} | | ${bundle.parts.length} parts, ${Math.round(bytes / 1024)} KiB |`);
    const delivered = await deliver(bundle, folder);
    print(`| publish to the embedded store | ${ms(delivered.publishMs)} | | ${delivered.calls} calls |`);
    print(
      `| follow it, one intermediate | ${ms(delivered.followMs)} | | verified, flattened, in force, acknowledged |`,
    );
  });
}

/** Repositories of these numbers of files, as Markdown. */
export async function benchFiles(sizes: readonly number[]): Promise<void> {
  const shares = Object.entries(SHARES).map(([kind, share]) => `${kind} ${share * 100} %`);
  print(`\nShares of the files: ${shares.join(', ')}.`);
  for (const size of sizes) await measure(size);
}
