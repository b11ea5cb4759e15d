import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../contract/shapes.ts';
import { additions, type Change, changeLines, changesOf, removals } from '../terraform/changes.ts';
import { ask, demand, findProgram, ProgramFault, type Running } from '../terraform/program.ts';
import { numberOption } from './asked.ts';
import { type Command, type Context, Refusal, type Status } from './command.ts';
import { checkedRepository, ENV, environmentOf, LOCAL_KEY, STORE, storeKind } from './delivering.ts';
import { converged } from './deploy-waiting.ts';
import { publish } from './publish.ts';

/** Where an environment's stack is, below the repository's root. */
const STACK = 'terraform/stacks/environment';

/** How long components may take to enforce what was published, in minutes. */
const PATIENCE = 30;

/** From YAML to a running environment, in the order in which nothing is ever missing. */
export const deploy: Command = {
  name: 'deploy',
  summary: 'Show what deploying an environment changes in AWS, and do it with --execute',
  options: [
    ENV,
    {
      flags: '--execute',
      description: 'additions, publish, convergence, removals; without, only the plan is shown',
    },
    { flags: '--at-once', description: 'apply everything before publishing, removals too' },
    {
      flags: '--wait <minutes>',
      description: 'how long components may take to converge',
      fallback: String(PATIENCE),
    },
    { flags: '--reason <text>', description: 'why, for the log', fallback: "the commit's first line" },
    { flags: '--key <name>', description: 'the signing key: a name, or a PEM file', fallback: LOCAL_KEY },
    {
      ...STORE,
      description: 'where to publish: AWS SSM Parameter Store, or the embedded store in .ztna/',
      fallback: 'aws',
    },
  ],
  examples: ['npm run deploy -- --env dev', 'npm run deploy -- --env dev --execute'],
  async run({ options }, context) {
    const environment = environmentOf(await checkedRepository(context), options['env']).value;
    const work = await begin(environment, context).catch(refuseProgram);
    const changes = await work.plan('everything').catch(refuseProgram);
    tellPlan(environment, changes, context);
    if (options['execute'] !== true) return 0;
    return execute(work, changes, { environment, options, context }).catch(refuseProgram);
  },
};

/** A stack with its program, ready to plan and to apply. */
interface Work {
  /** Plans, and says what that would change. */
  plan(name: string, targets?: readonly Change[]): Promise<Change[]>;
  /** Applies a plan that was made, and no other. */
  apply(name: string): Promise<void>;
}

async function begin(environment: Environment, context: Context): Promise<Work> {
  const { root, state, env, err, signal } = context;
  const own = join(state, 'terraform', environment.id);
  await mkdir(own, { recursive: true });
  const settings = { TF_DATA_DIR: join(own, 'data'), TF_IN_AUTOMATION: '1', TF_INPUT: '0' };
  const running: Running = { folder: join(root, STACK), env: { ...env, ...settings }, tell: err, signal };
  const program = await findProgram(running);
  await demand(program, ['init', '-no-color', '-reconfigure', ...backendOf(environment)], running);
  const file = (name: string): string => join(own, `${name}.tfplan`);
  return {
    async plan(name, targets = []) {
      const narrowed = targets.map(({ address }) => `-target=${address}`);
      const variable = `-var=environment=${environment.id}`;
      await demand(program, ['plan', '-no-color', `-out=${file(name)}`, variable, ...narrowed], running);
      return changesOf(await ask(program, ['show', '-json', file(name)], running));
    },
    apply: (name) => demand(program, ['apply', '-no-color', file(name)], running),
  };
}

/** Where the environment's state is: in the bucket of its account, under its own name. */
function backendOf({ id, account, region }: Environment): string[] {
  const settings = { bucket: `tfstate-ztna-${account}-${region}`, key: `environment/${id}.tfstate`, region };
  return Object.entries(settings).map(([name, value]) => `-backend-config=${name}=${value}`);
}

function tellPlan({ id }: Environment, changes: readonly Change[], { out }: Context): void {
  const part = (name: string, list: readonly Change[]): string[] =>
    list.length > 0 ? [`${name}:`, ...changeLines(list)] : [`${name}: none`];
  const lines = [
    `${id}: ${changes.length === 0 ? 'nothing to change in AWS' : `${changes.length} changes in AWS`}`,
    ...part('1. additions', additions(changes)),
    '2. publish',
    '3. convergence: every live component enforces what was published',
    ...part('4. removals', removals(changes)),
  ];
  out(`${lines.join('\n')}\n`);
}

interface Asked {
  environment: Environment;
  options: Record<string, unknown>;
  context: Context;
}

/** The merge order: what is new is there before it is used, what is old goes when nothing uses it. */
async function execute(work: Work, changes: readonly Change[], asked: Asked): Promise<Status> {
  const { environment, options, context } = asked;
  const later = options['atOnce'] === true ? [] : removals(changes);
  await add(work, changes, later);
  const published = await publish.run({ arguments: [], options: publishOptions(asked) }, context);
  if (published !== 0) return tellKept('it was not published', later, published, context);
  const minutes = numberOption(options['wait'], PATIENCE, '--wait');
  if (!(await converged(environment, storeKind({ store: options['store'] ?? 'aws' }), minutes, context)))
    return tellKept(`not every component enforces it after ${minutes} minutes`, later, 1, context);
  if (later.length > 0) {
    await work.plan('removals');
    await work.apply('removals');
  }
  context.out(`${environment.id} is deployed\n`);
  return 0;
}

async function add(work: Work, changes: readonly Change[], later: readonly Change[]): Promise<void> {
  if (changes.length === later.length) return;
  if (later.length === 0) return work.apply('everything');
  const taken = removals(await work.plan('additions', additions(changes)));
  if (taken.length > 0)
    throw new Refusal(
      `what is added needs something removed first: ${taken.map(({ address }) => address).join(', ')}`,
      'split the change in two, or deploy it with --at-once when an interruption is acceptable',
      1,
    );
  await work.apply('additions');
}

function publishOptions({ environment, options }: Asked): Record<string, unknown> {
  const { reason, key, store = 'aws' } = options;
  return {
    env: environment.id,
    execute: true,
    store,
    ...(reason !== undefined && { reason }),
    ...(key !== undefined && { key }),
  };
}

function tellKept(why: string, later: readonly Change[], status: Status, { err }: Context): Status {
  const kept = later.length > 0 ? `; ${later.length} removals wait:\n${changeLines(later).join('\n')}` : '';
  err(`${why}${kept}\nrun the same command again when that is mended\n`);
  return status;
}

function refuseProgram(error: unknown): never {
  if (error instanceof ProgramFault) throw new Refusal(error.message, error.remedy);
  throw error;
}
