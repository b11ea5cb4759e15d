import type { Connection } from './connection/connection.ts';
import type { GithubSettings, GithubEnvironment } from './setup/settings.ts';
import { RULESET, rulesetOf } from './setup/rules.ts';

/** The app that GitHub Actions is on this server. @throws GithubFault */
export async function actionsAppOf(connection: Connection): Promise<number> {
  const { data } = await connection.ask('say which app GitHub Actions is', ({ apps }) =>
    apps.getBySlug({ app_slug: 'github-actions' }),
  );
  return data!.id;
}

/**
 * Makes GitHub's settings what is desired, and leaves all others alone. It may be run again at any time, and after
 * any failure: each step sets what should be, not what should change.
 * @param tell told what is done, in sentences
 * @throws GithubFault
 */
export async function setUp(
  connection: Connection,
  desired: GithubSettings,
  tell: (text: string) => void,
): Promise<void> {
  const { data } = await connection.ask('read the repository', (octokit) =>
    octokit.repos.get(connection.repository),
  );
  await setActions(connection, desired.actions);
  tell('actions: set');
  // Jobs may name environments before the branch asks for their statuses; not the other way round.
  for (const environment of desired.environments) {
    await setEnvironment(connection, data.owner.login, environment);
    tell(`environment ${environment.name}: set`);
  }
  await setRuleset(connection, desired);
  tell(`ruleset "${RULESET}": set`);
}

async function setActions(connection: Connection, patterns: readonly string[]): Promise<void> {
  const { repository } = connection;
  const permissions = { enabled: true, allowed_actions: 'selected' as const, sha_pinning_required: true };
  await connection.ask('say which actions may run', ({ actions }) =>
    actions.setGithubActionsPermissionsRepository({ ...repository, ...permissions }),
  );
  const allowed = {
    github_owned_allowed: false,
    verified_allowed: false,
    patterns_allowed: [...patterns],
  };
  await connection.ask('list the actions that may run', ({ actions }) =>
    actions.setAllowedActionsRepository({ ...repository, ...allowed }),
  );
  const token = { default_workflow_permissions: 'read' as const, can_approve_pull_request_reviews: false };
  await connection.ask("limit a job's token", ({ actions }) =>
    actions.setGithubActionsDefaultWorkflowPermissionsRepository({ ...repository, ...token }),
  );
  const merging = { allow_squash_merge: true, allow_merge_commit: false, allow_rebase_merge: false };
  await connection.ask('limit how branches are merged', ({ repos }) =>
    repos.update({ ...repository, ...merging, delete_branch_on_merge: true }),
  );
}

async function setRuleset(connection: Connection, desired: GithubSettings): Promise<void> {
  const { repository } = connection;
  const rulesets = await connection.ask('list the rulesets', (octokit) =>
    octokit.paginate(octokit.repos.getRepoRulesets, {
      ...repository,
      includes_parents: false,
      per_page: 100,
    }),
  );
  const known = rulesets.find(({ name }) => name === RULESET);
  const wanted = rulesetOf(desired);
  if (known)
    await connection.ask('change the ruleset', ({ repos }) =>
      repos.updateRepoRuleset({ ...repository, ruleset_id: known.id, ...wanted }),
    );
  // Two of a name are refused, so one that was made although nobody heard of it is found when this is run again.
  else
    await connection.once('make the ruleset', ({ repos }) =>
      repos.createRepoRuleset({ ...repository, ...wanted }),
    );
}

async function setEnvironment(
  connection: Connection,
  org: string,
  { name, branches, reviewers, variables }: GithubEnvironment,
): Promise<void> {
  const at = { ...connection.repository, environment_name: name };
  const teams = reviewers === undefined ? [] : [await teamOf(connection, org, reviewers)];
  await connection.ask(`make the environment ${name}`, ({ repos }) =>
    repos.createOrUpdateEnvironment({
      ...at,
      reviewers: teams.map((id) => ({ type: 'Team' as const, id })),
      prevent_self_review: teams.length > 0,
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    }),
  );
  await allowBranches(connection, at, branches);
  await setVariables(connection, at, variables);
}

type Place = Connection['repository'] & { environment_name: string };

async function teamOf(connection: Connection, org: string, team: string): Promise<number> {
  const { data } = await connection.ask(`read the team ${org}/${team}`, ({ teams }) =>
    teams.getByName({ org, team_slug: team }),
  );
  return data.id;
}

/** Only jobs of these branches may be in the environment. */
async function allowBranches(connection: Connection, at: Place, branches: readonly string[]): Promise<void> {
  const { data } = await connection.ask('list the branches of an environment', ({ repos }) =>
    repos.listDeploymentBranchPolicies({ ...at, per_page: 100 }),
  );
  for (const { id, name } of data.branch_policies)
    if (id !== undefined && !branches.includes(name ?? ''))
      await connection.ask('take a branch out of an environment', ({ repos }) =>
        repos.deleteDeploymentBranchPolicy({ ...at, branch_policy_id: id }),
      );
  const missing = branches.filter((branch) => !data.branch_policies.some(({ name }) => name === branch));
  for (const branch of missing)
    await connection.ask('name a branch of an environment', ({ repos }) =>
      repos.createDeploymentBranchPolicy({ ...at, name: branch, type: 'branch' }),
    );
}

async function setVariables(
  connection: Connection,
  at: Place,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const { data } = await connection.ask('list the variables of an environment', ({ actions }) =>
    actions.listEnvironmentVariables({ ...at, per_page: 30 }),
  );
  for (const [name, value] of Object.entries(variables)) {
    const before = data.variables.find((one) => one.name === name);
    if (before?.value === value) continue;
    const what = { ...at, name, value };
    await connection.ask<unknown>(`set the variable ${name}`, ({ actions }) =>
      before ? actions.updateEnvironmentVariable(what) : actions.createEnvironmentVariable(what),
    );
  }
}
