import { MARKER } from './comment/comment.ts';
import type { Connection } from './connection/connection.ts';
import { GithubFault } from './connection/fault.ts';
import { ownFilter } from './ours.ts';

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
  const ownOf = await ownFilter(connection, MARKER);
  const at = { ...connection.repository, issue_number: number };
  await connection.settle(async () => {
    const all: Comment[] = await connection.ask('list the comments', (octokit) =>
      octokit.paginate(octokit.issues.listComments, { ...at, per_page: 100 }),
    );
    const [first, ...more] = ownOf(all).sort((a, b) => a.id - b.id);
    if (!first)
      await connection.once('write a comment', (octokit) => octokit.issues.createComment({ ...at, body }));
    else if (first.body !== body)
      await connection.ask('change the comment', (octokit) =>
        octokit.issues.updateComment({ ...connection.repository, comment_id: first.id, body }),
      );
    for (const { id } of more) await remove(connection, id);
  });
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
