import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentsOf, filesOf } from '../git/objects.ts';

/** GitHub reads no larger one (About code owners, "CODEOWNERS file size"). */
const MOST_BYTES = 3 * 1024 * 1024;

const NAME = 'CODEOWNERS';

/** The working tree's CODEOWNERS, undefined where there is none. */
export function readCodeowners(root: string): string | undefined {
  try {
    return readFileSync(join(root, NAME), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * A revision's CODEOWNERS, undefined where there is none that GitHub would read.
 * @param commit a full commit id
 */
export async function codeownersOf(root: string, commit: string): Promise<string | undefined> {
  const [file] = await filesOf(root, commit, [NAME]);
  if (!file || !file.mode.startsWith('100') || file.path !== NAME || file.bytes > MOST_BYTES)
    return undefined;
  const [bytes] = await contentsOf(root, [file.object]);
  return bytes!.toString('utf8');
}
