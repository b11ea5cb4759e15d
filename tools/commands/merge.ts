import { assemble } from '../bundle/assemble.ts';
import { inDeliveryOrder } from '../contract/delivery-order.ts';
import type { Environment } from '../contract/shapes.ts';
import { deliver, type Delivered, revokeFirst } from '../deliver/deliver.ts';
import { isLossesOnly } from '../deliver/losses.ts';
import type { Repository } from '../load/repository.ts';
import { planText, publishJson } from '../output/publish.ts';
import { publish } from '../publish/publish.ts';
import { fetchState, partsOf } from '../publish/state.ts';
import { readLog } from '../store/log.ts';
import { tellGithub } from './shared/notify-github.ts';
import { type Command, type Context, Refusal, type Status } from './shared/command.ts';
import {
  checkedRepository,
  environmentOf,
  identityOf,
  standingOf,
  storeKind,
  trustedKeys,
  withStore,
} from './shared/environment.ts';
import { REPOSITORY } from './shared/github.ts';
import { convergenceOf } from './status.ts';
import { APPENDING, showPublished, signerOf } from './shared/publish.ts';

/** What a merge to main does: every environment in order, ring by ring. */
export const merge: Command = {
  name: 'merge',
  summary: 'Deliver what is checked out to environments in order, ring by ring, and halt on a refusal',
  options: [
    ...APPENDING.filter(({ flags }) => !flags.startsWith('--env')),
    {
      flags: '--env <id>',
      description: 'an environment; repeat it, in order',
      many: true,
      fallback: 'all, in the order of `after`',
    },
    {
      flags: '--patience <seconds>',
      description: 'how long a ring may take, beside its bake',
      fallback: '900',
    },
    {
      flags: '--losses',
      description:
        'only where it takes access away and does nothing else; leave the rest to the run that follows',
    },
    { flags: '--reason <text>', description: 'why', fallback: "the commit's first line" },
    { flags: '--propose-revert', description: 'on a halt, open the pull request that reverts the change' },
    { flags: '--deployment', description: 'tell GitHub what became of it, as a deployment of the commit' },
    REPOSITORY,
  ],
  examples: ['npm run merge -- --env dev --env prod', 'npm run merge -- --env dev --store aws --execute'],
  async run({ options }, context) {
    const repository = await checkedRepository(context);
    const environments = asked(repository, options['env'] as string[] | undefined);
    if (options['execute'] !== true) return plans(environments, repository, options, context);
    let worst: Status = 0;
    const settle = async (environment: Environment, delivered: Delivered): Promise<void> => {
      const fine = said(context, environment.id, delivered);
      await tellGithub(environment, delivered, options, context);
      if (!fine) worst = delivered.outcome === 'refused' ? 2 : worst === 2 ? 2 : 1;
    };
    // What takes access away waits neither for the environments before, whatever becomes of it there, nor for rings.
    for (const environment of environments) {
      const refused = await revokeIn(environment, repository, options, context);
      if (refused) await settle(environment, refused);
    }
    const urgent: Environment[] = [];
    for (const environment of environments)
      if (await onlyLoses(environment, repository, options, context)) urgent.push(environment);
    const others = environments.filter((one) => !urgent.includes(one));
    const later = options['losses'] === true ? others : [];
    for (const { id } of later)
      context.out(`${id}: it does not only take access away, and is left to the run that follows\n`);
    for (const environment of urgent)
      await settle(environment, await deliverTo(environment, repository, options, context));
    for (const environment of others.filter((one) => !later.includes(one))) {
      if (worst > 0) break;
      await settle(environment, await deliverTo(environment, repository, options, context));
    }
    return worst;
  },
};

/** The environments that were named, in their order; without, all in the order of `after`. */
function asked(repository: Repository, ids: readonly string[] | undefined): Environment[] {
  if (ids === undefined)
    return inDeliveryOrder([...repository.environments.values()].map(({ value }) => value));
  return [ids].flat().map((id) => environmentOf(repository, id).value);
}

