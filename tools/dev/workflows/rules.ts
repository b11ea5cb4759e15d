import { ACTIONS, actionsIn } from './actions.ts';
import { expressionsIn, stepsOf, type Job, type Workflow } from './workflow.ts';

/** What one rule finds wrong with a workflow, a sentence each. */
export type WorkflowRule = (workflow: Workflow) => string[];

/** Commands that a step may be although they are no npm script, and why. */
export const PLAIN: Readonly<Record<string, string>> = {
  'npm ci --omit=dev --ignore-scripts --no-audit --no-fund': 'nothing is installed yet that could do it',
  'npm ci --ignore-scripts --no-audit --no-fund': 'the same, where a tool of the developers runs',
  'npm ci --no-audit --no-fund': 'the same, where packages may run their scripts: without rights',
  'npm test': 'a script by another spelling',
  true: 'a job must have a step',
};

/** A script of package.json, or a command, with plain words and variables in quotes after it. */
const ONE_SCRIPT = (() => {
  const words = '(?: [A-Za-z0-9./:_-]+| "[A-Za-z0-9$/_-]+")';
  return new RegExp(`^(?:npm run [a-z][a-z:-]*(?: --${words}+)?|node bin/ztna\\.js [a-z][a-z-]*${words}*)$`);
})();

/** What only the author of a pull request chose, and may be anything. */
const CHOSEN =
  /\b(display_title|head_branch|head_commit|head_repository|github\.head_ref|pull_request\.(title|body|head\.(ref|label|repo\.(?!full_name)))|(comment|review|issue)\.(title|body))\b/;

/** The variable of the one step that takes such a text, and refuses everything but a number outside the queue. */
const PULL = {
  run: 'node bin/ztna.js github fetch --pull "$PULL"',
  value:
    '${{ github.event.merge_group.head_ref || github.event.pull_request.number || github.event.issue.number || github.event.workflow_run.display_title }}',
};

/**
 * The workflows whose jobs may wait for each other, and the groups: those of a merge and of what it calls; and one for
 * each pull request, apart from those of the queue, whatever the author calls a run.
 */
const GROUPS: Readonly<Record<string, RegExp>> = {
  'merge.yml': /^merge-/,
  'deliver.yml': /^merge-/,
  'pull-request.yml': new RegExp(
    `^${literal("${{ github.event_name == 'merge_group' && 'queue' || 'pull' }}-")}${literal(PULL.value)}$`,
  ),
};

/** A text as a pattern of itself. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** The one question that may be asked of what somebody wrote: whether it is that very word. */
const RECHECK = "github.event.comment.body == '/recheck'";

/** Environments of GitHub that belong to no environment of the company. */
const COMMON = ['images', 'proposals', 'pull-requests'];

/** Events that run the base branch's code with rights, for a pull request that anybody may have made. */
const PRIVILEGED = ['pull_request_target', 'workflow_run', 'issue_comment'];

/** What a checkout may name: nothing, main, or the commit on which something else is to be based. */
const SAFE_REFS = [
  undefined,
  'main',
  '${{ github.sha }}',
  '${{ github.event.merge_group.base_sha || github.sha }}',
];

