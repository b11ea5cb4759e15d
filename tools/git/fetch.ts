import { findCommit } from './git.ts';
import { git, optionsIn, run, STEADY } from './run.ts';

/** Milliseconds that a remote gets to give one commit. */
const FETCHING_MS = 30_000;

/**
 * Fetches a commit that no branch may lead to any more, as after a squash: GitHub still gives it.
 * @returns undefined where no remote gives it
 */
export async function fetchCommit(root: string, commit: string): Promise<string | undefined> {
  const remotes = (await git(root, 'remote')).toString().split('\n').filter(Boolean);
  const { env, ...options } = optionsIn(root);
  for (const remote of remotes) {
    const words = [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--end-of-options',
      remote,
      commit,
    ];
    const signal = AbortSignal.timeout(FETCHING_MS);
    // Not to be had is an answer here, for whatever reason: the commit is then as unknown as before.
    await run('git', [...STEADY, ...words], {
      ...options,
      env: { ...env, ...jobCredentials() },
      signal,
    }).catch(() => {});
    const found = await findCommit(root, commit);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** In a job of GitHub Actions whose checkout kept no credentials: its token, for GitHub's own address alone. */
function jobCredentials(): Record<string, string> {
  const { GITHUB_TOKEN: token, GITHUB_SERVER_URL: server } = process.env;
  if (!token || !server) return {};
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${server}/.extraheader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
  };
}
