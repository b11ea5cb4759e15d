import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** git could not do what was asked: what, and what git said. */
export class GitFault extends Error {
  constructor(
    message: string,
    readonly remedy?: string,
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
    throw faultOf(error as NodeJS.ErrnoException & { stderr?: Buffer }, words);
  }
}

function faultOf(error: NodeJS.ErrnoException & { stderr?: Buffer }, words: readonly string[]): GitFault {
  if (error.code === 'ENOENT')
    return new GitFault('git cannot be run', 'install git, or run this where it is installed');
  const said = error.stderr?.toString('utf8').trim().split('\n')[0] ?? error.message;
  return new GitFault(`git ${words[0]} failed: ${said.replace(/^(fatal|error): /, '')}`);
}

/** Whether the folder is in a git work tree. */
export async function isRepository(root: string): Promise<boolean> {
  return git(root, 'rev-parse', '--is-inside-work-tree').then(
    (answer) => answer.toString().trim() === 'true',
    () => false,
  );
}

/** The commit that a revision names. @throws GitFault where it names none */
export async function commitOf(root: string, revision: string): Promise<string> {
  const answer = await git(
    root,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${revision}^{commit}`,
  ).catch(() => undefined);
  if (!answer)
    throw new GitFault(
      `there is no commit \`${revision}\``,
      'name a branch, a tag or a commit that this clone has',
    );
  return answer.toString().trim();
}

/** The commit from which two revisions parted. @throws GitFault where they have none in common */
export async function mergeBase(root: string, one: string, other: string): Promise<string> {
  const answer = await git(root, 'merge-base', '--end-of-options', one, other).catch(() => undefined);
  if (!answer)
    throw new GitFault(
      `${one} and ${other} have no commit in common`,
      'fetch the whole history, or name a base',
    );
  return answer.toString().trim();
}

/** Whether the first commit is the second, or one of its ancestors. */
export async function isAncestor(root: string, ancestor: string, descendant: string): Promise<boolean> {
  return git(root, 'merge-base', '--is-ancestor', '--end-of-options', ancestor, descendant).then(
    () => true,
    () => false,
  );
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
