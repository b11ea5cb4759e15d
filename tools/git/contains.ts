import { commitsBetween, findCommit, isAncestor, isShallow } from './git.ts';
import { fetchCommit } from './fetch.ts';
import { treesOf } from './objects.ts';

/**
 * Whether one commit contains another, or what that one says in some folders: it comes after it; or it does not come before it
 * either, and in our history, after the last commit that was published, these folders were once the same, as after a
 * squash, a rebase or an amended commit. What was published last in our history bounds it: after A, B and A again, a clone that is at
 * the first A or at B has had the folders of the newest A too, and does not contain it.
 * @param ours a commit of this clone
 * @param earlier what was published before `other`, the newest first
 * @returns undefined where this clone cannot tell: the commit is not in it, or its history is cut off
 */
export async function containsCommit(
  root: string,
  ours: string,
  other: string,
  earlier: AsyncIterable<string>,
  folders: readonly string[],
): Promise<boolean | undefined> {
  if (ours === other) return true;
  // The commit of a branch that was squashed is in no clone that was made since.
  const theirs = (await findCommit(root, other)) ?? (await fetchCommit(root, other));
  if (theirs === undefined) return undefined;
  if (await isShallow(root)) return (await reaches(root, theirs, ours)) || undefined;
  if (await isAncestor(root, theirs, ours)) return true;
  if (await isAncestor(root, ours, theirs)) return false;
  const last = await lastInHistory(root, ours, earlier);
  if (last === undefined) return false;
  const [wanted] = await treesOf(root, [theirs], folders);
  // A commit without these folders says nothing of access.
  if (wanted === undefined || wanted.trim() === '') return false;
  return (await treesOf(root, await commitsBetween(root, last, ours), folders)).includes(wanted);
}

/** Whether a shallow clone shows that one commit comes before another; it cannot show that it does not. */
async function reaches(root: string, ancestor: string, ours: string): Promise<boolean> {
  return isAncestor(root, ancestor, ours, 'as far as it is known');
}

/** The first of some commits that is ours, or came before ours. */
async function lastInHistory(
  root: string,
  ours: string,
  commits: AsyncIterable<string>,
): Promise<string | undefined> {
  const seen = new Set<string>();
  for await (const one of commits) {
    if (seen.has(one)) continue;
    seen.add(one);
    // A whole clone has all that came before ours: what it does not have did not.
    const known = await findCommit(root, one);
    if (known !== undefined && (await isAncestor(root, known, ours))) return known;
  }
  return undefined;
}
