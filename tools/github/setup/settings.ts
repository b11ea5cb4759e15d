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
  /** The app whose statuses count. */
  app: number;
}

/** One of GitHub's environments: which jobs may be in it, and what they learn there. */
export interface GithubEnvironment {
  name: string;
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

/** The app that GitHub Actions is, whose job names are checks (its `id` in GET /apps/github-actions). */
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

/** The environment of jobs that push images: to the registry of every account, which the repository lists. */
const IMAGES = 'images';

/** How GitHub is to be set up for these environments. */
export function settingsOf({ environments, reviewers, app }: SetupOptions): GithubSettings {
  return {
    actions: ACTION_PATTERNS,
    branch: BRANCH,
    checks: [
      ...POLICY_STATUSES.map((context) => ({ context, app })),
      { context: TEST_JOB, app: GITHUB_ACTIONS },
    ],
    environments: [
      ...environments.flatMap((one) => environmentsFor(one, reviewers)),
      { name: IMAGES, variables: {} },
      { name: PROPOSALS, variables: {} },
    ],
  };
}

function environmentsFor(
  { id, account, region }: DeployedEnvironment,
  reviewers: string,
): GithubEnvironment[] {
  return ROLES.map((role) => ({
    name: `${id}-${role}`,
    ...(role === 'plan' && { reviewers }),
    variables: {
      AWS_REGION: region,
      AWS_ROLE_ARN: `arn:aws:iam::${account}:role/ztna/ztna-${id}-${role}`,
      ...(role === 'publish' && { SIGNING_KEY: `alias/ztna-${id}-signing` }),
    },
  }));
}
