import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Fault } from '../contract/fault.ts';

/** Runs a program, never through a shell. */
export const run = promisify(execFile);

/** Settings that make git's answers the same on every machine, whatever a user or a repository configures. */
export const STEADY = [
  '-c',
  'core.quotepath=false',
  '-c',
  'core.fsmonitor=false',
  // What a strange place sends is looked at before it is kept: names such as `..` or `.git` among it.
  '-c',
  'fetch.fsckObjects=true',
  '--no-replace-objects',
  '--literal-pathspecs',
];
/** What git is told beside its words. */
export const ENVIRONMENT = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
/** Bytes of git's answer that are kept. */
const MOST = 256 * 1024 * 1024;

/** Runs git, never through a shell. @returns its standard output; @throws Fault with what it said */
export async function git(root: string, ...words: readonly string[]): Promise<Buffer> {
  return (await ask(root, words))!;
}

/** What git says, and with which exit status, where it means "there is none" and no failure. */
export interface None {
  status: number;
  says?: RegExp;
}

/** Runs git. @returns undefined where it answers that there is none; @throws Fault for any other failure */
export async function ask(root: string, words: readonly string[], none?: None): Promise<Buffer | undefined> {
  try {
    return (await run('git', [...STEADY, ...words], optionsIn(root))).stdout;
  } catch (error) {
    const { code, stderr = Buffer.of() } = error as { code?: unknown; stderr?: Buffer };
    if (none && code === none.status && (none.says?.test(stderr.toString()) ?? true)) return undefined;
    throw faultOf(error as NodeJS.ErrnoException & { stderr?: Buffer }, words, root);
  }
}

/** What git is run with beside its words. */
export interface GitInput {
  /** Its standard input. */
  text?: string;
  /** Variables of its environment. */
  env?: Readonly<Record<string, string>>;
}

/** Runs git with an input, or with variables. @returns its standard output, trimmed; @throws Fault with what it said */
export async function gitWith(root: string, { text = '', env = {} }: GitInput, ...words: readonly string[]) {
  const options = optionsIn(root);
  const running = run('git', [...STEADY, ...words], { ...options, env: { ...options.env, ...env } });
  running.child.stdin!.on('error', () => {});
  running.child.stdin!.end(text);
  try {
    return (await running).stdout.toString('utf8').trim();
  } catch (error) {
    throw faultOf(error as NodeJS.ErrnoException & { stderr?: Buffer }, words, root);
  }
}

/** How git is run in a folder. */
export function optionsIn(root: string) {
  return {
    cwd: root,
    env: { ...process.env, ...ENVIRONMENT },
    maxBuffer: MOST,
    encoding: 'buffer',
  } as const;
}

function faultOf(
  error: NodeJS.ErrnoException & { stderr?: Buffer },
  words: readonly string[],
  root: string,
): Fault {
  if (error.code === 'ENOENT')
    return new Fault(
      'git cannot be run: this compares with what git has, and publishes what is committed',
      'install git, or run this where it is installed',
    );
  const said = error.stderr?.toString('utf8').trim().split('\n')[0] || error.message;
  const why = said.replace(/^(fatal|error): /, '');
  if (/dubious ownership/.test(said)) {
    const folder = /'([^']+)'/.exec(said)?.[1] ?? root;
    return new Fault(
      `git does not read this clone, as another user owns it: ${folder}`,
      `say that you trust it: git config --global --add safe.directory '${folder}'`,
    );
  }
  if (/not a git repository/.test(said))
    return new Fault(
      `${root} is in no git repository`,
      'clone the repository with git, or begin one: git init && git add . && git commit',
    );
  return new Fault(`git ${words[0]} failed`, 'put right what git says, and repeat', { why });
}
