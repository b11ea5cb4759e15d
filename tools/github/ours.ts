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

/** Who this token is. An app's token may not ask; what it writes is a bot's. */
async function identityOf(connection: Connection): Promise<(one: Written) => boolean> {
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
