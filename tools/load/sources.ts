import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { LIMITS } from '../contract/limits.ts';
import { commitOf, contentsOf, filesOf } from '../git/git.ts';

/** The folders whose files are the repository. */
export const FOLDERS = ['policies', 'environments'] as const;

/** One file as it was found: its bytes, or why they cannot be had. */
export interface Source {
  /** Path below the repository's root, with slashes. */
  path: string;
  bytes?: Buffer;
  /** What stands in the way of reading it. */
  trouble?: 'directory' | 'large' | 'link' | 'unreadable' | 'special';
}

/** Every file below `policies/` and `environments/` in the working tree, in order of path. */
export async function workingTree(root: string): Promise<Source[]> {
  const found: Source[] = [];
  const home = await realpath(root);
  for (const folder of FOLDERS) await walk(home, folder, found);
  return found.sort(byPath);
}

async function walk(root: string, folder: string, found: Source[]): Promise<void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => undefined);
  if (!entries) return;
  await Promise.all(
    entries.map(async (entry) => {
      const path = `${folder}/${entry.name}`;
      if (!entry.isDirectory()) return found.push(await readSource(root, path));
      if (/\.ya?ml$/.test(entry.name)) return found.push({ path, trouble: 'directory' });
      return walk(root, path, found);
    }),
  );
}

async function readSource(root: string, path: string): Promise<Source> {
  const full = join(root, path);
  try {
    const { size } = await lstat(full);
    const target = await realpath(full);
    if (!target.startsWith(root + sep)) return { path, trouble: 'link' };
    const known = await lstat(target);
    if (!known.isFile()) return { path, trouble: known.isDirectory() ? 'directory' : 'special' };
    if (Math.max(size, known.size) > LIMITS.fileBytes) return { path, trouble: 'large' };
    return { path, bytes: await readFile(target) };
  } catch {
    return { path, trouble: 'unreadable' };
  }
}

/** Every file below `policies/` and `environments/` in a revision, in order of path. Links are not followed. */
export async function revisionTree(root: string, revision: string): Promise<Source[]> {
  const files = await filesOf(root, await commitOf(root, revision), FOLDERS);
  const plain = files.filter(({ mode, bytes }) => mode.startsWith('100') && bytes <= LIMITS.fileBytes);
  const contents = await contentsOf(
    root,
    plain.map(({ object }) => object),
  );
  const read = plain.map(({ path }, index): Source => ({ path, bytes: contents[index]! }));
  const rest = files
    .filter((file) => !plain.includes(file))
    .map(({ path, mode }): Source => ({ path, trouble: mode.startsWith('100') ? 'large' : 'link' }));
  return [...read, ...rest].sort(byPath);
}

function byPath(a: Source, b: Source): number {
  return a.path < b.path ? -1 : 1;
}
