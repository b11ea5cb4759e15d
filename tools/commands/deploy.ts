import { textLine, textLines } from '../contract/terminal-text.ts';
import type { Environment } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { Fault } from '../contract/fault.ts';
import { identityOf } from '../contract/log/entry.ts';
import { LOCAL_KEY, trustedKeys } from '../publish/keys/keys.ts';
import { inRingOrder, replaced, type ReplacementOptions } from '../deliver/replacement.ts';
import { systemClock } from '../store/clock.ts';
import { numberOption } from './shared/values.ts';
import { convergenceSummary } from '../output/status.ts';
import { convergenceOf } from '../report/observe.ts';
import { missingParameters } from '../store/existing.ts';
import { readLog } from '../store/log.ts';
import { type StoreKind, withStore } from '../store/open.ts';
import type { ParameterStore } from '../store/store.ts';
import { additions, type PlannedChange, changeLines, removals } from '../terraform/changes.ts';
import {
  addFirst,
  EVERYTHING,
  oneByOne,
  type ReplacementPace,
  openStack,
  removeLast,
  type Stack,
  verifyAdded,
} from '../terraform/stack.ts';
import { secretsOf, storeLine } from '../terraform/secrets.ts';
import { mergeEnvironments, type Merging } from './merge.ts';
import { command, type Context, type ExitStatus } from './shared/command.ts';
import { checkedRepository, ENV, environmentOf, STORE, targetOf } from './shared/environment.ts';
import { TRYING, UNPROVED } from './shared/smoke.ts';
import { outputs } from './shared/github.ts';
import { KEY } from './shared/publish.ts';

/** From YAML to a running environment, in the order in which nothing is ever missing. */
export const deploy = command({
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
    ...TRYING,
    UNPROVED,
    { flags: '--reason <text>', description: 'why, for the log', fallback: "the commit's first line" },
    { ...KEY, fallback: 'kms:alias/ztna-<env>-signing; with the embedded store, local' },
    { ...STORE, description: 'where to publish: AWS, or the embedded store in .ztna/', fallback: 'aws' },
  ],
  examples: ['npx ztna deploy --env dev', 'npx ztna deploy --env dev --execute'],
  async run({ options }, context) {
    const repository = await checkedRepository(context);
    const environment = environmentOf(repository, options.env).value;
    const { store = 'aws', key, execute = false, only, atOnce = false, patience, reason } = options;
    const { certs, agent, from, unproved } = options;
    const trying = { certs, agent, from, unproved };
    const merging = { execute, patience, reason, store, key: key ?? keyOf(store, environment), ...trying };
    const deployment: Deployment = { environment, repository, context, store, merging, atOnce };
    const stack = await stackOf(deployment, execute);
    const changes = await stack.plan(EVERYTHING);
    tellPlan(environment, changes, context);
    if (only !== 'removals') await verifySecrets(deployment, execute);
    outputs(context, { summary: planSummary(changes) });
    if (!execute) return 0;
    if (only === 'removals') return takeAway(stack, changes, deployment);
    if (only === 'additions') return add(stack, changes, deployment);
    return everything(stack, changes, deployment);
  },
});

/** An environment in AWS signs with its own key. */
function keyOf(store: StoreKind, { id }: Environment): string {
  return store === 'aws' ? `kms:alias/ztna-${id}-signing` : LOCAL_KEY;
}

/** What is deployed, and how. */
interface Deployment {
  environment: Environment;
  repository: Repository;
  context: Context;
  store: StoreKind;
  merging: Merging;
  /** Whether removals do not wait. */
  atOnce: boolean;
}

async function stackOf(deployment: Deployment, lock: boolean): Promise<Stack> {
  const { environment, context } = deployment;
  const { root, state, env, err, signal } = context;
  const minimumSequence = await inLog(deployment, async (store, trusted) => {
    const { newest } = await readLog(store, identityOf(environment), trusted);
    return newest?.entry.sequence ?? 0;
  });
  return openStack({
    root,
    state,
    environment,
    env,
    tell: (line) => err(textLine(line)),
    signal,
    minimumSequence,
    lock,
  });
}

/**
 * Says which secrets nobody has stored yet: a task that misses one never starts, and the apply waits for it in vain.
 * @throws Fault where there are any and it is to be deployed
 */
async function verifySecrets(
  { environment, repository, context, store }: Deployment,
  execute: boolean,
): Promise<void> {
  if (store !== 'aws') return;
  const { id, region } = environment;
  const connectors = [...repository.environments.get(id)!.connectors.values()].map(({ value }) => value);
  const missing = await missingParameters(secretsOf(environment, connectors), {
    region,
    signal: context.signal,
  });
  if (missing.length === 0) return;
  const found = `parameters that nobody has stored: ${missing.join(', ')}`;
  if (execute) throw new Fault(found, `store each: ${storeLine(id, missing[0]!)}`, { status: 1 });
  context.err(textLines([found, ...missing.map((name) => `  ${storeLine(id, name)}`)]));
}

/** How long an intermediate that is made anew may take until it enforces, in seconds, where nothing else is said. */
const PATIENCE = 900;