/** Says what became of a delivery. @returns whether the next environment may follow */
function said({ out, err }: Context, environment: string, delivered: Delivered): boolean {
  switch (delivered.outcome) {
    case 'unchanged':
      out(`${environment}: entry ${delivered.sequence} says this already, and is in force\n`);
      return true;
    case 'in force':
      out(`${environment}: entry ${delivered.sequence} is in force on every component\n`);
      return true;
    case 'refused':
      err(`${environment}: refused: ${delivered.problem}; ${delivered.remedy}\n`);
      return false;
    case 'halted':
      // What only takes access away is not given back: then nothing was kept.
      err(
        `${environment}: halted: ${delivered.component}: ${delivered.reason}; ${delivered.kept === undefined ? 'what was taken away stays so: mend the component' : 'revert the change'}\n`,
      );
      return false;
    case 'silent': {
      const missing = delivered.missing.join(', ');
      err(`${environment}: ${missing} did not answer to entry ${delivered.sequence}; nobody else gets it\n`);
      return false;
    }
  }
}

type Options = Record<string, unknown>;

/** All that publishing to an environment takes, but a store. */
async function publishing(
  environment: Environment,
  repository: Repository,
  options: Options,
  context: Context,
) {
  const kind = storeKind(options);
  const standing = await standingOf(context);
  return {
    signer: await signerOf(context, options, environment),
    bundle: assemble(repository, environment.id),
    trusted: trustedKeys(context, environment, kind),
    identity: identityOf(environment),
    commit: standing.commit,
    descends: standing.descends,
    dirtyAllowed: kind === 'embedded',
    lifetimeHours: environment.bundle.entryLifetimeHours,
    reason: String(options['reason'] ?? standing.subject ?? 'working tree').slice(0, 200),
    now: () => context.now().getTime(),
  };
}

async function plans(
  environments: readonly Environment[],
  repository: Repository,
  options: Options,
  context: Context,
): Promise<0 | 1 | 2> {
  let worst: 0 | 1 | 2 = 0;
  for (const environment of environments) {
    const common = await publishing(environment, repository, options, context);
    const published = await withStore(context, storeKind(options), environment, ({ store }) =>
      publish({ ...common, store, execute: false }),
    );
    if (!options['json']) context.out(planText(publishJson(published)));
    const rings = environment.rings.map(({ id }) => id);
    const notes = rings.length > 0 ? [`in rings: ${[...rings, 'rest'].join(', ')}`] : [];
    const status = showPublished(context, options['json'], published, notes);
    worst = status > worst ? status : worst;
  }
  return worst;
}

async function onlyLoses(
  environment: Environment,
  repository: Repository,
  options: Options,
  context: Context,
): Promise<boolean> {
  const kind = storeKind(options);
  return withStore(context, kind, environment, async ({ store }) => {
    const { newest } = await readLog(store, identityOf(environment), trustedKeys(context, environment, kind));
    const state = newest && (await fetchState(store, newest.entry));
    const next = partsOf(assemble(repository, environment.id));
    return state !== undefined && isLossesOnly(state.parts, next, context.now().getTime());
  });
}

async function deliverTo(
  environment: Environment,
  repository: Repository,
  options: Options,
  context: Context,
): Promise<Delivered> {
  const patienceSeconds = Number(options['patience'] ?? 900);
  if (!(patienceSeconds > 0)) throw new Refusal('how patient?', 'add --patience with a number of seconds');
  const common = await publishing(environment, repository, options, context);
  return withStore(context, storeKind(options), environment, ({ store }) =>
    deliver({
      ...common,
      store,
      rings: environment.rings,
      patienceSeconds,
      look: () => convergenceOf(store, environment, common.trusted, context.now().getTime()),
      tell: (text) => context.out(`${environment.id}: ${text}\n`),
    }),
  );
}

/** Refuses newly revoked certificates in an environment, at once. */
async function revokeIn(
  environment: Environment,
  repository: Repository,
  options: Options,
  context: Context,
): Promise<Delivered | undefined> {
  const common = await publishing(environment, repository, options, context);
  const tell = (text: string): void => context.out(`${environment.id}: ${text}\n`);
  return withStore(context, storeKind(options), environment, ({ store }) =>
    revokeFirst({ ...common, store, tell }),
  );
}
