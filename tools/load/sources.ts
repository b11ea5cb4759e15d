import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '../contract/limits.ts';
import { isLeftByEditor } from './paths.ts';
import { commitOf } from '../git/git.ts';
import { contentsOf, filesOf, type RevisionFile } from '../git/objects.ts';
import { git } from '../git/run.ts';

/** The folders whose files are the repository. */
export const FOLDERS = ['policies', 'environments'] as const;

/** What is in the way of reading a file. */
export type SourceTrouble = 'directory' | 'large' | 'link' | 'unreadable' | 'special' | 'case';

/** One file as it was found: its bytes, or why they cannot be had. */
export interface Source {
  /** Path below the repository's root, with slashes. */
  path: string;
  bytes?: Buffer;
  trouble?: SourceTrouble;
  /** What the operating system said, where it refused. */
  said?: string;
}

/**
 * Every file below `policies/` and `environments/` in the working tree, in order of path, but what an editor keeps
 * there while a file is open. Links are not followed: a revision is read without a checkout, where they lead nowhere,
 * and both must give the same repository.
 */
export async function workingTree(root: string): Promise<Source[]> {
  const found: Source[] = strayFolders(readdirSync(root));
  for (const folder of FOLDERS) {
    const entry = lstatSync(join(root, folder), { throwIfNoEntry: false });
    if (entry) visit(root, folder, entry, found);
  }
  return found.sort(byPath);
}

type Entry = Pick<Dirent, 'isDirectory' | 'isFile' | 'isSymbolicLink'>;

// Synchronous on purpose: small files are read three times as fast, and ten thousand are never open at once.
function visit(root: string, path: string, entry: Entry, found: Source[]): void {
  if (isLeftByEditor(path)) return;
  if (entry.isSymbolicLink()) found.push({ path, trouble: 'link' });
  else if (entry.isFile()) found.push(readSource(root, path));
  else if (!entry.isDirectory()) found.push({ path, trouble: 'special' });
  else if (isNamedLikeFile(path)) found.push({ path, trouble: 'directory' });
  else {
    const entries = attempt(() => readdirSync(join(root, path), { withFileTypes: true }));
    if ('said' in entries) found.push({ path, trouble: 'unreadable', said: entries.said });
    else for (const one of entries.result) visit(root, `${path}/${one.name}`, one, found);
  }
}

function readSource(root: string, path: string): Source {
  const full = join(root, path);
  const size = attempt(() => lstatSync(full).size);
  if ('result' in size && size.result > LIMITS.fileBytes) return { path, trouble: 'large' };
  const bytes = attempt(() => readFileSync(full));
  return 'said' in bytes ? { path, trouble: 'unreadable', said: bytes.said } : { path, bytes: bytes.result };
}

function attempt<T>(read: () => T): { result: T } | { said: string } {
  try {
    return { result: read() };
  } catch (error) {
    return { said: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

/**
 * Every file below `policies/` and `environments/` in a revision, in order of path.
 * @param others files that were read already: git is not asked for what has the bytes of one, which then are the same
 */
export async function revisionTree(
  root: string,
  revision: string,
  others: readonly Source[] = [],
): Promise<Source[]> {
  const commit = await commitOf(root, revision);
  const top = await git(root, 'ls-tree', '-z', '--name-only', '--full-tree', commit);
  const files = await filesOf(root, commit, FOLDERS);
  const troubles = new Map(files.map((file) => [file, troubleOf(file)]));
  const plain = files.filter((file) => !troubles.get(file));
  const known = bytesById(others, plain[0]?.object);
  const fresh = plain.map(({ object }) => object).filter((object) => !known.has(object));
  const contents = await contentsOf(root, fresh);
  fresh.forEach((object, index) => known.set(object, contents[index]!));
  const read = plain.map(({ path, object }): Source => ({ path, bytes: known.get(object)! }));
  const rest = new Map<string, Source>();
  for (const [{ path }, found] of troubles) if (found) rest.set(found.path ?? path, { path, ...found });
  return [...strayFolders(top.toString('utf8').split('\0')), ...read, ...rest.values()].sort(byPath);
}

/**
 * The bytes of files by the names that git gives them: a digest of `blob <length>`, a zero byte and the bytes (Git
 * Internals, "Object Storage"). @param like a name, whose length says which digest
 */
function bytesById(sources: readonly Source[], like = ''): Map<string, Buffer> {
  const digest = like.length === SHA256_DIGITS ? 'sha256' : 'sha1';
  const idOf = (bytes: Buffer): string =>
    createHash(digest).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  return new Map(sources.flatMap(({ bytes }) => (bytes ? [[idOf(bytes), bytes] as const] : [])));
}

const SHA256_DIGITS = 64;

/** What is in the way of a revision's file; with a path where it is a folder above that does. */
function troubleOf({
  path,
  mode,
  bytes,
}: RevisionFile): { trouble: SourceTrouble; path?: string } | undefined {
  const parts = path.split('/');
  const folder = parts.findIndex((part, index) => index < parts.length - 1 && isNamedLikeFile(part));
  if (folder >= 0) return { trouble: 'directory', path: parts.slice(0, folder + 1).join('/') };
  if (mode === '120000') return { trouble: 'link' };
  if (!mode.startsWith('100')) return { trouble: 'special' };
  return bytes > LIMITS.fileBytes ? { trouble: 'large' } : undefined;
}

function isNamedLikeFile(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

/** Folders beside ours whose names differ only in case: their files would be read on some machines only. */
function strayFolders(names: readonly string[]): Source[] {
  const ours: readonly string[] = FOLDERS;
  return names
    .filter((name) => !ours.includes(name) && ours.includes(name.toLowerCase()))
    .map((path) => ({ path, trouble: 'case' }));
}

function byPath(a: Source, b: Source): number {
  return a.path < b.path ? -1 : 1;
}
