import { git } from './run.ts';

/** A branch of the clone, with what its newest commit says. */
export interface BranchTip {
  /** Without `refs/heads/`. */
  branch: string;
  subject: string;
  author: string;
}

/** The branches of this clone whose names begin so and that are no part of what is checked out, sorted. */
export async function branchesBelow(root: string, prefix: string): Promise<BranchTip[]> {
  const format = '--format=%(refname:strip=2)%00%(subject)%00%(authorname)';
  const answer = await git(root, 'for-each-ref', format, '--no-merged=HEAD', `refs/heads/${prefix}`);
  return answer
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\0'))
    .map(([branch = '', subject = '', author = '']) => ({ branch, subject, author }));
}
