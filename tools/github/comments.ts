import { MARKER } from './comment/comment.ts';
import type { Connection } from './connection.ts';
import { GithubFault } from './fault.ts';

/** What of a comment matters here. */
interface Comment {
  id: number;
  body?: string | undefined;
  user: { login: string; type: string } | null;
}

/**
 * Makes a pull request's one comment say this: the one that is ours is changed in place, else a new one is written.
 * Where there are several, as two runs wrote at once, the first is kept.
 */
export async function putComment(connection: Connection, number: number, body: string): Promise<void> {
  const isMe = await identityOf(connection);
  const at = { ...connection.repository, issue_number: number };
  await connection.settle(async () => {
    const all: Comment[] = await connection.ask('list the comments', (octokit) =>
      octokit.paginate(octokit.issues.listComments, { ...at, per_page: 100 }),
    );
    const [first, ...more] = all
      .filter((one) => isMe(one) && one.body?.startsWith(MARKER))
      .sort((a, b) => a.id - b.id);
    if (!first)
      await connection.once('write a comment', (octokit) => octokit.issues.createComment({ ...at, body }));
    else if (first.body !== body)
      await connection.ask('change the comment', (octokit) =>
        octokit.issues.updateComment({ ...connection.repository, comment_id: first.id, body }),
      );
    for (const { id } of more) await remove(connection, id);
  });
}

/** Who wrote something. */
type Authored = { user: { login: string; type: string } | null };

/**
 * Which comments and issues are ours. Anybody may copy the marker into one of their own, and it would be theirs to
 * edit. An app's token may not ask who it is; what it writes is a bot's.
 */
export async function identityOf(connection: Connection): Promise<(one: Authored) => boolean> {
  try {
    const { data } = await connection.ask('say who this token is', (octokit) =>
      octokit.users.getAuthenticated(),
    );
    return ({ user }) => user?.login === data.login;
  } catch (error) {
    if (!(error instanceof GithubFault) || error.kind !== 'denied') throw error;
    return ({ user }) => user?.type === 'Bot';
  }
}

/** Deletes a comment; gone already is gone. */
async function remove(connection: Connection, id: number): Promise<void> {
  try {
    await connection.ask('delete a comment', (octokit) =>
      octokit.issues.deleteComment({ ...connection.repository, comment_id: id }),
    );
  } catch (error) {
    if (!(error instanceof GithubFault) || error.kind !== 'missing') throw error;
  }
}
