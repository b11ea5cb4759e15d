import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../contract/shapes.ts';
import { readLog } from '../store/log.ts';
import { additions, type Change, changeLines, changesOf, removals, takesAway } from '../terraform/changes.ts';
import { ask, demand, findProgram, ProgramFault, type Running } from '../terraform/program.ts';
import { type Command, type Context, Refusal, type Status } from './shared/command.ts';
import {
  checkedRepository,
  ENV,
  environmentOf,
  identityOf,
  LOCAL_KEY,
  STORE,
  storeKind,
  trustedKeys,
  withStore,
} from './shared/environment.ts';
import { merge } from './merge.ts';
import { convergenceOf } from './status.ts';
import { KEY } from './shared/publish.ts';

/** Where an environment's stack is, below the repository's root. */
const STACK = 'terraform/stacks/environment';

/** From YAML to a running environment, in the order in which nothing is ever missing. */
export const deploy: Command = {
  name: 'deploy',
  summary: 'Show what deploying an environment changes in AWS, and do it with --execute',
  options: [
    ENV,
    {
      flags: '--execute',
      description: 'additions, publish ring by ring, convergence, removals; without, only the plan is shown',
    },
    {
      flags: '--only <part>',
      description: 'only this part, where publishing is the work of another job',
      choices: ['additions', 'removals'],
    },
    { flags: '--at-once', description: 'apply everything before publishing, removals too' },
    {
      flags: '--patience <seconds>',
      description: 'how long a ring may take, beside its bake',
      fallback: '900',
    },
    { flags: '--reason <text>', description: 'why, for the log', fallback: "the commit's first line" },
    { ...KEY, fallback: 'kms:alias/ztna-<env>-signing; with the embedded store, local' },
    { ...STORE, description: 'where to publish: AWS, or the embedded store in .ztna/', fallback: 'aws' },
  ],
  examples: ['npm run deploy -- --env dev', 'npm run deploy -- --env dev --execute'],
  async run({ options }, context) {
    const environment = environmentOf(await checkedRepository(context), options['env']).value;
    const asked = { environment, options: withDefaults(options, environment), context };
    const work = await begin(asked).catch(refuseProgram);
    const changes = await work.plan('everything').catch(refuseProgram);
    tellPlan(environment, changes, context);
    if (options['execute'] !== true) return 0;
    return execute(work, changes, asked).catch(refuseProgram);
  },
};

/** An environment in AWS signs with its own key, and its log is there. */
function withDefaults(options: Record<string, unknown>, { id }: Environment): Record<string, unknown> {
  const store = options['store'] ?? 'aws';
  const key = store === 'aws' ? `kms:alias/ztna-${id}-signing` : LOCAL_KEY;
  return { ...options, store, key: options['key'] ?? key };
}

/** A stack with its program, ready to plan and to apply. */
interface Work {
  /** Plans, and says what that would change. */
  plan(name: string, targets?: readonly Change[]): Promise<Change[]>;
  /** Applies a plan that was made, and no other. */
  apply(name: string): Promise<void>;
}

async function begin(asked: Asked): Promise<Work> {
  const { root, state, env, err, signal } = asked.context;
  const { environment, options } = asked;
  const own = join(state, 'terraform', environment.id);
  await mkdir(own, { recursive: true });
  const settings = { TF_DATA_DIR: join(own, 'data'), TF_IN_AUTOMATION: '1', TF_INPUT: '0' };
  const running: Running = { folder: join(root, STACK), env: { ...env, ...settings }, tell: err, signal };
  const program = await findProgram(running);
  const variables = [`environment=${environment.id}`, `minimum_sequence=${await newestSequence(asked)}`];
  await demand(program, ['init', '-no-color', '-reconfigure', ...backendOf(environment)], running);
  const file = (name: string): string => join(own, `${name}.tfplan`);
  const fixed = [
    '-no-color',
    // Who only looks may not be allowed to write a lock.
    ...(options['execute'] === true ? [] : ['-lock=false']),
    ...variables.map((one) => `-var=${one}`),
  ];
  return {
    async plan(name, targets = []) {
      const narrowed = targets.map(({ address }) => `-target=${address}`);
      await demand(program, ['plan', ...fixed, `-out=${file(name)}`, ...narrowed], running);
      return changesOf(await ask(program, ['show', '-json', file(name)], running));
    },
    apply: (name) => demand(program, ['apply', '-no-color', file(name)], running),
  };
}

/** The newest verified sequence: what starts without state accepts no older entry. 0 where there is none. */
async function newestSequence({ environment, options, context }: Asked): Promise<number> {
  const kind = storeKind(options);
  return withStore(context, kind, environment, async ({ store }) => {
    const { newest } = await readLog(store, identityOf(environment), trustedKeys(context, environment, kind));
    return newest?.entry.sequence ?? 0;
  });
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
    '2. publish, ring by ring',
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
  if (options['only'] === 'removals') return takeAway(work, changes, asked);
  await add(work, changes, later);
  if (options['only'] === 'additions') {
    context.out(`${environment.id}: additions are there; ${later.length} removals wait\n`);
    return 0;
  }
  const delivered = await merge.run(
    { arguments: [], options: { ...options, env: [environment.id] } },
    context,
  );
  if (delivered !== 0) return tellKept(later, delivered, context);
  if (later.length > 0) {
    await work.plan('removals');
    await work.apply('removals');
  }
  context.out(`${environment.id} is deployed\n`);
  return 0;
}

/** What is left when the rest is done: something to create among it means that it is not. */
async function takeAway(work: Work, changes: readonly Change[], asked: Asked): Promise<Status> {
  const { environment, options, context } = asked;
  const later = removals(changes);
  const missing = changes.filter(({ deed }) => deed === 'add');
  if (missing.length > 0)
    throw new Refusal(
      `not everything that is added is there: ${missing.map(({ address }) => address).join(', ')}`,
      `run npm run deploy -- --env ${environment.id} --only additions --execute first`,
      1,
    );
  const kind = storeKind(options);
  const trusted = trustedKeys(context, environment, kind);
  const now = context.now().getTime();
  const { converged } = await withStore(context, kind, environment, ({ store }) =>
    convergenceOf(store, environment, trusted, now),
  );
  if (!converged) return tellKept(later, 1, context);
  if (changes.length > 0) await work.apply('everything');
  context.out(`${environment.id}: ${later.length} removals are done\n`);
  return 0;
}

async function add(work: Work, changes: readonly Change[], later: readonly Change[]): Promise<void> {
  if (changes.length === later.length) return;
  if (later.length === 0) return work.apply('everything');
  const waiting = new Set(later.map(({ address }) => address));
  const taken = (await work.plan('additions', additions(changes))).filter(
    (one) => takesAway(one) || (one.deed === 'renew' && waiting.has(one.address)),
  );
  if (taken.length > 0)
    throw new Refusal(
      `what is added needs something removed first: ${taken.map(({ address }) => address).join(', ')}`,
      'split the change in two, or deploy it with --at-once when an interruption is acceptable',
      1,
    );
  await work.apply('additions');
}

function tellKept(later: readonly Change[], status: Status, { err }: Context): Status {
  const kept = later.length > 0 ? `${later.length} removals wait:\n${changeLines(later).join('\n')}\n` : '';
  err(`${kept}run the same command again when that is mended\n`);
  return status;
}

function refuseProgram(error: unknown): never {
  if (error instanceof ProgramFault) throw new Refusal(error.message, error.remedy);
  throw error;
}
