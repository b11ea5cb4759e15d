import { assemble } from '../bundle/assemble.ts';
import type { Environment, Ring } from '../contract/shapes.ts';
import { outcomeText, planText, publishJson } from '../output/publish.ts';
import { fileSigner } from '../publish/keys.ts';
import { publish as publishBundle, type Published } from '../publish/publish.ts';
import { type Command, type Context, Refusal } from './command.ts';
import {
  checkedRepository,
  ENV,
  environmentOf,
  identityOf,
  keyFile,
  LOCAL_KEY,
  standingOf,
  STORE,
  storeKind,
  trustedKeys,
  withStore,
} from './delivering.ts';
import { progressOf } from './progress.ts';

/** Appends an entry to an environment's log. */
export const publish: Command = {
  name: 'publish',
  summary: 'Show what publishing an environment would write, and write it with --execute',
  options: [
    ENV,
    { flags: '--execute', description: 'write it; without, only the plan is shown' },
    { flags: '--reason <text>', description: 'why', fallback: "the commit's first line" },
    { flags: '--heartbeat', description: 'append an entry even though nothing changes, to move its expiry' },
    {
      flags: '--force',
      description: 'although the commit is not newer, or a hold stands against it; needs --reason',
    },
    { flags: '--key <name>', description: 'the signing key: a name, or a PEM file', fallback: LOCAL_KEY },
    STORE,
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npm run publish -- --env dev', 'npm run publish -- --env dev --execute'],
  async run({ options }, context) {
    if (options['force'] && !options['reason']) throw new Refusal('why by force?', 'add --reason "..."');
    const repository = await checkedRepository(context);
    const environment = environmentOf(repository, options['env']).value;
    const bundle = assemble(repository, environment.id);
    const published = await publishTo(environment, bundle, options, context);
    const plan = publishJson(published);
    plan.notes.push(...ringNotes(environment.rings));
    if (options['json']) context.out(`${JSON.stringify(plan)}\n`);
    else context.out(outcomeText(plan));
    return plan.action === 'refused' ? 2 : 0;
  },
};

async function publishTo(
  environment: Environment,
  bundle: ReturnType<typeof assemble>,
  options: Record<string, unknown>,
  context: Context,
): Promise<Published> {
  const kind = storeKind(options);
  const key = String(options['key'] ?? LOCAL_KEY);
  const signer = fileSigner(keyFile(context, key), key.replace(/^.*[/\\]|\.pem$/g, '').slice(0, 64));
  const standing = await standingOf(context);
  const progress = progressOf(context);
  return withStore(context, kind, environment, async ({ store }) => {
    const published = await publishBundle({
      store,
      signer,
      bundle,
      trusted: trustedKeys(context, environment, kind),
      identity: identityOf(environment),
      commit: standing.commit,
      descends: standing.descends,
      dirtyAllowed: kind === 'embedded',
      lifetimeHours: environment.bundle.entryLifetimeHours,
      reason: String(options['reason'] ?? standing.subject ?? 'working tree').slice(0, 200),
      force: options['force'] === true,
      heartbeat: options['heartbeat'] === true,
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

/** Until rings are walked, a publish says that it does not. */
function ringNotes(rings: readonly Ring[]): string[] {
  return rings.length > 0 ? ['rings are not walked yet: all components get this entry at once'] : [];
}
