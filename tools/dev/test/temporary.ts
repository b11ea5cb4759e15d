import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';

/** What must be free there and in memory, in bytes: far more than tests fill, as a machine without memory is worse than a slow disk. */
const NEEDED = 4 * 1024 ** 3;

/**
 * Has the temporary files of this process, and of all that it starts, in memory until it ends, where there is room for
 * them and programs can run from there: tests make and delete tens of thousands, which takes a disk longer than the
 * tests themselves. Where `TMPDIR` is set already, that stays.
 * @returns the folder; undefined where it is as it was
 */
export function temporaryInMemory(memory = MEMORY, needed = NEEDED): string | undefined {
  if (process.env['TMPDIR'] || !hasRoom(memory, needed)) return undefined;
  const folder = mkdtempSync(join(memory, 'ztna-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // As /tmp is: tests run as other users too.
  chmodSync(folder, 0o1777);
  if (!runsFrom(folder)) return void remove();
  process.env['TMPDIR'] = folder;
  process.on('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  return folder;
}

function hasRoom(memory: string, needed: number): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory);
    const [, available = '0'] =
      /^MemAvailable: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    return Math.min(bavail * bsize, Number(available) * 1024) >= needed;
  } catch {
    return false;
  }
}

/** In some containers no program can. */
function runsFrom(folder: string): boolean {
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  const { status } = spawnSync(program, { cwd: folder });
  rmSync(program);
  return status === 0;
}
