import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../contract/fault.ts';
import { findCommit } from './git.ts';
import { git, gitWith } from './run.ts';

/** A commit that is to be made, on a branch of its own. */
export interface CommitWanted {
  /** A branch such as `ztna/expire`, without `refs/heads/`. */
  branch: string;
  /** The commit that it changes. */
  onto: string;
  /** Path to a text, an object that git has, or null for a file that is to go. */
  files: ReadonlyMap<string, { text: string } | { object: string; mode: string } | null>;
  message: string;
  by: { name: string; email: string };
}

/**
 * Makes a commit on a new branch; neither the working tree nor what is staged is touched.
 * @returns the commit, and whether the branch had the same files already
 * @throws Fault where the branch has other files
 */
export async function commitOnBranch(
  root: string,
  wanted: CommitWanted,
): Promise<{ commit: string; unchanged: boolean }> {
  const tree = await treeOf(root, wanted);
  const ref = `refs/heads/${wanted.branch}`;
  const tip = await findCommit(root, ref);
  if (tip !== undefined) {
    if ((await treeAt(root, tip)) === tree) return { commit: tip, unchanged: true };
    throw new Fault(`there is a branch ${wanted.branch} with other files`, 'merge or delete it first');
  }
  if ((await treeAt(root, wanted.onto)) === tree)
    throw new Fault('it would change nothing', 'nothing is to be done');
  const { name, email } = wanted.by;
  const env = {
    ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email },
    ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email },
  };
  const words = ['commit-tree', '--no-gpg-sign', '-p', wanted.onto, tree];
  const commit = await gitWith(root, { text: wanted.message, env }, ...words);
  // Of two that make the branch at once, git lets one: an empty old value is "there is none".
  await git(root, 'update-ref', ref, commit, '0'.repeat(commit.length));
  return { commit, unchanged: false };
}

async function treeAt(root: string, commit: string): Promise<string> {
  return (await git(root, 'rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`)).toString().trim();
}

/** Writes the tree by an index of its own. */
async function treeOf(root: string, { onto, files }: CommitWanted): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-index-'));
  const env = { GIT_INDEX_FILE: join(folder, 'index') };
  try {
    await gitWith(root, { env }, 'read-tree', onto);
    const lines = await Promise.all([...files].map(([path, file]) => indexLine(root, path, file)));
    await gitWith(root, { env, text: lines.join('') }, 'update-index', '-z', '--index-info');
    return await gitWith(root, { env }, 'write-tree');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Wanted = CommitWanted['files'] extends ReadonlyMap<string, infer File> ? File : never;

async function indexLine(root: string, path: string, file: Wanted): Promise<string> {
  if (file === null) return `0 ${'0'.repeat(40)}\t${path}\0`;
  if ('object' in file) return `${file.mode} ${file.object}\t${path}\0`;
  const object = await gitWith(root, { text: file.text }, 'hash-object', '-w', '--stdin');
  return `100644 ${object}\t${path}\0`;
}

/** Who the person at this machine is, as git is told; undefined where it is not. */
export async function personOf(root: string): Promise<{ name: string; email: string } | undefined> {
  const asked = await git(root, 'var', 'GIT_AUTHOR_IDENT').catch((error: unknown) => {
    if (error instanceof Fault) return undefined;
    throw error;
  });
  const [, name, email] = /^(.*) <([^>]*)> \d+ [+-]\d+\s*$/.exec(asked?.toString('utf8') ?? '') ?? [];
  return name && email ? { name, email } : undefined;
}

/** Whom a commit's trailers name as having looked at it and agreed, each once. @throws Fault where there is no such commit */
export async function approversIn(root: string, commit: string): Promise<string[]> {
  const trailers = '%(trailers:key=Reviewed-by,key=Approved-by,key=Acked-by,valueonly)';
  const answer = await git(root, 'show', '--no-patch', `--format=${trailers}`, commit);
  const names = answer.toString('utf8').split('\n').filter(Boolean);
  return [...new Set(names.map((one) => one.replace(/\s*<[^<>]*>\s*$/, '')))];
}
