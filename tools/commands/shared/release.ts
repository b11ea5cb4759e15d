import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which release of the tools a company has: written by `init` and `upgrade`, committed with its data. */
const FILE = 'release.yaml';

const TEXT = (commit: string): string =>
  `# The release of the tools that this repository has, for npx ztna upgrade.\ncommit: ${commit}\n`;

/** Writes down which release is there. */
export function writeRelease(root: string, commit: string): void {
  writeFileSync(join(root, FILE), TEXT(commit));
}

/** The release that is there; undefined where nobody wrote it down. */
export function readRelease(root: string): string | undefined {
  const file = join(root, FILE);
  if (!existsSync(file)) return undefined;
  return /^commit: ([0-9a-f]{40})$/m.exec(readFileSync(file, 'utf8'))?.[1];
}
