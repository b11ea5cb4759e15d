import { textLine } from '../contract/terminal-text.ts';
import { inDeliveryOrder } from '../contract/delivery-order.ts';
import { lookPauseMs, patienceSeconds } from '../contract/log/budget.ts';
import type { Rates } from '../contract/limits.ts';
import type { Environment } from '../contract/shapes.ts';
import { callsOfDelivery } from '../deliver/calls.ts';
import type { DeliveryOutcome, DeliverOptions } from '../deliver/deliver.ts';
import { isFine, mergeInto } from '../deliver/merge.ts';
import { standingOf } from '../git/standing.ts';
import type { Repository } from '../load/repository.ts';
import { changeText, planText, publishJson } from '../output/publish.ts';
import { plural } from '../output/words.ts';
import { publish } from '../publish/publish.ts';
import type { Plan } from '../publish/plan.ts';
import { stateMemory, type StateMemory } from '../publish/state.ts';
import { type ConvergenceWatch, watchOf } from '../report/watch.ts';
import { type StoreKind, withStores } from '../store/open.ts';
import { command, type Context, type ExitStatus } from './shared/command.ts';
import { checkedRepository, EMBEDDED, environmentOf, ratesAt, targetOf } from './shared/environment.ts';
import { REPOSITORY } from './shared/github.ts';
import { keepDelivery, sizeBy, sizeOf } from './shared/record.ts';
import { proofOf, type Trying, TRYING, UNPROVED } from './shared/smoke.ts';
import { tellGithub, type Telling } from './shared/notify-github.ts';
import { publishingOf, showPublished, toldOf, WRITING } from './shared/publish.ts';
import { numberOption } from './shared/values.ts';

/** What a merge to main does: every environment in order, ring by ring. */
export const merge = command({
  name: 'merge',
  summary: 'Deliver what is checked out to environments in order, ring by ring, and halt on a refusal',
  options: [
    ...WRITING,
    {
      flags: '--env <id>',
      description: 'an environment; repeat it, in order',
      many: true,
      fallback: 'all, in the order of `after`',
    },
    {
      flags: '--patience <seconds>',
      description: 'how long a ring may take, beside its bake',
      fallback: 'as long as all need to report it, at least 900',
    },
    {
      flags: '--losses',
      description:
        'only where it takes access away and does nothing else; leave the rest to the run that follows',
    },
    { flags: '--reason <text>', description: 'why', fallback: "the commit's first line" },
    { flags: '--propose-revert', description: 'on a halt, open the pull request that reverts the change' },
    { flags: '--deployment', description: 'tell GitHub what became of it, as a deployment of the commit' },
    ...TRYING,
    UNPROVED,
    REPOSITORY,
  ],
  examples: ['npx ztna merge --env dev --env prod', 'npx ztna merge --env dev --store aws --execute'],
  async run({ options }, context) {
    const repository = await checkedRepository(context);
    return mergeEnvironments(asked(repository, options.env), repository, options, context);
  },
});

/** The environments that were named, in their order; without, all in the order of `after`. */
function asked(repository: Repository, ids: readonly string[] | undefined): Environment[] {
  if (ids === undefined)
    return inDeliveryOrder([...repository.environments.values()].map(({ value }) => value));
  return ids.map((id) => environmentOf(repository, id).value);
}

/** Of the options, those that say how to deliver. */
export interface Merging extends Telling, Trying {
  readonly execute?: boolean | undefined;
  readonly key?: string | undefined;
  readonly store?: StoreKind | undefined;
  readonly json?: boolean | undefined;
  readonly patience?: string | undefined;
  readonly reason?: string | undefined;
  readonly losses?: boolean | undefined;
  readonly unproved?: boolean | undefined;
}

/** How one environment is delivered to. */
interface Delivery extends DeliverOptions {
  environment: Environment;
  memory: StateMemory;
  /** Calls a second that looks keep within. */
  lookRates: Rates;
  watch: ConvergenceWatch;
}

/** Delivers to environments in order, or shows what that would do. @returns the worst of what became of them */
export async function mergeEnvironments(
  environments: readonly Environment[],
  repository: Repository,
  options: Merging,
  context: Context,
): Promise<ExitStatus> {
  const { store: kind = EMBEDDED } = options;
  const asked = options.patience === undefined ? undefined : numberOption(options.patience, 0, '--patience');
  const standing = await standingOf(context.root);
  const targets = environments.map((environment) => targetOf(context, kind, environment));
  return withStores(targets, async (stores) => {
    const prepared = environments.map((environment, index) => async (): Promise<Delivery> => {
      const publishing = await publishingOf(context, environment, repository, options, standing);
      const { trusted, now } = publishing;
      const store = stores[index]!;
      const proof = options.unproved ? undefined : proofOf(context, repository, environment.id, options);
      const { flags } = publishing;
      const memory = stateMemory();
      const rates = ratesAt(kind, environment);
      const watch = watchOf({ environment, trusted, now, rates, flags, memory });
      return {
        ...(proof && { proof }),
        ...publishing,
        environment,
        watch,
        store,
        rings: environment.rings,
        memory,
        lookRates: rates,
        patienceSeconds: asked ?? ((found) => patienceSeconds(sizeOf(found, environment))),
        look: (components) => watch.look(store, components),
        pauseMs: watch.pauseMs,
        tell: (text) => context.out(textLine(`${environment.id}: ${text}`)),
      };
    });
    return options.execute
      ? execute(
          prepared.map((prepare) => announced(prepare, repository, context)),
          options,
          context,
        )
      : plans(prepared, options, context, repository);
  });
}

