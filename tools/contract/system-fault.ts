import { Fault } from './fault.ts';

/** What the operating system refuses, in plain words, and what to do about it. */
const REFUSALS: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  EACCES: ['permission denied', 'give yourself permission, or work in a clone of your own'],
  EPERM: ['not permitted', 'give yourself permission, or work in a clone of your own'],
  EROFS: ['the file system is read-only', 'work in a clone that can be written to'],
  ENOSPC: ['no space is left', 'make room, and repeat: what was written stays'],
  EDQUOT: ['your quota is used up', 'make room, and repeat: what was written stays'],
  EMFILE: ['too many files are open', 'raise the limit, as with: ulimit -n 4096'],
  ENFILE: ['too many files are open on this machine', 'end other programs, and repeat'],
  EIO: ['the disk failed', 'see whether it is whole, and work in another clone'],
  ENOTDIR: ['a file is where a folder belongs', 'move it away, and repeat'],
  ENAMETOOLONG: ['the name is too long', 'work in a folder with a shorter name'],
};

/** What was being done, by the system call. */
const DOING: Readonly<Record<string, string>> = {
  mkdir: 'the folder cannot be made',
  scandir: 'the folder cannot be read',
  read: 'it cannot be read',
  spawn: 'it cannot be run',
};

/**
 * A refusal of the operating system as a fault of nobody's: a clone that is read-only or another's, a full disk.
 * @returns undefined for any other error, which is a defect of the tool
 */
export function systemFault(error: unknown): Fault | undefined {
  const { code, path, syscall = '' } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || !Object.hasOwn(REFUSALS, code)) return undefined;
  const [why, remedy] = REFUSALS[code]!;
  const what = DOING[syscall] ?? 'it cannot be opened or written';
  return new Fault(path === undefined ? what : `${path}: ${what}`, remedy, { why });
}