/** Every rule that all workflows keep, by name. */
export const RULES: Readonly<Record<string, WorkflowRule>> = {
  /** An action is one of the list, at a commit, with its release beside it. */
  pins: ({ text }) =>
    actionsIn(text).flatMap(({ action, commit = '', comment }) => {
      if (!ACTIONS.includes(action)) return [`${action} is not in tools/dev/workflows/actions.ts`];
      if (!/^[0-9a-f]{40}$/.test(commit)) return [`${action} is not at a commit`];
      return /^# v\d+\.\d+\.\d+$/.test(comment)
        ? []
        : [`${action} is not followed by its release, as # v1.2.3`];
    }),

  /** Nothing is allowed that a job does not ask for. */
  'no permissions at the top': ({ permissions }) =>
    JSON.stringify(permissions) === '{}' ? [] : ['the workflow does not begin with permissions: {}'],

  /** A job says what it may, by name. */
  'permissions of each job': ({ jobs }) =>
    jobs.flatMap(([name, { permissions }]) =>
      typeof permissions === 'object' && permissions !== null ? [] : [`${name} does not say what it may`],
    ),

  /** A job that hangs ends. */
  timeouts: ({ jobs }) =>
    jobs.flatMap(([name, job]) =>
      job['timeout-minutes'] || job.uses ? [] : [`${name} has no timeout-minutes`],
    ),

  /** The token is in no file that a later step could read. */
  'credentials are not kept': (workflow) =>
    checkouts(workflow).flatMap(({ job, step }) =>
      step.with?.['persist-credentials'] === false ? [] : [`${job} keeps the checkout's credentials`],
    ),

  /** Code with rights is the base branch's; what a pull request holds is never checked out. */
  'the base branch alone is checked out': (workflow) =>
    workflow.events.some((event) => PRIVILEGED.includes(event))
      ? checkouts(workflow).flatMap(({ job, step }) =>
          SAFE_REFS.includes(step.with?.['ref'] as string) && !step.with?.['repository']
            ? []
            : [`${job} checks out ${step.with?.['ref'] ?? step.with?.['repository']}`],
        )
      : [],

  /** What runs a pull request's own code may write nothing and be nobody. */
  'code of a pull request has no rights': ({ events, jobs }) =>
    events.some((event) => event === 'pull_request' || event === 'pull_request_review')
      ? jobs.flatMap(([name, job]) =>
          writes(job) || expressionsIn(job).some((one) => /\bsecrets\b/.test(one))
            ? [`${name} has rights, and runs what a pull request says`]
            : [],
        )
      : [],

  /** A job knows no stored secret but the two that GitHub's own token cannot take the place of. */
  'secrets are named here': ({ events, jobs }) =>
    jobs.flatMap(([name, job]) =>
      expressionsIn(job)
        .filter((one) => /\bsecrets\b/.test(one) && !mayKnow(one, events, job))
        .map((one) => `${name} uses ${one}: AWS is reached by OIDC, GitHub by the job's own token`),
    ),

  /** Logic is in the tools, where it is tested and runs on a laptop too. */
  'one script a step': (workflow) =>
    stepsOf(workflow).flatMap(({ job, step: { run } }) => {
      if (run === undefined || run in PLAIN) return [];
      return ONE_SCRIPT.test(run) ? [] : [`${job} runs more than one script: ${run}`];
    }),

  /** What only developers need is not beside the rights in AWS. */
  'production packages beside rights': ({ jobs }) =>
    jobs.flatMap(([name, { permissions, steps = [] }]) =>
      typeof permissions === 'object' &&
      permissions?.['id-token'] === 'write' &&
      steps.some(({ run = '' }) => run.startsWith('npm ci') && !run.includes('--omit=dev'))
        ? [`${name} may sign in to AWS, and installs what only developers need`]
        : [],
    ),

  /** What was published may have been built from a commit that a squash left no branch to: it is fetched, with the token. */
  'who publishes can fetch': (workflow) =>
    stepsOf(workflow).flatMap(({ job, step: { run = '', env } }) =>
      /ztna\.js (merge|publish) /.test(run) && env?.['GITHUB_TOKEN'] !== '${{ github.token }}'
        ? [`${job} publishes without GITHUB_TOKEN, and could not fetch a commit that was squashed away`]
        : [],
    ),

  /** What tries the probes was built of crates that nobody here has read: it runs as one who may do nothing. */
  'the agent is another user': (workflow) =>
    stepsOf(workflow).flatMap(({ job, step: { run = '' } }) =>
      /ztna\.js (merge|smoke) (?!.*--(losses|list)\b)(?!.*--agent-user nobody\b)/.test(run)
        ? [`${job} runs an agent as itself: add --agent-user nobody`]
        : [],
    ),

  /** What others wrote reaches a shell as a variable, never as text of the program. */
  'no expression in a program': (workflow) =>
    stepsOf(workflow).flatMap(({ job, step: { run } }) =>
      expressionsIn(run).map((one) => `${job} runs \${{ ${one} }}: hand it over in env`),
    ),

  /** What an author may call anything names no commit, reference or place: one step takes it, as a number. */
  'what an author chose is a number': ({ events, jobs, ...rest }) =>
    events.some((event) => PRIVILEGED.includes(event))
      ? [...jobs, ['the workflow', { env: rest.env }] as [string, Job]].flatMap(([name, job]) =>
          chosenIn(job).map((one) => `${name} uses ${one}, which an author may choose`),
        )
      : [],

  /** A page of checks says what each job is, and no job is taken for a status or for the check run of the tools. */
  'jobs have names': ({ jobs }) =>
    jobs.flatMap(([id, { name }]) => {
      if (name === undefined) return [`${id} has no name`];
      return /^policy\b/i.test(name) ? [`${id} is called as a status of ours is: ${name}`] : [];
    }),

  /** What zizmor finds is accepted in its place, by somebody who says why. */
  'an accepted finding has its reason': ({ text }) =>
    [...text.matchAll(/^.*zizmor: *ignore(.*)$/gm)]
      .filter(([, rest]) => !/^\[[a-z-]+(,[a-z-]+)*\] \S+ \S+/.test(rest!))
      .map(([line]) => `${line.trim()} says no reason`),

  /** Each script that is run exists. */
  'scripts exist': ({ scripts, ...workflow }) =>
    stepsOf({ scripts, ...workflow }).flatMap(({ job, step: { run = '' } }) =>
      [...run.matchAll(/(?:npm run|node bin\/ztna\.js) ([a-z:-]+)/g)]
        .filter(([, name]) => !scripts.includes(name!))
        .map(([, name]) => `${job} runs ${name}, which package.json does not have`),
    ),

  /** A folder more is an environment more: workflows take the list from the repository. */
  'no environment is named': (workflow) => [
    ...workflow.jobs.flatMap(([name, job]) =>
      namesIn(job).map((one) => `${name} names ${one}: take it from the job that lists environments`),
    ),
    ...stepsOf(workflow).flatMap(({ job, step: { run = '' } }) =>
      / --env (?!"\$ENVIRONMENT")/.test(run) ? [`${job} runs ${run}: write --env "$ENVIRONMENT"`] : [],
    ),
  ],

  /** Only merges wait for each other, and only looks at one pull request; none is ended by another. */
  'who waits for whom': ({ file, concurrency, jobs }) => {
    const all = [
      ['the workflow', concurrency] as const,
      ...jobs.map(([name, job]) => [name, job.concurrency] as const),
    ];
    return all.flatMap(([name, one]) => {
      if (one === undefined) return [];
      const { group = '', 'cancel-in-progress': ends } = typeof one === 'object' ? (one as Group) : {};
      if (!GROUPS[file]?.test(group))
        return [`${name} is in a group, and may take another's place or be replaced`];
      const kept = ends === false;
      return kept && name !== 'the workflow' ? [] : [`${name} may be ended by another`];
    });
  },
};

