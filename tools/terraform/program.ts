/** The one file outside `git/` that runs another program: Terraform, or OpenTofu, which takes the same words. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Fault } from '../contract/fault.ts';

/** The programs that can do it, the first that is found. */
const PROGRAMS = ['terraform', 'tofu'];

/** How a program is run. */
export interface ProgramOptions {
  /** The folder it works in. */
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Told each line that it prints, as it prints it; output that is asked for is not told. */
  tell: (line: string) => void;
  signal: AbortSignal;
}

/** The program that is on the path. @throws Fault where there is none */
export async function findProgram(running: ProgramOptions): Promise<string> {
  for (const program of PROGRAMS) {
    const found = await run(program, ['version'], { ...running, tell: () => {} }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (found?.status === 0) return program;
  }
  throw new Fault(`neither ${PROGRAMS.join(' nor ')} can be run`, 'install Terraform and put it on the path');
}

/** Runs the program, telling what it prints. @throws Fault where it fails */
export async function demand(
  program: string,
  words: readonly string[],
  running: ProgramOptions,
): Promise<void> {
  verify(program, words, await run(program, words, running), running);
}

/** Runs the program and gives what it printed. @throws Fault where it fails */
export async function ask(
  program: string,
  words: readonly string[],
  running: ProgramOptions,
): Promise<string> {
  const quiet = await run(program, words, { ...running, tell: () => {} });
  verify(program, words, quiet, running);
  return quiet.out;
}

interface ProgramResult {
  status: number | null;
  out: string;
  err: string;
}

function verify(
  program: string,
  words: readonly string[],
  { status, err }: ProgramResult,
  { signal }: ProgramOptions,
): void {
  if (status === 0) return;
  const said = /Error: .*/.exec(err)?.[0] ?? err.trim().split('\n').at(-1) ?? '';
  throw new Fault(
    signal.aborted ? `${program} ${words[0]} was interrupted` : `${program} ${words[0]} failed: ${said}`,
    signal.aborted
      ? 'run the same command again: it goes on where it stood'
      : 'what it printed above says why',
  );
}

/** Never through a shell; an interrupt is passed on, so that it can release its lock, and its end is waited for. */
async function run(
  program: string,
  words: readonly string[],
  running: ProgramOptions,
): Promise<ProgramResult> {
  const { folder, env, tell, signal } = running;
  const child = spawn(program, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: ProgramResult = { status: null, out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.err += text));
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', tell);
  const interrupt = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    ended.status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
  return ended;
}
