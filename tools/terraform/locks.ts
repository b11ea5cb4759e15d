/**
 * The files that hold the provider's checksums, one beside each stack: without them a mirror or a stolen release could give
 * another program under the same version. They are written where the provider's registry can be reached, and committed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, findProgram, type ProgramOptions } from './program.ts';

/** The name that Terraform gives the file. */
export const LOCK_FILE = '.terraform.lock.hcl';

/** Where the stacks are, below the repository's root. */
const STACKS = 'terraform/stacks';

/** Where a stack is planned or applied: workflows, servers and people's machines. */
const PLATFORMS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64', 'windows_amd64'];

/**
 * What is wrong with a lock file.
 * @param text undefined where there is none
 * @param version the provider's, that is to be locked
 * @returns the reasons; none where it is right
 */
export function wrongIn(text: string | undefined, version: string): string[] {
  if (text === undefined) return ['is missing'];
  const block = /provider "registry\.terraform\.io\/hashicorp\/aws" \{([^}]*)\}/.exec(text)?.[1];
  if (block === undefined) return ['does not lock hashicorp/aws'];
  const locked = /version\s*=\s*"([^"]*)"/.exec(block)?.[1];
  const hashes = [...block.matchAll(/"(h1|zh):[^"]+"/g)].map(([, kind]) => kind);
  return [
    ...(locked === version ? [] : [`locks ${locked}, and not ${version}`]),
    ...(hashes.filter((kind) => kind === 'h1').length < PLATFORMS.length
      ? [`has not the checksums of ${PLATFORMS.length} platforms`]
      : []),
    ...(hashes.includes('zh') ? [] : ['has no checksum that the maker of the provider signed']),
  ];
}

/** A stack's lock file, from the repository's root, and what is wrong with it. */
export interface WrongLock {
  path: string;
  reasons: string[];
}

/** The lock files that are not as they are to be, by the version that each stack pins. @param root the repository's */
export function wrongLocks(root: string): WrongLock[] {
  return stacksIn(root).flatMap((stack) => {
    const [file, pinned] = [readIn(root, stack, LOCK_FILE), pinnedIn(readIn(root, stack, 'versions.tf'))];
    const reasons = pinned === undefined ? [] : wrongIn(file, pinned);
    return reasons.length > 0 ? [{ path: `${STACKS}/${stack}/${LOCK_FILE}`, reasons }] : [];
  });
}

/** The version of the provider that a stack's `versions.tf` asks for. */
function pinnedIn(text: string | undefined): string | undefined {
  return /source\s*=\s*"hashicorp\/aws"\s*version\s*=\s*"([\d.]+)"/.exec(text ?? '')?.[1];
}

function stacksIn(root: string): string[] {
  const folder = join(root, STACKS);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function readIn(root: string, stack: string, name: string): string | undefined {
  const file = join(root, STACKS, stack, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** How lock files are written. */
export interface LockOptions extends Omit<ProgramOptions, 'folder'> {
  /** The repository's root, and the state folder. */
  root: string;
  state: string;
  /** A folder with the provider's releases, in place of its registry; what its maker signed is then not known. */
  mirror?: string;
}

/** Writes the lock file of each stack. @throws Fault where there is no program, or the registry is not reached */
export async function writeLocks({ root, state, mirror, ...running }: LockOptions): Promise<void> {
  const platforms = PLATFORMS.map((one) => `-platform=${one}`);
  const from = mirror === undefined ? [] : [`-fs-mirror=${mirror}`];
  for (const stack of stacksIn(root)) {
    const env = { ...running.env, TF_DATA_DIR: join(state, 'terraform', `lock-${stack}`) };
    const options = { ...running, env, folder: join(root, STACKS, stack) };
    const program = await findProgram(options);
    // A stack's modules are read to see what they need: in a fresh clone they are not known yet.
    await ask(program, ['get', '-no-color'], options);
    await ask(program, ['providers', 'lock', '-no-color', ...from, ...platforms], options);
    options.tell(`${STACKS}/${stack}/${LOCK_FILE} is written`);
  }
}
