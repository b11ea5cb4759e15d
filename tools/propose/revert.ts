import { instantText } from '../access/values/time-zone.ts';
import { difference } from '../access/difference.ts';
import type { Difference, Environment, HistoryRow } from '../contract/shapes.ts';
import { commitOf, filesOf, isAncestor } from '../git/git.ts';
import { bodyOf } from '../github/propose/body.ts';
import type { Proposal, ProposedFile } from '../github/propose.ts';
import type { Repository } from '../load/repository.ts';
import { type Context, Refusal } from '../commands/shared/command.ts';
import type { StoreKind } from '../commands/shared/environment.ts';
import { rowsOf } from '../commands/history.ts';
import { loadOrRefuse } from '../commands/shared/load.ts';

/** What a revert changes: everything that is published is in these folders. */
const PUBLISHED = ['policies', 'environments'];

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
 * @throws Refusal where there is nothing to go back to, or from
 */
export async function revertTo(
  context: Context,
  kind: StoreKind,
  environment: Environment,
  to: number,
): Promise<Revert> {
  const { entries } = await rowsOf(context, kind, environment);
  const valid = entries.filter((row) => row.valid);
  const target = valid.find(({ sequence }) => sequence === to);
  if (!target) throw new Refusal(`there is no valid entry ${to}`, 'choose one: npm run history');
  const kept = await knownCommit(context, to, target.commit!);
  const undone = valid.filter(({ sequence }) => sequence > to);
  const from = await newestAfter(context, kept, undone);
  const files = await changedFiles(context, from, kept);
  const loaded = { before: await load(context, from), after: await load(context, kept) };
  refuseLowerEpochs(loaded.before, loaded.after, to);
  const at = context.now().getTime();
  return {
    environment: environment.id,
    to,
    undone,
    files,
    difference: {
      before: from,
      after: kept,
      at: instantText(at),
      environments: difference(loaded.before, loaded.after, { at }),
    },
  };
}

/** The commit of an entry, which must say all that was published and be in this clone. */
async function knownCommit({ root }: Context, sequence: number, commit: string): Promise<string> {
  if (commit.endsWith('-dirty'))
    throw new Refusal(`entry ${sequence} was published with changes that no commit holds`, 'choose another');
  return commitOf(root, commit).catch(() => {
    throw new Refusal(`commit ${commit.slice(0, 12)} is not in this clone`, 'fetch the whole history');
  });
}

/** The commit that was published last of those that the kept one does not contain. */
async function newestAfter(context: Context, kept: string, undone: readonly HistoryRow[]): Promise<string> {
  for (const { sequence, commit } of undone) {
    if (commit!.endsWith('-dirty')) continue;
    const found = await knownCommit(context, sequence, commit!);
    if (!(await isAncestor(context.root, found, kept))) return found;
  }
  throw new Refusal('no entry after that one has anything that its commit has not', 'see: npm run history');
}

/** What has to be written and deleted so that the folders are again as they were. */
async function changedFiles(
  { root }: Context,
  from: string,
  kept: string,
): Promise<Map<string, ProposedFile>> {
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
    throw new Refusal('both commits have the same policies and environments', 'there is nothing to revert');
  return files;
}

async function load(context: Context, commit: string): Promise<Repository> {
  return (await loadOrRefuse(context, commit)).repository;
}

/** A log that was given up for a higher epoch is never gone back to. */
function refuseLowerEpochs(before: Repository, after: Repository, to: number): void {
  for (const [id, { value }] of after.environments)
    if (value.epoch < (before.environments.get(id)?.value.epoch ?? 0))
      throw new Refusal(
        `entry ${to} is older than the epoch of ${id}, which is never lowered`,
        'choose a later one: npm run history',
      );
}

/** The pull request that makes a revert. */
export function revertProposal(revert: Revert, reason: string | undefined): Omit<Proposal, 'base'> {
  const { environment, to, undone, files, difference: changes } = revert;
  const [from, kept] = [changes.before, changes.after].map((commit) => commit.slice(0, 12));
  const entries = undone.map(
    ({ sequence, commit, reason: why }) => `${sequence}: ${commit!.slice(0, 12)}: ${why}`,
  );
  const paths = [...files].map(([path, wanted]) => `${wanted === null ? 'deletes' : 'writes'} \`${path}\``);
  return {
    branch: `ztna/revert-${from}-to-${kept}`,
    on: changes.before,
    title: `Revert to entry ${to} of ${environment}`,
    body: bodyOf({
      says: [
        `Policies and environments as of commit ${kept}, which entry ${to} of ${environment} was built from.`,
        ...(reason === undefined ? [] : [reason]),
      ],
      lists: [
        { title: 'Entries since', items: entries },
        { title: 'Files', items: paths },
      ],
      difference: changes.environments,
    }),
    files,
  };
}
