import { Fault } from '../../contract/fault.ts';
import { originOf } from '../../git/git.ts';
import type { Context } from './command.ts';

/** The server of GitHub that everybody shares. */
const PUBLIC = 'https://github.com';

/** Where its API is. */
export const PUBLIC_API = 'https://api.github.com';

/** Hosts of the public GitHub; the second takes SSH where only port 443 is open. */
const PUBLIC_HOSTS = ['github.com', 'www.github.com', 'ssh.github.com'];

/** Where GitHub's pages are: what the environment says, as it does in a job of any server. */
export function pagesOfServer({ env }: Pick<Context, 'env'>): string {
  return env['GITHUB_SERVER_URL'] || PUBLIC;
}

/**
 * Where GitHub's API is; undefined for the public one. In a job the environment says it. Elsewhere the remote `origin`
 * must be at the public GitHub: no token is sent to a host that nobody named for it.
 * @throws Fault where `origin` is at another host
 */
export async function apiOf({ root, env }: Pick<Context, 'root' | 'env'>): Promise<string | undefined> {
  if (env['GITHUB_API_URL']) return env['GITHUB_API_URL'];
  const host = hostOf((await originOf(root)) ?? '');
  if (host === undefined || PUBLIC_HOSTS.includes(host)) return undefined;
  const api = host.endsWith('.ghe.com') ? `https://api.${host}` : `https://${host}/api/v3`;
  throw new Fault(
    `the remote origin is at ${host}, and nobody said where that has GitHub's API`,
    `set GITHUB_API_URL to ${api}, or to ${PUBLIC_API} where the repository is there`,
  );
}

/** The host that a remote's address names; undefined for a folder, and for a short name of SSH's own configuration. */
export function hostOf(url: string): string | undefined {
  const found = /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)/.exec(url) ?? /^[^/:@]+@([^/:]+):/.exec(url);
  const host = found?.[1]?.toLowerCase();
  return host?.includes('.') && !/^[0-9.]+$/.test(host) ? host : undefined;
}
