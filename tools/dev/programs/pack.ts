import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../contract/fault.ts';
import { bundleProgram } from '../images/bundle.ts';
import { PROGRAMS, PROGRAMS_PACKAGE, TEST_BACKEND } from '../../local/programs.ts';

/**
 * Packs programs that were built for this system, with the test backend beside them.
 * @param built the folder that has them @param folder where the package goes @returns its file
 * @throws Fault where one of them was not built
 */
export async function packPrograms(root: string, built: string, folder: string): Promise<string> {
  const missing = PROGRAMS.filter((name) => !existsSync(join(built, name)));
  if (missing.length > 0)
    throw new Fault(
      `${built} has no ${missing.join(', ')}`,
      'build them: cargo build --manifest-path images/Cargo.toml --release --locked --bins; or name a folder with --from',
    );
  const place = mkdtempSync(join(tmpdir(), 'ztna-programs-'));
  try {
    mkdirSync(join(place, 'bin'));
    for (const name of PROGRAMS) copySmall(join(built, name), join(place, 'bin', name));
    writeFileSync(join(place, 'bin', TEST_BACKEND), (await bundleProgram(root, 'test-backend')).code);
    writeFileSync(join(place, 'package.json'), `${JSON.stringify(manifestOf(root), null, 2)}\n`);
    mkdirSync(folder, { recursive: true });
    const words = ['pack', '--json', '--silent', '--pack-destination', folder];
    const [packed] = JSON.parse(execFileSync('npm', words, { cwd: place, encoding: 'utf8' })) as [
      { filename: string },
    ];
    return join(folder, packed.filename.replace('@', '').replace('/', '-'));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Copies a program without what only a debugger reads, where this machine can take that away. */
function copySmall(from: string, to: string): void {
  copyFileSync(from, to);
  spawnSync('strip', [to]);
}

function manifestOf(root: string): object {
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  return {
    name: PROGRAMS_PACKAGE,
    version,
    // It is handed on as a file. npm refuses to publish it.
    private: true,
    license,
    description: `The programs of the data plane for ${process.platform} on ${process.arch}`,
    os: [process.platform],
    cpu: [process.arch],
    files: ['bin'],
  };
}
