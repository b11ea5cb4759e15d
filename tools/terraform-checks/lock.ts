/**
 * The files that hold the provider's checksums: `npm run terraform:lock` writes them, where the provider's registry can be
 * reached, and `npm run terraform:check` looks at them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readProvider } from './schema.ts';
import { findProgram, runProgram } from './stub/program.ts';

/** Where a stack is planned or applied: workflows, servers and people's machines. */
const PLATFORMS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64', 'windows_amd64'];

/** The name that Terraform gives the file. */
export const LOCK_FILE = '.terraform.lock.hcl';

/**
 * What is wrong with a lock file.
 * @param text undefined where there is none
 * @param version the provider's, that is to be locked
 * @returns the reasons; none where it is right
 */
export function wrongIn(text: string | undefined, version: string): string[] {
  if (text === undefined) return ['is missing: npm run terraform:lock writes it'];
  const block = /provider "registry\.terraform\.io\/hashicorp\/aws" \{([^}]*)\}/.exec(text)?.[1];
  if (block === undefined) return ['does not lock hashicorp/aws'];
  const locked = /version\s*=\s*"([^"]*)"/.exec(block)?.[1];
  const hashes = [...block.matchAll(/"(h1|zh):[^"]+"/g)].map(([, kind]) => kind);
  return [
    ...(locked === version ? [] : [`locks ${locked}, and not ${version}`]),
    // One is of an unpacked provider, of one platform; the other of what is downloaded, as its maker signed it.
    ...(hashes.filter((kind) => kind === 'h1').length >= PLATFORMS.length
      ? []
      : [`has not the checksums of ${PLATFORMS.length} platforms`]),
    ...(hashes.includes('zh') ? [] : ['has no checksum that the maker of the provider signed']),
  ];
}

/** The lock file of a folder; undefined where there is none. */
export function lockIn(folder: string): string | undefined {
  const file = join(folder, LOCK_FILE);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Writes the lock file of each stack. @returns the exit status */
async function write(stacks: string): Promise<number> {
  const program = findProgram()?.name;
  if (program === undefined) {
    console.error('neither terraform nor tofu is on the path');
    return 2;
  }
  const words = ['providers', 'lock', ...PLATFORMS.map((one) => `-platform=${one}`)];
  for (const stack of readdirSync(stacks)) {
    const folder = join(stacks, stack);
    const { code, out, err } = await runProgram(program, words, folder);
    const wrong = code === 0 ? wrongIn(lockIn(folder), readProvider().version) : [(err || out).trim()];
    for (const reason of wrong) console.error(`${stack}: ${reason}`);
    if (wrong.length > 0) return 1;
    console.log(`${stack}: locked for ${PLATFORMS.join(', ')}`);
  }
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await write(fileURLToPath(new URL('../../terraform/stacks', import.meta.url)));
