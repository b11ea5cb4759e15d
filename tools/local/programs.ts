import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The programs of the data plane that a tunnel on one machine needs. */
export const PROGRAMS = ['intermediate-server', 'app-connector', 'agent'] as const;

/** The test backend beside them in a package: one file for Node. */
export const TEST_BACKEND = 'test-backend.cjs';

/** Where each program is. */
export type LocalPrograms = Readonly<Record<(typeof PROGRAMS)[number], string>>;

/** What there is to run: programs, or why there are none. */
export type ProgramsFound =
  | { readonly type: 'ready'; readonly programs: LocalPrograms }
  | { readonly type: 'missing'; readonly reason: string };

/**
 * The package that has the programs for this system; `npm run programs` makes it where they were built, and it is installed
 * from that file. It is in no registry: whatever is there under this name is somebody else's.
 */
export const PROGRAMS_PACKAGE = `@ztna/programs-${process.platform}-${process.arch}`;

/** What a person does who has neither the package nor cargo. */
const HOW_TO_GET_THEM = `install the file that npm run programs packs where they were built (no registry has it), or Rust (rustup), and start again; until then each follower checks its own enforcement file`;

/** What is said where neither packages nor cargo are there. */
const NOT_BUILT = `the data plane does not run: its programs (${PROGRAMS.join(', ')}) are not installed, and cargo is not either; ${HOW_TO_GET_THEM}`;

/** What is said in a folder that has policies and no programs. */
const NOT_HERE = `the data plane does not run: this folder has no images/ to build its programs from; ${HOW_TO_GET_THEM}`;

/** How much of a build is done. */
const PROGRESS = /(\d+)\/(\d+)(?::|\s)/;

/**
 * The programs, from packages where they are installed, else built by cargo from `images/` in this clone.
 * @param root the clone
 * @param env with the PATH on which cargo is found
 * @param progress told how far the build is: crates done and crates in all
 * @param signal ends the build
 */
export async function findPrograms(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  progress: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<ProgramsFound> {
  const packed = packagedPrograms(root);
  if (packed) return { type: 'ready', programs: packed };
  if (!existsSync(join(root, 'images', 'Cargo.toml'))) return { type: 'missing', reason: NOT_HERE };
  const built = programsBelow(join(root, 'images', 'target', 'debug'));
  const { status, last } = await build(join(root, 'images'), env, progress, signal);
  if (status === undefined) return { type: 'missing', reason: NOT_BUILT };
  if (status !== 0) return { type: 'missing', reason: `the data plane cannot be built: ${last}` };
  return { type: 'ready', programs: built };
}

/** Of the packages for this system, where all of them are installed. */
function packagedPrograms(root: string): LocalPrograms | undefined {
  const programs = programsBelow(packageFolder(root));
  return Object.values(programs).every((path) => existsSync(path)) ? programs : undefined;
}

/** The agent alone, where it is installed or was built; nothing is built here. */
export function findAgent(root: string): string | undefined {
  const built = ['release', 'debug'].map((profile) => join(root, 'images', 'target', profile, 'agent'));
  return [join(packageFolder(root), 'agent'), ...built].find((path) => existsSync(path));
}

/** Where the package for this system has its programs. */
function packageFolder(root: string): string {
  return join(root, 'node_modules', PROGRAMS_PACKAGE, 'bin');
}

function programsBelow(folder: string): LocalPrograms {
  return Object.fromEntries(PROGRAMS.map((name) => [name, join(folder, name)])) as unknown as LocalPrograms;
}

/** Builds them; cargo does nothing where they are up to date. @returns no status where cargo is not installed */
function build(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  progress: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<{ status: number | undefined; last: string }> {
  const packages = PROGRAMS.flatMap((name) => ['--package', name]);
  const child: ChildProcess = spawn('cargo', ['build', '--locked', '--bins', ...packages], {
    cwd: folder,
    env: { ...env, CARGO_TERM_PROGRESS_WHEN: 'always', CARGO_TERM_PROGRESS_WIDTH: '80' },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  let last = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    const [, done, all] = PROGRESS.exec(text) ?? [];
    if (done && all) progress(Number(done), Number(all));
    last = text.split(/[\r\n]/).findLast((line) => line.startsWith('error')) ?? last;
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve({ status: undefined, last }));
    child.on('close', (status) => resolve({ status: status ?? 1, last }));
  });
}