type Group = Exclude<NonNullable<Job['concurrency']>, string>;

/** What of an author's choice a job uses, apart from the group it waits in and the one step that takes it. */
function chosenIn({ concurrency: _, steps = [], ...job }: Job): string[] {
  const rest = steps.map((step) => {
    const { PULL: pull, ...env } = step.env ?? {};
    return step.run === PULL.run && pull === PULL.value ? { ...step, env } : step;
  });
  // A condition is an expression with or without its braces.
  const conditions = [job.if, ...steps.map((step) => step.if)].filter((one) => one !== undefined).map(String);
  return [...expressionsIn([job, rest]), ...conditions].filter((one) =>
    CHOSEN.test(one.replace(RECHECK, '')),
  );
}

/** Where a job says an environment's name itself. */
function namesIn({ environment, strategy, env, with: given }: Job): string[] {
  const listed = strategy?.matrix?.['environment'];
  return [
    typeof environment === 'string' &&
    !COMMON.includes(environment) &&
    !/^\$\{\{ (matrix|inputs)\.environment \}\}-[a-z]+$/.test(environment)
      ? environment
      : '',
    listed !== undefined && !/^\$\{\{ fromJSON\(needs\.(environments|touched)\.outputs\./.test(String(listed))
      ? String(listed)
      : '',
    ...[env?.['ENVIRONMENT'], given?.['environment']]
      .filter((one) => one !== undefined)
      .map(String)
      .filter((one) => !/^\$\{\{ (matrix|inputs)\.environment \}\}$/.test(one)),
  ].filter((one) => one !== '');
}

function checkouts(workflow: Workflow): ReturnType<typeof stepsOf> {
  return stepsOf(workflow).filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
}

function writes({ permissions }: Job): boolean {
  return (
    typeof permissions === 'string' || Object.values(permissions ?? {}).some((right) => right !== 'read')
  );
}

/**
 * Whether a job may know a secret: the one that reads teams where pull requests are looked at, those that open
 * pull requests and try access tests elsewhere; each where only main's jobs are, which an environment sees to.
 */
function mayKnow(expression: string, events: readonly string[], { environment }: Job): boolean {
  const privileged = events.some((event) => PRIVILEGED.includes(event));
  const known = privileged ? ['secrets.TEAMS_TOKEN'] : ['secrets.PROPOSALS_TOKEN', 'secrets.SMOKE_TLS'];
  // One of the repository could be read by a workflow on any branch.
  return known.includes(expression) && environment !== undefined;
}
