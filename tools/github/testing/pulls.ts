import type { CommitState, PullState, GithubState } from './state.ts';

/** The commit at which a branch of a pull request is now. */
export function headOf({ refs, bare }: GithubState, { ref, sha }: PullState['head']): string {
  return (bare && refs.get(`refs/heads/${ref}`)) ?? sha;
}

/** The commits of a pull request: those that are said, or those that its branch has and its base has not. */
export function commitsOf(state: GithubState, { commits, head, base }: PullState): CommitState[] {
  const { bare } = state;
  if (!bare) return commits;
  const shas = bare.git(['rev-list', '--reverse', headOf(state, head), `^refs/heads/${base.ref}`]);
  return shas
    .split('\n')
    .filter(Boolean)
    .map((one) => {
      const { sha, message, email } = bare.commit(one)!;
      const login = accountOf(state, email);
      return { sha, message, email, ...(login !== undefined && { author: login, committer: login }) };
    });
}

function accountOf({ accounts }: GithubState, email: string): string | undefined {
  return accounts.get(email) ?? /^(.*)@users\.noreply\.github\.com$/.exec(email)?.[1];
}