/** What waiting takes, and which calls, by the acks that making the plan has listed. */
async function waitNotes(delivery: Delivery, plan: Plan): Promise<string[]> {
  const { patienceSeconds: asked, environment, memory, lookRates } = delivery;
  const size = sizeBy(memory.acks.listed?.acks ?? [], environment, delivery.bundle);
  const patience = typeof asked === 'number' ? asked : patienceSeconds(size);
  const calls = await callsOfDelivery(plan, delivery);
  const often = Math.ceil(lookPauseMs(calls.look, lookRates) / 1000);
  const { total } = size;
  return [
    `a ring is waited for up to ${patience} s, beside its bake`,
    `in all ${plural(calls.writes, 'write')} and ${plural(calls.reads, 'read')}; beside them ${plural(calls.look, 'read')} for each look at all ${total} live instances, every ${often} s`,
  ];
}

/** Makes a delivery in its turn. */
type Prepare = () => Promise<Delivery>;

/** Says who will gain and who will lose by a delivery once it is made, before anything is written. */
function announced(prepare: Prepare, repository: Repository, context: Context): Prepare {
  return async () => {
    const delivery = await prepare();
    const { plan } = await publish({ ...delivery, execute: false, tells: true });
    const { difference } = toldOf(plan, repository, context.now().getTime());
    if (difference) context.out(changeText(difference, plan.newest !== undefined));
    return delivery;
  };
}

async function execute(
  prepared: readonly Prepare[],
  options: Merging,
  context: Context,
): Promise<ExitStatus> {
  const outcomes = await mergeInto(prepared, {
    lossesOnly: options.losses === true,
    async settled(delivery, delivered) {
      tellDelivered(context, delivery.environment.id, delivered);
      await keep(delivery, delivered, context);
      await tellGithub(delivery, delivered, options, context);
    },
    left: ({ environment: { id } }) =>
      context.out(textLine(`${id}: it does not only take access away, and is left to the run that follows`)),
  });
  return outcomes.map(statusOf).reduce((worst, one) => (one > worst ? one : worst), 0);
}

/** Keeps a record of a delivery that is in force: the last look, at all components, was at the end of it. */
async function keep(
  { store, environment, trusted, commit, watch }: Delivery,
  delivered: DeliveryOutcome,
  context: Context,
): Promise<void> {
  if (delivered.outcome !== 'in force') return;
  const kind = delivered.lossesOnly ? 'revocation' : 'change';
  await keepDelivery({ store, environment, trusted, commit, kind, seen: watch.seen() }, context);
}

function statusOf(delivered: DeliveryOutcome): ExitStatus {
  return isFine(delivered) ? 0 : delivered.outcome === 'refused' ? 2 : 1;
}

async function plans(
  prepared: readonly Prepare[],
  { json }: Merging,
  context: Context,
  repository: Repository,
): Promise<ExitStatus> {
  let worst: ExitStatus = 0;
  for (const prepare of prepared) {
    const delivery = await prepare();
    const published = await publish({ ...delivery, execute: false, tells: true });
    const told = toldOf(published.plan, repository, context.now().getTime());
    const rings = delivery.rings.map(({ id }) => id);
    const notes = rings.length > 0 ? [`in rings: ${[...rings, 'rest'].join(', ')}`] : [];
    if (published.plan.action === 'publish') notes.push(...(await waitNotes(delivery, published.plan)));
    const shown = publishJson(published, told);
    if (!json) context.out(planText({ ...shown, notes: [...shown.notes, ...notes] }));
    const status = showPublished(context, json, published, notes, told);
    worst = status > worst ? status : worst;
  }
  return worst;
}

/** Says what became of a delivery. */
function tellDelivered({ out, err }: Context, environment: string, delivered: DeliveryOutcome): void {
  switch (delivered.outcome) {
    case 'unchanged':
      return out(textLine(`${environment}: entry ${delivered.sequence} says this already, and is in force`));
    case 'in force':
      return out(textLine(`${environment}: entry ${delivered.sequence} is in force on every component`));
    case 'refused':
      return err(textLine(`${environment}: refused: ${delivered.problem}; ${delivered.remedy}`));
    case 'halted':
      // What only takes access away is not given back: then nothing was kept.
      return err(
        textLine(
          `${environment}: halted: ${delivered.component}: ${delivered.reason}; ${delivered.kept === undefined ? 'what was taken away stays so: fix the component' : 'revert the change'}`,
        ),
      );
    case 'waiting': {
      const { missing, sequence, others } = delivered;
      const rest = others > 0 ? `${others} others do not get it yet` : 'everybody else has it';
      return err(
        textLine(
          `${environment}: entry ${sequence} is not enforced yet by ${missing.join(', ')}; none refused it, and ${rest}; what is gone for good: npx ztna forget`,
        ),
      );
    }
  }
}
