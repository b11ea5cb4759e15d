import { spawn } from 'node:child_process';
import { Fault } from '../contract/fault.ts';
import { ENVIRONMENT, git, STEADY } from './run.ts';

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
