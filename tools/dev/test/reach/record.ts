import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** By test file, how it could have seen the company; only files that passed whole, and only of one tree. */
interface ReachRecord {
  tree: string;
  reaches: Record<string, readonly string[]>;
}

const CACHE = 'node_modules/.cache';
const FILE = `${CACHE}/ztna-test-reach.json`;

/** Every file that git has or would take and that is there, below the project's folder. Throws where there is no git. */
export function filesOf(root: string): string[] {
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', words, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return listed.split('\0').filter((one) => one !== '' && existsSync(join(root, one)));
}

/** What is in every file of the project, as a checksum; undefined where no git says which these are. */
export function treeOf(root: string): string | undefined {
  const hash = createHash('sha256');
  try {
    for (const file of filesOf(root))
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(root, file)))
        .update('\0');
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/** Of these test files, those that could see the company; one that has not passed in this very tree counts as such. */
export function thoseThatCouldSee(root: string, files: readonly string[]): string[] {
  const tree = treeOf(root);
  const known = tree === undefined ? {} : knownReach(root, tree);
  return files.filter((file) => known[file]?.length !== 0);
}

function knownReach(root: string, tree: string): ReachRecord['reaches'] {
  try {
    const known = JSON.parse(readFileSync(join(root, FILE), 'utf8')) as ReachRecord;
    return known.tree === tree ? known.reaches : {};
  } catch {
    return {};
  }
}

/** Keeps how each file that passed in this tree could have seen the company, beside what is known of others. */
export function recordReach(root: string, tree: string, seen: ReachRecord['reaches']): void {
  const known: ReachRecord = { tree, reaches: { ...knownReach(root, tree), ...seen } };
  try {
    mkdirSync(join(root, CACHE), { recursive: true });
    writeFileSync(join(root, `${FILE}.${process.pid}`), JSON.stringify(known));
    renameSync(join(root, `${FILE}.${process.pid}`), join(root, FILE));
  } catch {
    // Then nothing is known, and all of them are run again.
  }
}
