import { instantText } from '../access/values/time-zone.ts';
import { difference } from '../access/difference.ts';
import { Fault } from '../contract/fault.ts';
import type { Difference, EnvironmentHistory, HistoryRow } from '../contract/shapes.ts';
import { filesOf } from '../git/objects.ts';
import { isAncestor } from '../git/git.ts';
import { PUBLISHED } from '../git/standing.ts';
import { loadValid } from '../load/load.ts';
import type { Repository } from '../load/repository.ts';
import { publishedCommit } from '../report/log-history.ts';
import type { Proposal, ProposedFile } from './proposal.ts';

/** The way back from what was published last to what an earlier entry wanted. */
export interface Revert {
  environment: string;
  /** The entry to go back to. */
  to: number;
  /** The entries after it, the newest first. */
  undone: readonly HistoryRow[];
  files: ReadonlyMap<string, ProposedFile>;
  difference: Difference;
}

/**
 * The revert of every commit from an entry's to the newest that was published after it. It changes that newest
 * commit, so what was merged since and is elsewhere stays, as with `git revert`.
 * @param root the clone
 * @param history of the environment's log
 * @param to the entry to go back to
 * @param at from when on access is compared, in milliseconds
 * @throws Fault where there is nothing to go back to, or from
 */
export async function planRevert(
  root: string,
  { environment, entries }: EnvironmentHistory,
  to: number,
  at: number,
): Promise<Revert> {
  const valid = entries.filter((row) => row.valid);
  const target = valid.find(({ sequence }) => sequence === to);
  if (!target) throw new Fault(`there is no valid entry ${to}`, 'choose one: npx ztna history');
  const kept = await publishedCommit(root, target);
  const undone = valid.filter(({ sequence }) => sequence > to);
  const from = await newestAfter(root, kept, undone);
  const files = await changedFiles(root, from, kept);
  const [before, after] = [await load(root, from), await load(root, kept)];
  refuseLowerEpochs(before, after, to);
  const environments = difference(before, after, { at });
  return {
    environment,
    to,
    undone,
    files,
    difference: { before: from, after: kept, at: instantText(at), environments },
  };
}

/** The commit that was published last of those that the kept one does not contain. */
async function newestAfter(root: string, kept: string, undone: readonly HistoryRow[]): Promise<string> {
  for (const row of undone) {
    if (row.commit!.endsWith('-dirty')) continue;
    const found = await publishedCommit(root, row);
    if (!(await isAncestor(root, found, kept))) return found;
  }
  throw new Fault('no entry after that one has anything that its commit has not', 'see: npx ztna history');
}

/** What has to be written and deleted so that the folders are again as they were. */
async function changedFiles(root: string, from: string, kept: string): Promise<Map<string, ProposedFile>> {
  const side = async (commit: string) =>
    new Map((await filesOf(root, commit, PUBLISHED)).map((file) => [file.path, file]));
  const [now, then] = [await side(from), await side(kept)];
  const files = new Map<string, ProposedFile>();
  for (const [path, { object, mode }] of then) {
    const { object: is, mode: has } = now.get(path) ?? {};
    if (is !== object || has !== mode) files.set(path, { object, mode });
  }
  for (const path of now.keys()) if (!then.has(path)) files.set(path, null);
  if (files.size === 0)
    throw new Fault('both commits have the same policies and environments', 'there is nothing to revert');
  return files;
}

async function load(root: string, commit: string): Promise<Repository> {
  return (await loadValid(root, commit)).repository;
}

/** A log that was given up for a higher epoch is never gone back to. */
function refuseLowerEpochs(before: Repository, after: Repository, to: number): void {
  for (const [id, { value }] of after.environments)
    if (value.epoch < (before.environments.get(id)?.value.epoch ?? 0))
      throw new Fault(
        `entry ${to} is older than the epoch of ${id}, which is never lowered`,
        'choose a later one: npx ztna history',
      );
}

/** The pull request that makes a revert. @param reason why, where one was given */
export function revertProposal(revert: Revert, reason: string | undefined): Proposal {
  const { before, after } = revert.difference;
  return {
    branch: `ztna/revert-${before.slice(0, 12)}-to-${after.slice(0, 12)}`,
    on: before,
    files: revert.files,
    purpose: { kind: 'revert', revert, reason },
  };
}
