import { assemble } from '../bundle/assemble.ts';
import type { Environment, Ring } from '../contract/shapes.ts';
import { planText, publishJson } from '../output/publish.ts';
import { publish as publishBundle, type Published } from '../publish/publish.ts';
import type { Command, Context } from './shared/command.ts';
import { checkedRepository, environmentOf, storeKind, targetOf } from './shared/environment.ts';
import { progressOf } from './shared/progress.ts';
import { APPENDING, reasonOf, showPublished, signerOf } from './shared/publish.ts';
import { identityOf } from '../contract/entry.ts';
import { standingOf } from '../git/standing.ts';
import { trustedKeys } from '../publish/keys.ts';
import { withStore } from '../store/open.ts';

/** Appends an entry to an environment's log. */
export const publish: Command = {
  name: 'publish',
  summary: 'Show what publishing an environment would write, and write it with --execute',
  options: [
    ...APPENDING,
    { flags: '--reason <text>', description: 'why', fallback: "the commit's first line" },
    {
      flags: '--force',
      description: 'although the commit is not newer, or a hold stands against it; needs --reason',
    },
  ],
  examples: ['npm run publish -- --env dev', 'npm run publish -- --env dev --execute'],
  async run({ options }, context) {
    if (options['force']) reasonOf(options, 'why by force?');
    const repository = await checkedRepository(context);
    const environment = environmentOf(repository, options['env']).value;
    const bundle = assemble(repository, environment.id);
    const published = await publishTo(environment, bundle, options, context);
    return showPublished(context, options['json'], published, ringNotes(environment.rings));
  },
};

async function publishTo(
  environment: Environment,
  bundle: ReturnType<typeof assemble>,
  options: Record<string, unknown>,
  context: Context,
): Promise<Published> {
  const kind = storeKind(options);
  const signer = await signerOf(context, options, environment);
  const standing = await standingOf(context.root);
  const progress = progressOf(context);
  return withStore(targetOf(context, kind, environment), async ({ store }) => {
    const published = await publishBundle({
      store,
      signer,
      bundle,
      trusted: trustedKeys(context.state, environment, kind),
      identity: identityOf(environment),
      commit: standing.commit,
      descends: standing.descends,
      dirtyAllowed: kind === 'embedded',
      lifetimeHours: environment.bundle.entryLifetimeHours,
      reason: String(options['reason'] ?? standing.subject ?? 'working tree').slice(0, 200),
      force: options['force'] === true,
      execute: options['execute'] === true,
      now: () => context.now().getTime(),
      progress: (step) => progress.step(`${environment.id}: ${step}`),
      planned(plan) {
        progress.end();
        if (options['json']) return;
        const shown = publishJson({ plan, executed: false, attempts: 1 });
        context.out(planText({ ...shown, notes: [...shown.notes, ...ringNotes(environment.rings)] }));
      },
    });
    progress.end();
    return published;
  });
}

/** Publishing goes past the rings, which `merge` walks; it says so. */
function ringNotes(rings: readonly Ring[]): string[] {
  return rings.length > 0 ? ['all components get this entry at once; to walk the rings: npm run merge'] : [];
}
