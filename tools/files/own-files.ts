import {
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../contract/fault.ts';

/*
 * Files that are ours alone: keys, state, caches, logs. What is in the way of one, such as a link that another user laid,
 * is not followed: it would make us write, with our rights, where that user wants.
 */

/** Who may read a folder and a file. */
export interface Modes {
  folder: number;
  file: number;
}

/** For us alone. */
export const PRIVATE: Modes = { folder: 0o700, file: 0o600 };

/** For a program of our group as well, such as the component that reads its enforcement file. */
export const FOR_GROUP: Modes = { folder: 0o750, file: 0o640 };

/** For everybody, in a folder of ours: a certificate, a public key. */
export const PUBLIC: Modes = { folder: 0o700, file: 0o644 };

/** For everybody, in a folder of the repository. */
export const OF_REPOSITORY: Modes = { folder: 0o755, file: 0o644 };

const WINDOWS = process.platform === 'win32';

/** No flag of Windows, where links take rights that few have. */
const NOT_THROUGH_LINKS = WINDOWS ? 0 : constants.O_NOFOLLOW;

/**
 * Makes a folder that only we can enter, with those above it that are missing. One that is ours and was open to others
 * is closed to them.
 * @throws Fault where a link of another user is in its place
 */
export function ownFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: PRIVATE.folder });
  if (WINDOWS) return;
  const us = process.geteuid!();
  const link = lstatSync(path);
  if (link.isSymbolicLink() && link.uid !== us && link.uid !== 0)
    throw new Fault(`${path} is a link that another user made`, 'remove it, or name another folder');
  const { uid, mode } = statSync(path);
  if (uid === us && (mode & 0o077) !== 0) chmodSync(path, PRIVATE.folder);
}

/** Where a file is written before it is put in place: beside it, one for each process. */
export function freshName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.new`);
}

/**
 * Opens the file that is written before it is put in place. It is new: what a process of that number left there is
 * removed, and never written through.
 * @returns its descriptor
 */
function openFresh(fresh: string, mode: number): number {
  rmSync(fresh, { force: true });
  return openSync(fresh, 'wx', mode);
}

/** Replaces a file in one step, synced: a reader finds the old bytes or the new ones. */
export function replaceFile(path: string, bytes: string | Uint8Array, modes: Modes = PRIVATE): void {
  mkdirSync(dirname(path), { recursive: true, mode: modes.folder });
  const fresh = freshName(path);
  const file = openFresh(fresh, modes.file);
  try {
    writeAll(file, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}

/** Makes a file that is not there. @returns false where something is, a link too: then nothing is changed */
export function createFile(path: string, text: string, modes: Modes = PRIVATE): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: modes.folder });
  try {
    const file = openSync(path, 'wx', modes.file);
    writeAll(file, Buffer.from(text));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Opens a file to write at its end, and through no link. @returns its descriptor */
export function openAtEnd(path: string): number {
  ownFolder(dirname(path));
  const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | NOT_THROUGH_LINKS;
  return openSync(path, flags, PRIVATE.file);
}

/** Adds text to the end of a file. */
export function appendText(path: string, text: string): void {
  const file = openAtEnd(path);
  try {
    writeAll(file, Buffer.from(text));
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done);
}