/** Intermediates are made anew in the order of the rings, the next one when the one before is well and has baked. */
function paceOf(deployment: Deployment): ReplacementPace {
  const { environment, repository, context, merging } = deployment;
  const { rings, intermediates } = environment;
  const connectors = repository.environments.get(environment.id)?.connectors.keys() ?? [];
  const named = (id: string): string => `intermediate/${id}`;
  const components = [
    ...intermediates.map(({ id }) => named(id)),
    ...[...connectors].map((id) => `connector/${id}`),
  ];
  const look = () =>
    inLog(deployment, (store, trusted) =>
      convergenceOf(store, environment, trusted, context.now().getTime()),
    );
  const options: ReplacementOptions = {
    ...{ rings, components, look, clock: systemClock, signal: context.signal },
    patienceSeconds: numberOption(merging.patience, PATIENCE, '--patience'),
    tell: (text) => context.err(textLine(`${environment.id}: ${text}`)),
  };
  return {
    order: (ids) =>
      inRingOrder(rings, components, ids.map(named)).map((component) => component.split('/')[1]!),
    around: (id, work) => replaced(named(id), work, options),
  };
}

/** Reads an environment's log. */
function inLog<T>(
  { environment, store: kind, context }: Deployment,
  read: (store: ParameterStore, trusted: ReturnType<typeof trustedKeys>) => Promise<T>,
): Promise<T> {
  const trusted = trustedKeys(context.state, environment, kind);
  return withStore(targetOf(context, kind, environment), ({ store }) => read(store, trusted));
}

function tellPlan({ id }: Environment, changes: readonly PlannedChange[], { out }: Context): void {
  const part = (name: string, list: readonly PlannedChange[]): string[] =>
    list.length > 0 ? [`${name}:`, ...changeLines(list)] : [`${name}: none`];
  const lines = [
    `${id}: ${changes.length === 0 ? 'nothing to change in AWS' : `${changes.length} changes in AWS`}`,
    ...part('1. additions', additions(changes)),
    '2. publish, ring by ring',
    '3. convergence: every live component enforces what was published',
    ...part('4. removals', removals(changes)),
  ];
  out(textLines(lines));
}

/** A plan in a few words: `2 to add, 1 to remove`. */
function planSummary(changes: readonly PlannedChange[]): string {
  const deeds = [...new Set(changes.map(({ deed }) => deed))];
  const count = (one: string): number => changes.filter(({ deed }) => deed === one).length;
  return deeds.map((deed) => `${count(deed)} to ${deed}`).join(', ') || 'nothing to change in AWS';
}

/** What waits until nothing needs it. */
function laterOf(changes: readonly PlannedChange[], { atOnce }: Deployment): PlannedChange[] {
  return atOnce ? [] : removals(changes);
}

async function add(
  stack: Stack,
  changes: readonly PlannedChange[],
  deployment: Deployment,
): Promise<ExitStatus> {
  const { environment, context } = deployment;
  const later = await added(stack, changes, deployment);
  context.out(textLine(`${environment.id}: additions are there; ${later.length} removals wait`));
  return 0;
}

/** Makes what is new. @returns what waits until nothing needs it */
async function added(
  stack: Stack,
  planned: readonly PlannedChange[],
  deployment: Deployment,
): Promise<PlannedChange[]> {
  const begun = !deployment.atOnce && (await oneByOne(stack, additions(planned), paceOf(deployment)));
  const changes = begun ? await stack.plan(EVERYTHING) : planned;
  const later = laterOf(changes, deployment);
  await addFirst(stack, changes, later);
  return later;
}

/** The merge order: what is new is there before it is used, what is old goes when nothing uses it. */
async function everything(
  stack: Stack,
  changes: readonly PlannedChange[],
  deployment: Deployment,
): Promise<ExitStatus> {
  const { environment, repository, context, merging } = deployment;
  const later = await added(stack, changes, deployment);
  const delivered = await mergeEnvironments([environment], repository, merging, context);
  if (delivered !== 0) return tellKept(later, delivered, context);
  await removeLast(stack, later, paceOf(deployment));
  context.out(textLine(`${environment.id} is deployed`));
  return 0;
}

/** What is left when the rest is done: something to create among it means that it is not. */
async function takeAway(
  stack: Stack,
  changes: readonly PlannedChange[],
  deployment: Deployment,
): Promise<ExitStatus> {
  const { environment, context } = deployment;
  verifyAdded(changes, environment.id);
  const later = removals(changes);
  const now = context.now().getTime();
  const found = await inLog(deployment, (store, trusted) => convergenceOf(store, environment, trusted, now));
  if (!found.converged) {
    context.err(textLine(`${environment.id}: ${convergenceSummary(found)}: npx ztna status`));
    return tellKept(later, 1, context);
  }
  if (await oneByOne(stack, changes, paceOf(deployment))) await stack.plan(EVERYTHING);
  if (changes.length > 0) await stack.apply(EVERYTHING);
  context.out(textLine(`${environment.id}: ${later.length} removals are done`));
  return 0;
}

function tellKept(later: readonly PlannedChange[], status: ExitStatus, { err }: Context): ExitStatus {
  const kept = later.length > 0 ? [`${later.length} removals wait:`, ...changeLines(later)] : [];
  err(textLines([...kept, 'run the same command again when that is fixed']));
  return status;
}
