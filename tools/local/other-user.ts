import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../contract/fault.ts';
import { OF_REPOSITORY, replaceFile } from '../files/own-files.ts';

/*
 * A program that nobody vouches for is run as another user, who may do nothing: it can neither look into our processes, with
 * what their environment knows, nor read our files, nor get rights by sudo.
 */

/** A user of this system. */
export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

/** Folders that nobody but us may enter while such a program runs, by the variables that say where they are. */
const CLOSED = ['HOME', 'RUNNER_TEMP'];

/** Seconds that a program has, after which it is ended by what runs as root: we may not. */
const SECONDS = 30;

/** The words before a program that make it run as that user. @param kept names of the variables that it is given */
export function asUser({ uid, gid }: SystemUser, kept: readonly string[]): string[] {
  const limit = ['timeout', '--kill-after=1', String(SECONDS)];
  const drop = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'];
  const rights = ['--inh-caps=-all', '--bounding-set=-all', '--'];
  const given = kept.length > 0 ? [`--preserve-env=${kept.join(',')}`] : [];
  const sudo = ['sudo', '--non-interactive', ...given, '--'];
  return [...(process.geteuid?.() === 0 ? [] : sudo), ...limit, ...drop, ...rights];
}

/**
 * A user as whom programs can be run, apart from us.
 * @param env with the folders that must be closed to it
 * @throws Fault where that is not so: it says what to do
 */
export function otherUser(name: string, env: Readonly<Record<string, string | undefined>>): SystemUser {
  const user = { name, uid: numberOf('--user', name), gid: numberOf('--group', name) };
  if (user.uid === 0 || user.uid === process.geteuid?.())
    throw new Fault(`${name} is no other user than we are`, 'name one that may do nothing, such as nobody');
  const { ok, says } = tryAs(user, ['true']);
  if (!ok)
    throw new Fault(
      `no program can be run as ${name}: ${says}`,
      'setpriv and timeout have to be here, and sudo without a password, or be root',
    );
  const open = CLOSED.map((one) => env[one]).find((path) => path && tryAs(user, ['test', '-x', path]).ok);
  if (open) throw new Fault(`${name} may enter ${open}`, `close it: chmod go-rwx ${open}`);
  return user;
}

function numberOf(option: '--user' | '--group', name: string): number {
  const { status, stdout } = spawnSync('id', [option, '--', name], { encoding: 'utf8' });
  if (status === 0 && /^\d+$/.test(stdout.trim())) return Number(stdout);
  throw new Fault(`there is no user ${JSON.stringify(name)} here`, 'name one of this system, such as nobody');
}

function tryAs(user: SystemUser, words: readonly string[]): { ok: boolean; says: string } {
  const [program, ...rest] = [...asUser(user, []), ...words];
  const { status, stderr, error } = spawnSync(program!, rest, { encoding: 'utf8', env: { PATH } });
  return { ok: status === 0, says: error?.message ?? stderr.trim() };
}

/** Where the words before a program are found; the program itself is given by its path. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** A folder with a program that another user may run, and nothing of ours. */
export interface OpenFolder {
  folder: string;
  program: string;
  /** Puts a file there that the user may read. @returns its path */
  put(name: string, text: string): string;
  remove(): void;
}

/** Makes such a folder: others may pass through it, and see only what they know the name of. */
export function openFolder(program: string): OpenFolder {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-apart-'));
  chmodSync(folder, 0o711);
  const write = (name: string, bytes: string | Uint8Array, mode: number): string => {
    const path = join(folder, name);
    replaceFile(path, bytes, OF_REPOSITORY);
    // Whatever files of ours are kept from others by default.
    chmodSync(path, mode);
    return path;
  };
  return {
    folder,
    program: write('program', readFileSync(program), 0o755),
    put: (name, text) => write(name, text, 0o644),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
