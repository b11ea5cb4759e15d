import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FOR_GROUP, freshName, type Modes } from './own-files.ts';

/**
 * Writes a file so that a reader finds the old bytes or the new ones, and after a crash of the machine
 * too: a new file beside it, fsync, rename, fsync of the folder.
 * @param modes of the file, and of a folder that has to be made for it
 */
export async function writeAtomically(
  path: string,
  bytes: string | Uint8Array,
  modes: Modes = FOR_GROUP,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: modes.folder });
  const fresh = freshName(path);
  // What is there is of a process that ended at this: it is removed, and never written through.
  await rm(fresh, { force: true });
  const file = await open(fresh, 'wx', modes.file);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  await syncFolder(folder);
}

/** Removes a file, durably; one that does not exist is no error. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncFolder(dirname(path)).catch(() => {});
}

/** The text of a file; undefined where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The disk as a follower uses it; a caller that wants to see every access gives another. */
export interface DurableFiles {
  /** The text of a file; undefined where there is none. */
  read(path: string): Promise<string | undefined>;
  /** Replaces a file in one step, durably. */
  write(path: string, text: string): Promise<void>;
  /** Removes a file, durably; one that does not exist is no error. */
  remove(path: string): Promise<void>;
}

/** The machine's own disk. */
export const disk: DurableFiles = {
  read: readText,
  write: (path, text) => writeAtomically(path, text),
  remove: removeDurably,
};

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder, and needs no such thing.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
