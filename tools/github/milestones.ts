import type { Connection } from './connection/connection.ts';
import { recordDeployment } from './deployment.ts';

/** How far a merge has come with every environment. */
export type Milestone = 'added' | 'complete';

/** What each is called among GitHub's deployments; no environment of the company can have a name with a space. */
const NAMES: Readonly<Record<Milestone, string>> = {
  added: 'terraform additions',
  complete: 'all environments',
};

const SAYS: Readonly<Record<Milestone, string>> = {
  added: 'what Terraform adds is there, in every environment',
  complete: 'additions, deliveries and removals are done, in every environment',
};

/** Records that are looked through for one that was finished: a run may end between the two calls of a record. */
const LOOKED_AT = 20;

/** The newest commit that reached a milestone; undefined where GitHub knows of none. @throws GithubFault */
export async function lastAt(connection: Connection, milestone: Milestone): Promise<string | undefined> {
  const at = { ...connection.repository, environment: NAMES[milestone], per_page: LOOKED_AT };
  const { data } = await connection.ask('list deployments', ({ repos }) => repos.listDeployments(at));
  for (const { id, sha } of data) if (await isDone(connection, id)) return sha;
  return undefined;
}

/** Records that are looked through for the first that has a commit: more than merges in the days that images bake. */
const LOOKED_BACK = 100;

/**
 * When a commit had reached a milestone, in milliseconds since 1970: by the oldest record whose commit contains it.
 * @param contains whether a commit contains it
 * @returns undefined where no record does @throws GithubFault
 */
export async function reachedAt(
  connection: Connection,
  milestone: Milestone,
  contains: (commit: string) => Promise<boolean>,
): Promise<number | undefined> {
  const at = { ...connection.repository, environment: NAMES[milestone], per_page: LOOKED_BACK };
  const { data } = await connection.ask('list deployments', ({ repos }) => repos.listDeployments(at));
  const having = [];
  for (const one of data) {
    if (!(await contains(one.sha))) break;
    having.unshift(one);
  }
  for (const { id, created_at } of having) if (await isDone(connection, id)) return Date.parse(created_at);
  return undefined;
}

async function isDone(connection: Connection, id: number): Promise<boolean> {
  const { data: statuses } = await connection.ask('read what became of a deployment', ({ repos }) =>
    repos.listDeploymentStatuses({ ...connection.repository, deployment_id: id }),
  );
  // GitHub itself calls it inactive once there is a newer one.
  return statuses.some(({ state }) => state === 'success');
}

/** Records that a commit reached a milestone. @throws GithubFault */
export async function recordAt(
  connection: Connection,
  milestone: Milestone,
  commit: string,
  page?: string,
): Promise<void> {
  await recordDeployment(connection, {
    ...{ commit, environment: NAMES[milestone], state: 'success', description: SAYS[milestone] },
    ...(page !== undefined && { page }),
  });
}
