import type { Bare, BareCommit } from './bare-repository.ts';
import type { Handler } from './handlers.ts';
import { HttpError } from './http-error.ts';
import type { GithubState } from './state.ts';

const behind = ({ bare }: GithubState): Bare => {
  if (!bare) throw new HttpError(409, 'Git Repository is empty.');
  return bare;
};

const commitValue = ({ sha, tree, parents, message }: BareCommit) => ({
  sha,
  message,
  tree: { sha: tree },
  parents: parents.map((one) => ({ sha: one })),
});

function commitAt(state: GithubState, sha: string): BareCommit {
  const found = behind(state).commit(sha);
  if (!found) throw new HttpError(404, 'Not Found');
  return found;
}

/** How the second of two commits is related to the first. */
function relation(bare: Bare, base: string, head: string): string {
  if (base === head) return 'identical';
  const contains = (one: string, other: string) =>
    bare.ask('merge-base', '--is-ancestor', one, other) !== undefined;
  return contains(head, base) ? 'behind' : contains(base, head) ? 'ahead' : 'diverged';
}

/** The Git Data API: trees and commits of the repository behind the server. */
export const GIT_DATA: Readonly<Record<string, Handler>> = {
  'git/get-commit': (state, { path }) => ({
    status: 200,
    value: commitValue(commitAt(state, path['commit_sha']!)),
  }),
  'git/create-tree': (state, { body }) => {
    try {
      return { status: 201, value: { sha: behind(state).tree(body.base_tree, body.tree), tree: [] } };
    } catch (error) {
      if (error instanceof HttpError) throw error;
      throw new HttpError(422, 'GitRPC::BadObjectState');
    }
  },
  'git/create-commit': (state, { body }) => {
    const { message, tree, parents = [] } = body;
    if (behind(state).ask('cat-file', '-e', tree) === undefined)
      throw new HttpError(422, 'Tree SHA does not exist');
    const sha = behind(state).write(message, tree, parents, state.me.login);
    return { status: 201, value: commitValue(commitAt(state, sha)) };
  },
  'repos/compare-commits-with-basehead': (state, { path }) => {
    const [base, head] = path['basehead']!.split('...').map((one) => {
      const sha = behind(state).ask('rev-parse', '--verify', '--quiet', `${one}^{commit}`);
      if (sha === undefined) throw new HttpError(404, 'Not Found');
      return sha;
    });
    return { status: 200, value: { status: relation(behind(state), base!, head!), commits: [] } };
  },
};
