import { findCommit, isAncestor, mergeBase } from './git.ts';
import { git } from './run.ts';

/** What Terraform's stacks read: their own files, environments, and the ports of services behind connectors. */
export const INFRASTRUCTURE = ['terraform', 'environments', 'policies/services'];

/** What images are built from, as images.yml lists it. */
export const IMAGE_SOURCES = [
  'images',
  'tools',
  'schemas',
  'package.json',
  'package-lock.json',
  '.dockerignore',
];

/**
 * The first commit after another, on the line of what was merged, that changes anything which Terraform reads. One that
 * a later commit takes back counts too: what Terraform made of it in between may be there still.
 * @param since a commit, or undefined where none is known
 * @returns undefined where there is none; `unknown` where this history does not have the other
 */
export function infrastructureSince(
  root: string,
  since: string | undefined,
): Promise<{ commit: string } | 'unknown' | undefined> {
  return changeSince(root, since, INFRASTRUCTURE);
}

/** The same of what images are built from: each commit that changes it has images of its own. */
export function imagesSince(root: string, since: string): ReturnType<typeof infrastructureSince> {
  return changeSince(root, since, IMAGE_SOURCES);
}

async function changeSince(
  root: string,
  since: string | undefined,
  paths: readonly string[],
): Promise<{ commit: string } | 'unknown' | undefined> {
  const from = /^[0-9a-f]{40}$/.test(since ?? '') ? await findCommit(root, since!) : undefined;
  if (from === undefined) return 'unknown';
  // Done is done, also where what is checked out is older than that.
  if (await isAncestor(root, 'HEAD', from)) return undefined;
  if (!(await isAncestor(root, from, 'HEAD'))) return 'unknown';
  const words = ['rev-list', '--first-parent', '--reverse', `${from}..HEAD`, '--', ...paths];
  const [commit] = (await git(root, ...words)).toString('utf8').split('\n');
  return commit ? { commit } : undefined;
}

/**
 * The environments whose infrastructure one commit changes since it parted from another, by the files that Terraform
 * reads: its own YAML, or a service, whose ports all of them open. Terraform's own files count for none: a plan is made by
 * those of the base.
 * @returns ids of folders, or `all`
 */
export async function plannedBetween(root: string, base: string, head: string): Promise<'all' | string[]> {
  const parted = await mergeBase(root, base, head);
  const words = ['diff', '--name-only', '-z', '--no-renames', '--end-of-options', parted, head, '--'];
  const paths = (await git(root, ...words, 'environments', 'policies/services')).toString('utf8').split('\0');
  if (paths.some((path) => path.startsWith('policies/'))) return 'all';
  return [...new Set(paths.filter(Boolean).map((path) => path.split('/')[1]!))];
}
