import type { Connection } from './connection/connection.ts';
import { shortened } from './statuses.ts';

/** What became of delivering a commit to an environment. */
export interface Deployment {
  commit: string;
  environment: string;
  state: 'success' | 'failure';
  description: string;
  /** The page on which more is. */
  page?: string;
}

/** Says on GitHub what became of a delivery. One too many does no harm: the newest counts. @throws GithubFault */
export async function recordDeployment(connection: Connection, deployment: Deployment): Promise<void> {
  const { commit, environment, state, description, page } = deployment;
  // It is done already: GitHub has nothing to merge first, and no check to wait for.
  const done = { auto_merge: false, required_contexts: [] };
  const { data } = await connection.ask(`record a deployment to ${environment}`, (octokit) =>
    octokit.repos.createDeployment({ ...connection.repository, ref: commit, environment, ...done }),
  );
  if (!('id' in data)) return;
  await connection.ask(`say what became of the deployment to ${environment}`, (octokit) =>
    octokit.repos.createDeploymentStatus({
      ...connection.repository,
      deployment_id: data.id,
      state,
      description: shortened(description),
      ...(page !== undefined && { log_url: page }),
    }),
  );
}
