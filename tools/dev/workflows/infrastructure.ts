/**
 * Whether anything that Terraform reads changed since a commit: `npm run infrastructure -- <commit>`. Prints it,
 * and tells the steps that follow as `changed`. Where the commit is not known, everything counts as changed: a
 * branch that was forced, or a run that a person started.
 */
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findCommit, git } from '../../git/git.ts';

/** What stacks read: their own files, environments, and the ports of services behind connectors. */
export const INFRASTRUCTURE = ['terraform', 'environments', 'policies/services'];

/** Whether infrastructure differs between a commit and what is checked out. */
export async function infrastructureChanged(root: string, since: string): Promise<boolean> {
  const before = /^[0-9a-f]{40}$/.test(since) ? await findCommit(root, since) : undefined;
  if (before === undefined) return true;
  const names = await git(root, 'diff', '--name-only', '-z', before, 'HEAD', '--', ...INFRASTRUCTURE);
  return names.length > 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const changed = await infrastructureChanged(root, process.argv[2] ?? '');
  const file = process.env['GITHUB_OUTPUT'];
  if (file) appendFileSync(file, `changed=${changed}\n`);
  console.log(changed ? 'infrastructure changed' : 'no infrastructure changed');
}
