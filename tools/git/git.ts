import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** git could not do what was asked: what, and what git said. */
export class GitFault extends Error {
  constructor(
    message: string,
    readonly remedy?: string,
    /** The status with which git ended, where it ran. */
    readonly status?: number,
  ) {
    super(message);
    this.name = 'GitFault';
  }
}

/** Settings that make git's answers the same on every machine, whatever a user or a repository configures. */
const STEADY = [
  '-c',
  'core.quotepath=false',
  '-c',
  'core.fsmonitor=false',
  '--no-replace-objects',
  '--literal-pathspecs',
];
const ENVIRONMENT = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
/** Bytes of git's answer that are kept. */
const MOST = 256 * 1024 * 1024;

/** Runs git, never through a shell. @returns its standard output; @throws GitFault with what it said */
export async function git(root: string, ...words: readonly string[]): Promise<Buffer> {
  try {
    const options = {
      cwd: root,
      env: { ...process.env, ...ENVIRONMENT },
      maxBuffer: MOST,
      encoding: 'buffer',
    } as const;
    const { stdout } = await run('git', [...STEADY, ...words], options);
    return stdout;
  } catch (error) {
    throw faultOf(error as ExecError, words);
  }
}

type ExecError = Error & { code?: string | number | null; stderr?: Buffer };

function faultOf(error: ExecError, words: readonly string[]): GitFault {
  if (error.code === 'ENOENT')
    return new GitFault('git cannot be run', 'install git, or run this where it is installed');
  const said = error.stderr?.toString('utf8').trim().split('\n')[0] || error.message;
  const message = `git ${words[0]} failed: ${said.replace(/^(fatal|error): /, '')}`;
  return new GitFault(message, remedyFor(said), typeof error.code === 'number' ? error.code : undefined);
}

/** What to do about the refusals that people meet. */
function remedyFor(said: string): string | undefined {
  if (/dubious ownership/.test(said))
    return 'say that you trust it: git config --global --add safe.directory <folder>';
  return undefined;
}

/** The status with which git says "no" where it was asked a question; every other one means that it failed. */
const NO = 1;

/** Asks git a question. @returns its answer; undefined where it says no; @throws GitFault where it could not tell */
async function ask(root: string, ...words: readonly string[]): Promise<string | undefined> {
  try {
    return (await git(root, ...words)).toString('utf8').trim();
  } catch (error) {
    if (error instanceof GitFault && error.status === NO) return undefined;
    throw error;
  }
}

/** Whether the folder is in a git work tree. @throws GitFault where git cannot tell, as in a clone of another user */
export async function isRepository(root: string): Promise<boolean> {
  try {
    return (await ask(root, 'rev-parse', '--is-inside-work-tree')) === 'true';
  } catch (error) {
    if (error instanceof GitFault && /not a git repository/.test(error.message)) return false;
    throw error;
  }
}

/** The commit that a revision names. @throws GitFault where it names none */
export async function commitOf(root: string, revision: string): Promise<string> {
  const answer = await knownCommit(root, revision);
  if (answer !== undefined) return answer;
  throw new GitFault(
    `there is no commit \`${revision}\``,
    'name a branch, a tag or a commit that this clone has',
  );
}

/** The commit that a revision names; undefined where this clone has none. @throws GitFault where git cannot tell */
export function knownCommit(root: string, revision: string): Promise<string | undefined> {
  return ask(root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
}

/** The commit from which two revisions parted. @throws GitFault where they have none in common */
export async function mergeBase(root: string, one: string, other: string): Promise<string> {
  const answer = await ask(root, 'merge-base', '--end-of-options', one, other);
  if (answer !== undefined) return answer;
  throw new GitFault(
    `${one} and ${other} have no commit in common`,
    'fetch the whole history, or name a base',
  );
}

/**
 * Whether the first commit is the second, or one of its ancestors.
 * @throws GitFault where git cannot tell: a commit is missing, or the history was cut off before it
 */
export async function isAncestor(root: string, ancestor: string, descendant: string): Promise<boolean> {
  const words = ['merge-base', '--is-ancestor', '--end-of-options', ancestor, descendant];
  if ((await ask(root, ...words)) !== undefined) return true;
  if ((await ask(root, 'rev-parse', '--is-shallow-repository')) === 'true')
    throw new GitFault(
      `whether ${ancestor.slice(0, 12)} came before ${descendant.slice(0, 12)} is not in this shallow clone`,
      'fetch the whole history: git fetch --unshallow',
    );
  return false;
}

/** Whether anything below the paths differs from the commit checked out, untracked files included. */
export async function isDirty(root: string, paths: readonly string[]): Promise<boolean> {
  const answer = await git(root, 'status', '--porcelain', '-z', '--untracked-files=all', '--', ...paths);
  return answer.length > 0;
}

/** A file of a revision. */
export interface RevisionFile {
  path: string;
  /** `100644`, `100755`, `120000` for a symbolic link, `160000` for a submodule. */
  mode: string;
  object: string;
  bytes: number;
}

/** The files of a revision below the paths. */
export async function filesOf(
  root: string,
  commit: string,
  paths: readonly string[],
): Promise<RevisionFile[]> {
  const answer = await git(
    root,
    'ls-tree',
    '-r',
    '-z',
    '-l',
    '--full-tree',
    '--end-of-options',
    commit,
    '--',
    ...paths,
  );
  return answer
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [, mode, object, bytes, path] = /^(\d+) \w+ (\w+) +(\d+|-)\t(.*)$/s.exec(line)!;
      return { path: path!, mode: mode!, object: object!, bytes: Number(bytes) || 0 };
    });
}

/** The contents of objects, in the order asked for, by one git process. */
export async function contentsOf(root: string, objects: readonly string[]): Promise<Buffer[]> {
  if (objects.length === 0) return [];
  const child = spawn('git', [...STEADY, 'cat-file', '--batch'], {
    cwd: root,
    env: { ...process.env, ...ENVIRONMENT },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  child.stdin.end(objects.map((object) => `${object}\n`).join(''));
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return batched(Buffer.concat(chunks), objects.length);
}

/** Takes `git cat-file --batch` apart: a header line with the size, the bytes, a line feed. */
function batched(output: Buffer, count: number): Buffer[] {
  const contents: Buffer[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const end = output.indexOf(10, at);
    const size = Number(output.subarray(at, end).toString().split(' ')[2]);
    if (end < 0 || !Number.isInteger(size)) throw new GitFault('git cat-file gave no content for an object');
    contents.push(output.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return contents;
}

/** The first line of a commit's message. @throws GitFault where there is no such commit */
export function subjectOf(root: string, commit: string): Promise<string> {
  return formatted(root, commit, '%s');
}

/** Who wrote a commit, by name. @throws GitFault where there is no such commit */
export function authorOf(root: string, commit: string): Promise<string> {
  return formatted(root, commit, '%an');
}

async function formatted(root: string, commit: string, format: string): Promise<string> {
  const words = [
    'show',
    '--no-patch',
    '--no-show-signature',
    `--format=${format}`,
    '--end-of-options',
    commit,
  ];
  return (await git(root, ...words)).toString('utf8').trim();
}
