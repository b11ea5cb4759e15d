import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { failureOf, faultOf, isAnswer } from './fault.ts';

/** A GitHub App: who it is, and what proves it. */
export interface GithubApp {
  /** As its settings page shows it. */
  clientId: string;
  /** PEM */
  privateKey: string;
}

/** What a token may do, whatever else the app may. */
export type TokenPermissions = Readonly<Record<string, 'read' | 'write'>>;

/**
 * What makes tokens of an app for one repository: each lasts an hour, may do what is named and nothing else, and is
 * given again until it is about to end.
 * @param repository `owner/name`, in which the app is installed
 * @param url where the API is; default https://api.github.com
 */
export function appTokens(
  { clientId, privateKey }: GithubApp,
  {
    repository,
    url,
    permissions,
    fetch,
  }: {
    repository: string;
    url?: string;
    permissions: TokenPermissions;
    /** How requests are sent, where that is through a proxy. */
    fetch?: typeof globalThis.fetch;
  },
): () => Promise<string> {
  const [owner = '', repo = ''] = repository.split('/');
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const octokit = new Octokit({
    authStrategy: createAppAuth,
    auth: { appId: clientId, privateKey, log: silent },
    ...{ userAgent: 'ztna-gitops', log: silent },
    ...(url !== undefined && { baseUrl: url }),
    ...(fetch && { request: { fetch } }),
  });
  let installation: Promise<number> | undefined;
  const installed = (): Promise<number> =>
    (installation ??= octokit.apps.getRepoInstallation({ owner, repo }).then(({ data }) => data.id));
  return async () => {
    try {
      const asked = { type: 'installation', installationId: await installed() };
      const answer = await octokit.auth({ ...asked, repositoryNames: [repo], permissions });
      return (answer as { token: string }).token;
    } catch (error) {
      // It may be installed again, as another one.
      installation = undefined;
      throw isAnswer(error) ? faultOf('give the app a token', failureOf(error)) : error;
    }
  };
}
