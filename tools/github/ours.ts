import type { Connection } from './connection/connection.ts';
import { GithubFault } from './connection/fault.ts';

/** What GitHub says of a comment or an issue, as far as it matters whose it is. */
interface Written {
  body?: string | null | undefined;
  user: { login: string; type: string } | null;
}

/**
 * Finds what is ours: it begins with a marker, which GitHub does not show, and this token's account wrote it. Anybody
 * may copy the marker into a comment of their own, which they could then edit.
 * @returns what keeps those of a list that are ours
 */
export async function ownFilter(
  connection: Connection,
  marker: string,
): Promise<<T extends Written>(all: readonly T[]) => T[]> {
  const isMe = await identityOf(connection);
  return (all) => all.filter((one) => isMe(one) && one.body?.startsWith(marker));
}

/** Who the token of a workflow's job is. */
const ACTIONS_LOGIN = 'github-actions[bot]';

/**
 * Who this token is. An app's token may not ask the REST API, and asks the other one; where that says nothing either, it
 * is taken for a job's own. Never is a comment ours because some app wrote it: another app may copy the marker.
 */
async function identityOf(connection: Connection): Promise<(one: Written) => boolean> {
  try {
    const { data } = await connection.ask('say who this token is', (octokit) =>
      octokit.users.getAuthenticated(),
    );
    return ({ user }) => user?.login === data.login;
  } catch (error) {
    if (!(error instanceof GithubFault) || error.kind !== 'denied') throw error;
    const login = await appOf(connection);
    return ({ user }) => user?.login === login;
  }
}

/** The login of the app whose token this is, as comments have it. */
async function appOf(connection: Connection): Promise<string> {
  try {
    const { viewer } = await connection.ask('say which app this token is of', (octokit) =>
      octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }'),
    );
    return viewer.login;
  } catch (error) {
    if (!(error instanceof GithubFault) || !['denied', 'missing', 'refused'].includes(error.kind))
      throw error;
    return ACTIONS_LOGIN;
  }
}
