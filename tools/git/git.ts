import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { Fault } from '../contract/fault.ts';

const run = promisify(execFile);

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

/** Runs git, never through a shell. @returns its standard output; @throws Fault with what it said */
export async function git(root: string, ...words: readonly string[]): Promise<Buffer> {
  return (await ask(root, words))!;
}

/** What git says, and with which exit status, where it means "there is none" and no failure. */
interface None {
  status: number;
  says?: RegExp;
}

/** Runs git. @returns undefined where it answers that there is none; @throws Fault for any other failure */
async function ask(root: string, words: readonly string[], none?: None): Promise<Buffer | undefined> {
  try {
    return (await run('git', [...STEADY, ...words], optionsIn(root))).stdout;
  } catch (error) {
    const { code, stderr = Buffer.of() } = error as { code?: unknown; stderr?: Buffer };
    if (none && code === none.status && (none.says?.test(stderr.toString()) ?? true)) return undefined;
    throw faultOf(error as NodeJS.ErrnoException & { stderr?: Buffer }, words, root);
  }
}

function optionsIn(root: string) {
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

/** Whether the folder is in a git work tree. @throws Fault where git does not say */
export async function isRepository(root: string): Promise<boolean> {
  const none = { status: 128, says: /not a git repository \(or any/ };
  const answer = await ask(root, ['rev-parse', '--is-inside-work-tree'], none);
  return answer?.toString().trim() === 'true';
}

/** The commit that a revision names; undefined where it names none that this clone has. */
export async function findCommit(root: string, revision: string): Promise<string | undefined> {
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  return (await ask(root, words, { status: 1 }))?.toString().trim();
}

/** The commit that a revision names. @throws Fault where it names none */
export async function commitOf(root: string, revision: string): Promise<string> {
  const found = await findCommit(root, revision);
  if (found !== undefined) return found;
  throw new Fault(
    `there is no commit \`${revision}\``,
    'name a branch, a tag or a commit that this clone has',
  );
}

/** The commit from which two revisions parted. @throws Fault where they have none in common */
export async function mergeBase(root: string, one: string, other: string): Promise<string> {
  const answer = await ask(root, ['merge-base', '--end-of-options', one, other], { status: 1 });
  if (answer) return answer.toString().trim();
  throw new Fault(`${one} and ${other} have no commit in common`, 'fetch the whole history, or name a base');
}

/** Whether the history of this clone is cut off somewhere. */
export async function isShallow(root: string): Promise<boolean> {
  return (await git(root, 'rev-parse', '--is-shallow-repository')).toString().trim() === 'true';
}

/**
 * Whether the first commit is the second, or one of its ancestors.
 * @param known what a shallow clone is asked: for the truth, or only for what it shows
 * @throws Fault where git cannot tell: a commit is missing, or the history was cut off before it
 */
export async function isAncestor(
  root: string,
  ancestor: string,
  descendant: string,
  known: 'wholly' | 'as far as it is known' = 'wholly',
): Promise<boolean> {
  const words = ['merge-base', '--is-ancestor', '--end-of-options', ancestor, descendant];
  if (await ask(root, words, { status: 1 })) return true;
  if (known === 'wholly' && (await isShallow(root)))
    throw new Fault(
      `whether ${ancestor.slice(0, 12)} came before ${descendant.slice(0, 12)} is not in this shallow clone`,
      'fetch the whole history: git fetch --unshallow',
    );
  return false;
}

/** Milliseconds that a remote gets to give one commit. */
const FETCHING_MS = 30_000;

/**
 * Fetches a commit that no branch may lead to any more, as after a squash: GitHub still gives it.
 * @returns undefined where no remote gives it
 */
export async function fetchCommit(root: string, commit: string): Promise<string | undefined> {
  const remotes = (await git(root, 'remote')).toString().split('\n').filter(Boolean);
  const { env, ...options } = optionsIn(root);
  for (const remote of remotes) {
    const words = [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--end-of-options',
      remote,
      commit,
    ];
    const signal = AbortSignal.timeout(FETCHING_MS);
    // Not to be had is an answer here, for whatever reason: the commit is then as unknown as before.
    await run('git', [...STEADY, ...words], {
      ...options,
      env: { ...env, ...jobCredentials() },
      signal,
    }).catch(() => {});
    const found = await findCommit(root, commit);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** In a job of GitHub Actions whose checkout kept no credentials: its token, for GitHub's own address alone. */
function jobCredentials(): Record<string, string> {
  const { GITHUB_TOKEN: token, GITHUB_SERVER_URL: server } = process.env;
  if (!token || !server) return {};
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${server}/.extraheader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
  };
}

/** The commits that one has in its history and another has not, the newest first. */
export async function commitsBetween(root: string, from: string, to: string): Promise<string[]> {
  const answer = await git(root, 'rev-list', '--end-of-options', to, `^${from}`);
  return answer.toString().split('\n').filter(Boolean);
}

/** What each commit has in some folders, as one text: the same for the same files; a folder may be missing. */
export async function treesOf(
  root: string,
  commits: readonly string[],
  folders: readonly string[],
): Promise<string[]> {
  if (commits.length === 0) return [];
  const asked = commits.flatMap((commit) => folders.map((folder) => `${commit}:${folder}`));
  const child = spawn('git', [...STEADY, 'cat-file', '--batch-check=%(objectname)'], {
    cwd: root,
    env: { ...process.env, ...ENVIRONMENT },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  child.stdin.end(asked.map((one) => `${one}\n`).join(''));
  const lines = (await outputOf(child.stdout)).toString().split('\n');
  const ids = asked.map((one, index) => idIn(lines[index], one));
  return commits.map((_, index) => ids.slice(index * folders.length, (index + 1) * folders.length).join(' '));
}

/** The object that `git cat-file --batch-check` names; empty where it says that there is none. */
function idIn(line: string | undefined, asked: string): string {
  if (line === `${asked} missing`) return '';
  if (line !== undefined && /^[0-9a-f]{40,64}$/.test(line)) return line;
  throw new Fault('git cat-file gave no answer for a folder', 'see whether the clone is whole: git fsck');
}

/** Where the remote `origin` is; undefined where there is no such remote, or no repository. */
export async function originOf(root: string): Promise<string | undefined> {
  if (!(await isRepository(root))) return undefined;
  return (await ask(root, ['remote', 'get-url', 'origin'], { status: 2 }))?.toString().trim();
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
  return batched(await outputOf(child.stdout), objects.length);
}

async function outputOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const lost = (): Fault =>
  new Fault('git cat-file gave no content for an object', 'see whether the clone is whole: git fsck');

/** Takes `git cat-file --batch` apart: a header line with the size, the bytes, a line feed. */
function batched(output: Buffer, count: number): Buffer[] {
  const contents: Buffer[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const end = output.indexOf(10, at);
    const size = Number(output.subarray(at, end).toString().split(' ')[2]);
    if (end < 0 || !Number.isInteger(size)) throw lost();
    contents.push(output.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return contents;
}

/**
 * The lines of the later of two commits that GitHub shows of their difference, by file: those that changed, and three
 * around them (About comparing branches: git's own default).
 */
export async function linesShown(
  root: string,
  before: string,
  after: string,
  paths: readonly string[],
): Promise<Map<string, { first: number; last: number }[]>> {
  const words = [
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--no-renames',
    '--unified=3',
    '--no-prefix',
  ];
  const answer = await git(root, 'diff', ...words, '--end-of-options', before, after, '--', ...paths);
  const found = new Map<string, { first: number; last: number }[]>();
  let ranges: { first: number; last: number }[] = [];
  for (const line of answer.toString('utf8').split('\n')) {
    const file = /^\+\+\+ ([^\t]*)/.exec(line)?.[1];
    if (file !== undefined && paths.some((path) => file.startsWith(`${path}/`)))
      found.set(file, (ranges = []));
    const [, first, count = '1'] = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    if (first !== undefined) ranges.push({ first: Number(first), last: Number(first) + Number(count) - 1 });
  }
  return found;
}

/** The first line of a commit's message. @throws Fault where there is no such commit */
export function subjectOf(root: string, commit: string): Promise<string> {
  return formatted(root, commit, '%s');
}

/** Who wrote a commit, by name. @throws Fault where there is no such commit */
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
