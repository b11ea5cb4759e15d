import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../contract/fault.ts';
import { jsonIn } from '../../contract/text.ts';
import { FolderInUse } from './errors.ts';

/*
 * One process at a time writes a folder: the one whose address is in `endpoint.json`. The file appears whole
 * and only where none is (a hard link cannot replace), and its owner answers at the address with the same id. A
 * process that was killed leaves the file behind; then nobody answers, and the next one takes over.
 */
export interface LockRecord {
  endpoint: string;
  pid: number;
  /** What the owner answers at `GET /`, so that another program on that port is not taken for it. */
  id: string;
}

/** A folder that is ours until released. */
export interface FolderLock {
  /** Rejects with Fault when the folder was removed or taken over. */
  verify(): Promise<void>;
  release(): Promise<void>;
}

const NAME = 'endpoint.json';

/** How long an owner may take to answer, and how long one that is ending may take to let go, in milliseconds. */
const ANSWER = 2_000;
const ENDING = 2_000;

/** The living store that serves a folder, if any. */
export async function findStore(folder: string): Promise<LockRecord | undefined> {
  const lock = await readLockRecord(folder);
  return lock && (await answers(lock)) === 'same' ? lock : undefined;
}

/** A lock record of this process, not yet written. */
export function newLockRecord(endpoint: string): LockRecord {
  return { endpoint, pid: process.pid, id: randomUUID() };
}

/** Locks a folder, or throws FolderInUse when a living process has it. */
export async function lockFolder(folder: string, lock: LockRecord): Promise<FolderLock> {
  const path = join(folder, NAME);
  const own = join(folder, `${NAME}.${lock.id}`);
  const file = await open(own, 'wx', 0o600);
  await file.writeFile(`${JSON.stringify(lock)}\n`);
  await file.close();
  try {
    while (!(await linkInto(own, path))) await clear(folder);
  } finally {
    await unlink(own);
  }
  // By what it says: a file system gives the inode of a removed file to the next one.
  const ours = async () => (await readLockRecord(folder))?.id === lock.id;
  return {
    async verify() {
      if (await ours()) return;
      throw new Fault(`${folder} was removed or taken over while it was served`, 'start the store again');
    },
    async release() {
      if (await ours()) await unlink(path);
    },
  };
}

/** Links the file into place; false where one is already. */
async function linkInto(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a dead process, one taker at a time; throws FolderInUse when its owner lives. */
async function clear(folder: string): Promise<void> {
  const guard = join(folder, 'takeover');
  try {
    await mkdir(guard);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    return await wait(guard);
  }
  try {
    const lock = await readLockRecord(folder);
    if (lock) await verifyDead(folder, lock);
    await rm(join(folder, NAME), { force: true });
  } finally {
    await rmdir(guard);
  }
}

/** Lets another taker finish; one that was killed at it is forgotten after ten seconds. */
async function wait(guard: string): Promise<void> {
  const since = (await statOrNone(guard))?.mtimeMs;
  // Where it cannot be removed, another was quicker, or the next look finds it again.
  if (since !== undefined && Date.now() - since > 10_000) await rmdir(guard).catch(() => {});
  await sleep(50);
}

async function verifyDead(folder: string, lock: LockRecord): Promise<void> {
  const until = Date.now() + ENDING;
  for (;;) {
    const answer = await answers(lock);
    // Nobody listens: dead, or ending and about to remove its lock; a process of that id may be another by now.
    if (answer === 'other') return;
    if (answer !== 'nobody') throw new FolderInUse(folder, lock.endpoint, lock.pid);
    if (!alive(lock.pid) || Date.now() > until) return;
    if ((await readLockRecord(folder))?.id !== lock.id) return;
    await sleep(50);
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readLockRecord(folder: string): Promise<LockRecord | undefined> {
  const text = await readFile(join(folder, NAME), 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return '';
    throw error;
  });
  const { endpoint, pid, id } = (jsonIn(text) ?? {}) as Partial<LockRecord>;
  return endpoint !== undefined && pid !== undefined && id !== undefined ? { endpoint, pid, id } : undefined;
}

async function statOrNone(path: string) {
  return stat(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}

/** Who answers at an address: the owner of the lock, another program, nobody, or an owner that is stuck. */
function answers({ endpoint, id }: LockRecord): Promise<'same' | 'other' | 'nobody' | 'stuck'> {
  return new Promise((resolve) => {
    const call = request(endpoint, { method: 'GET', timeout: ANSWER, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(body.includes(id) ? 'same' : 'other'));
      response.on('error', () => resolve('other'));
    });
    call.on('timeout', () => {
      resolve('stuck');
      call.destroy();
    });
    call.on('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'ECONNREFUSED' ? 'nobody' : 'other'),
    );
    call.end();
  });
}
