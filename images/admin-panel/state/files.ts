import { setImmediate } from 'node:timers/promises';
import { checkLoadInSlices } from '../../../tools/check/check-load.ts';
import type { Finding } from '../../../tools/finding/finding.ts';
import { findCommit, isRepository } from '../../../tools/git/git.ts';
import { standingOf } from '../../../tools/git/standing.ts';
import { memoryCache } from '../../../tools/load/cache.ts';
import { loadRevision, loadWorkingTree, type LoadResult } from '../../../tools/load/load.ts';
import { watchFolders } from '../../../tools/local/watch.ts';
import type { Repository } from '../../../tools/load/repository.ts';
import type { RepositoryState } from '../../../tools/contract/shapes.ts';

/** The files that are shown. */
export interface Files {
  loaded: LoadResult;
  /** What is published of them: on one machine the environment is moved to it, elsewhere they are the same. */
  delivered: Repository;
  /** The commit that they are of, `-dirty` where they differ from it. */
  commit: string;
  shown: RepositoryState['shown'];
  /** Errors of the newest files, where these are not the ones shown. */
  errors: readonly Finding[];
}

/** Where files come from. */
export interface FilesSource {
  /** The clone in which commits are looked up. */
  root: string;
  /** The files as they are now; undefined where they are as they were at the last call. */
  read(): Promise<Files | undefined>;
  /** Calls back when the files may have changed, until aborted. */
  watch(signal: AbortSignal, changed: () => void): void;
}

/** What is published of the files. */
export type Localize = (repository: Repository) => Promise<Repository>;

/** What remembers the last files without errors, so that broken ones hide nothing that is in force. */
export function keepingValid(now: () => number, delivered: Localize = async (one) => one) {
  let valid: Files | undefined;
  const files = async (rest: Omit<Files, 'delivered'>): Promise<Files> => ({
    ...rest,
    delivered: await delivered(rest.loaded.repository),
  });
  return {
    /** @param committed reads the files of a commit, for a start on broken files */
    async judged(
      loaded: LoadResult,
      commit: string,
      committed: () => Promise<LoadResult | undefined>,
    ): Promise<Files> {
      const errors = await errorsOf(loaded, now());
      if (errors.length === 0) return (valid = await files({ loaded, commit, shown: 'newest', errors }));
      if (valid) return { ...valid, shown: 'last-valid', errors };
      const fallback = await committed();
      if (fallback && (await errorsOf(fallback, now())).length === 0)
        return files({ loaded: fallback, commit: commit.replace('-dirty', ''), shown: 'last-valid', errors });
      return files({ loaded, commit, shown: 'none', errors });
    },
  };
}

/** Pages are answered between one rule and the next: of a large company all of them take seconds. */
async function errorsOf(loaded: LoadResult, at: number): Promise<Finding[]> {
  const { findings } = await checkLoadInSlices(loaded, at, setImmediate);
  return findings.filter(({ severity }) => severity === 'error');
}

/** The working tree below a folder: what somebody edits on this machine. */
export function workingTreeFiles(root: string, now: () => number, delivered?: Localize): FilesSource {
  const cache = memoryCache();
  const valid = keepingValid(now, delivered);
  let last: string | undefined;
  return {
    root,
    async read() {
      const loaded = await loadWorkingTree(root, cache);
      const { commit } = await standingOf(root);
      const fingerprint = JSON.stringify([commit, [...loaded.texts], loaded.findings]);
      if (fingerprint === last) return undefined;
      last = fingerprint;
      return valid.judged(loaded, commit, () => committed(root));
    },
    watch(signal, changed) {
      void watchFolders(root, signal, changed);
    },
  };
}

/** The files of the commit that is checked out; undefined where there is none. */
async function committed(root: string): Promise<LoadResult | undefined> {
  if (!(await isRepository(root))) return undefined;
  const head = await findCommit(root, 'HEAD');
  return head === undefined ? undefined : loadRevision(root, head);
}
