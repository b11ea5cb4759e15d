/** What of an environment decides how GitHub is set up for it. */
export interface DeployedEnvironment {
  id: string;
  account: string;
  region: string;
}

/** Whose repository it is, and who is asked. */
export interface SetupOptions {
  /** The environments, in the order in which merges reach them. */
  environments: readonly DeployedEnvironment[];
  /** The team that is asked before Terraform plans a pull request. */
  reviewers: string;
  /** The app whose statuses count; GitHub Actions where none is named. */
  app?: number | undefined;
  /** The app that GitHub Actions is. */
  actionsApp: number;
}

/** One of GitHub's environments: which jobs may be in it, and what they learn there. */
export interface GithubEnvironment {
  name: string;
  /** Branches whose jobs may be in it, as patterns. */
  branches: readonly string[];
  /** The team that has to approve a job; absent where nobody does. */
  reviewers?: string;
  variables: Readonly<Record<string, string>>;
}

/** How GitHub is to be set up. */
export interface GithubSettings {
  /** Actions that workflows may use, as GitHub's patterns. */
  actions: readonly string[];
  branch: string;
  checks: readonly { context: string; app: number }[];
  environments: readonly GithubEnvironment[];
}

/**
 * The app that GitHub Actions is at github.com, whose job names are checks (its `id` in GET /apps/github-actions); another
 * server has a number of its own, which it is asked for.
 */
export const GITHUB_ACTIONS = 15368;

/** The branch that is delivered. */
export const BRANCH = 'main';

/** Statuses that `npx ztna pull-request` writes, all of which must succeed. */
export const POLICY_STATUSES = ['policy/check', 'policy/tests', 'policy/guardrails', 'policy/access'];

/** The job of tools.yml, which tests what a change makes of the tools. */
const TEST_JOB = 'test';

/** Whose actions workflows may use at all; which of them, and at which commit, a test holds. */
export const ACTION_PATTERNS = [
  'actions/*',
  'aws-actions/*',
  'docker/*',
  'hashicorp/setup-terraform@*',
  'sigstore/cosign-installer@*',
  'Swatinem/rust-cache@*',
];

/** The roles of an environment that workflows take, each in a GitHub environment of its own. */
const ROLES = ['plan', 'apply', 'publish', 'collect'];

/** The environment of jobs that have no role in AWS, and may open pull requests. */
const PROPOSALS = 'proposals';

/**
 * The environment of the job that looks at pull requests, which has the token that reads teams. The job runs as the
 * branch that is delivered, or as a combination of the merge queue, which GitHub makes of what was reviewed: a person who
 * pushes a branch of any other name reads no secret by it.
 */
const POLICY = 'pull-requests';
const QUEUE_BRANCHES = `gh-readonly-queue/${BRANCH}/pr-*`;

/** The environment of jobs that push images: to the registry of every account, which the repository lists. */
const IMAGES = 'images';

/** How GitHub is to be set up for these environments. */
export function settingsOf({ environments, reviewers, app, actionsApp }: SetupOptions): GithubSettings {
  return {
    actions: ACTION_PATTERNS,
    branch: BRANCH,
    checks: [
      ...POLICY_STATUSES.map((context) => ({ context, app: app ?? actionsApp })),
      { context: TEST_JOB, app: actionsApp },
    ],
    environments: [
      ...environments.flatMap((one) => environmentsFor(one, reviewers)),
      { name: IMAGES, branches: [BRANCH], variables: {} },
      { name: PROPOSALS, branches: [BRANCH], variables: {} },
      { name: POLICY, branches: [BRANCH, QUEUE_BRANCHES], variables: {} },
    ],
  };
}

function environmentsFor(
  { id, account, region }: DeployedEnvironment,
  reviewers: string,
): GithubEnvironment[] {
  return ROLES.map((role) => ({
    name: `${id}-${role}`,
    branches: [BRANCH],
    ...(role === 'plan' && { reviewers }),
    variables: {
      AWS_REGION: region,
      AWS_ROLE_ARN: `arn:aws:iam::${account}:role/ztna/ztna-${id}-${role}`,
      ...(role === 'publish' && { SIGNING_KEY: `alias/ztna-${id}-signing` }),
    },
  }));
}
