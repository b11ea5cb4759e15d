import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitWith } from './run.ts';

/** A repository elsewhere, and the folder in which it is kept. */
export interface Remote {
  /** `https://github.com/example/access.git` */
  url: string;
  branch: string;
  /** A folder that need not exist. */
  folder: string;
  /** Sent as a password to that host alone; none where anybody may read. */
  token?: string | undefined;
}

/**
 * Brings a clone without a working tree up to date, and makes it where there is none. The token is in git's environment
 * for that call: neither in an argument, nor in a file.
 * @returns the commit of the branch @throws Fault with what git said
 */
export async function updateClone({ url, branch, folder, token }: Remote): Promise<string> {
  if (!existsSync(join(folder, '.git'))) await gitWith('.', {}, 'init', '--quiet', folder);
  const env = token === undefined ? {} : headerFor(url, token);
  const wanted = `+refs/heads/${branch}:refs/remotes/origin/${branch}`;
  await gitWith(folder, { env }, 'fetch', '--quiet', '--no-tags', '--prune', '--no-auto-gc', url, wanted);
  const commit = (await git(folder, 'rev-parse', `refs/remotes/origin/${branch}`)).toString().trim();
  // What compares with what is checked out, compares with it.
  await git(folder, 'update-ref', '--no-deref', 'HEAD', commit);
  return commit;
}

/** GitHub takes a token as the password of whatever user (GitHub, Authenticating as an installation). */
function headerFor(url: string, token: string): Record<string, string> {
  const { origin } = new URL(url);
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
  };
}
