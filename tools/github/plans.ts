import { name, page, prose, say, type Sentence } from '../contract/sentence.ts';
import type { Connection } from './connection/connection.ts';
import { shortened } from './statuses.ts';

/** What became of Terraform's plan of one environment, for one commit. */
export interface PlanOutcome {
  environment: string;
  state: 'success' | 'failure';
  /** `2 to add, 1 to remove` */
  says: string;
  /** The run whose log has the plan. */
  page?: string;
}

/** Statuses of ours that no branch asks for: an environment's name follows. */
const PREFIX = 'terraform/';

/** Records what a plan came to, as a status of the commit. @throws GithubFault */
export async function recordPlan(connection: Connection, sha: string, plan: PlanOutcome): Promise<void> {
  const { environment, state, says, page: target } = plan;
  await connection.ask(`write the status ${PREFIX}${environment}`, (octokit) =>
    octokit.repos.createCommitStatus({
      ...connection.repository,
      ...{ sha, context: `${PREFIX}${environment}`, state, description: shortened(says) },
      ...(target !== undefined && { target_url: target }),
    }),
  );
}

/** What plans of a commit came to, the newest of each environment. @throws GithubFault */
export async function plansOf(connection: Connection, ref: string): Promise<PlanOutcome[]> {
  // GitHub gives the newest first.
  const statuses = await connection.ask('list the statuses of a commit', (octokit) =>
    octokit.paginate(octokit.repos.listCommitStatusesForRef, {
      ...connection.repository,
      ref,
      per_page: 100,
    }),
  );
  const newest = new Map<string, PlanOutcome>();
  for (const { context, state, description, target_url: target } of statuses.reverse())
    if (context.startsWith(PREFIX)) {
      const environment = context.slice(PREFIX.length);
      newest.set(environment, {
        ...{ environment, state: state === 'success' ? 'success' : 'failure', says: description ?? '' },
        ...(target && { page: target }),
      });
    }
  return [...newest.values()].sort((a, b) => (a.environment < b.environment ? -1 : 1));
}

/**
 * What the comment says of plans, a line for each environment.
 * @param wanted the environments whose infrastructure the pull request changes
 */
export function planLines(wanted: readonly string[], plans: readonly PlanOutcome[]): Sentence[] {
  return wanted.map((environment) => {
    const plan = plans.find((one) => one.environment === environment);
    if (!plan) return say`- ⏳ ${name(environment)}: not planned yet; a person is asked before it is`;
    const sign = plan.state === 'success' ? say`✅` : say`❌`;
    const says =
      plan.page === undefined
        ? say`${prose(plan.says)}`
        : say`${prose(plan.says)} · ${page('the plan', plan.page)}`;
    return say`- ${sign} ${name(environment)}: ${says}`;
  });
}
