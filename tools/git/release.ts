import { replaceFile } from '../files/own-files.ts';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../contract/fault.ts';
import { contentsOf, filesOf, type RevisionFile } from './objects.ts';
import { git, optionsIn, run, STEADY } from './run.ts';

/** Fetches a release of the tools. @param from a remote, an address or a folder @returns its commit */
export async function fetchRelease(root: string, from: string, revision: string): Promise<string> {
  const own = 'refs/fetched/release';
  const words = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--end-of-options', from];
  await git(root, ...words, `+${revision}:${own}`);
  return (await git(root, 'rev-parse', `${own}^{commit}`)).toString('utf8').trim();
}

/** All files of a commit, by path. */
export async function treeOf(root: string, commit: string): Promise<Map<string, RevisionFile>> {
  return new Map((await filesOf(root, commit, ['.'])).map((file) => [file.path, file]));
}

/** First lines of the messages between two commits, the newest first; those of merges only where they are on the line. */
export async function subjectsBetween(root: string, from: string, to: string): Promise<string[]> {
  const words = ['log', '--first-parent', '--format=%s', '--end-of-options', `${from}..${to}`];
  return (await git(root, ...words)).toString('utf8').split('\n').filter(Boolean);
}

/**
 * Merges three texts line by line.
 * @param sides objects of ours, the base and theirs
 * @returns undefined where the same lines were changed on both sides
 */
export async function mergedText(
  root: string,
  sides: readonly [ours: string, base: string, theirs: string],
): Promise<Buffer | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-merge-'));
  try {
    const files = ['ours', 'base', 'theirs'].map((name) => join(folder, name));
    (await contentsOf(root, sides)).forEach((bytes, index) => replaceFile(files[index]!, bytes));
    await run('git', [...STEADY, 'merge-file', '--quiet', ...files], optionsIn(root));
    return readFileSync(files[0]!);
  } catch (error) {
    const { code } = error as { code?: unknown };
    // The number of conflicts, or 255 where it is no text.
    if (typeof code === 'number' && code > 0) return undefined;
    if (code === 'ENOENT') throw new Fault('git cannot be run', 'install git');
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
