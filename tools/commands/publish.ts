import type { Ring } from '../contract/shapes.ts';
import { standingOf } from '../git/standing.ts';
import { planText, publishJson } from '../output/publish.ts';
import { publish as publishBundle } from '../publish/publish.ts';
import { withStore } from '../store/open.ts';
import { command } from './shared/command.ts';
import { checkedRepository, EMBEDDED, environmentOf, targetOf } from './shared/environment.ts';
import { progressOf } from './shared/progress.ts';
import { WAIT, waitFor } from './shared/record.ts';
import type { Plan } from '../publish/plan.ts';
import { APPENDING, publishingOf, reasonOf, showPublished, toldOf } from './shared/publish.ts';

/** Appends an entry to an environment's log. */
export const publish = command({
  name: 'publish',
  summary: 'Show what publishing an environment would write, and write it with --execute',
  options: [
    ...APPENDING,
    { flags: '--reason <text>', description: 'why', fallback: "the commit's first line" },
    ...WAIT,
    {
      flags: '--force',
      description:
        'although the commit does not contain the newest, a hold forbids it, or an instance enforces what the log does not have; needs --reason',
    },
  ],
  examples: ['npx ztna publish --env dev', 'npx ztna publish --env dev --execute'],
  async run({ options }, context) {
    const { store: kind = EMBEDDED, execute = false, force = false, json } = options;
    if (force) reasonOf(options.reason, 'why by force?');
    const repository = await checkedRepository(context);
    const environment = environmentOf(repository, options.env).value;
    const standing = await standingOf(context.root);
    const publishing = await publishingOf(context, environment, repository, options, standing);
    const notes = ringNotes(environment.rings);
    const told = (plan: Plan) => toldOf(plan, repository, context.now().getTime());
    const progress = progressOf(context);
    return withStore(targetOf(context, kind, environment), async ({ store }) => {
      const published = await publishBundle({
        ...publishing,
        store,
        force,
        execute,
        tells: true,
        progress: (step) => progress.step(`${environment.id}: ${step}`),
        planned(plan) {
          progress.end();
          if (json) return;
          const shown = publishJson({ plan, executed: false, attempts: 1 }, told(plan));
          context.out(planText({ ...shown, notes: [...shown.notes, ...notes] }));
        },
      });
      progress.end();
      const shown = showPublished(context, json, published, notes, told(published.plan));
      const { trusted } = publishing;
      const { wait = kind !== EMBEDDED } = options;
      const waiting = { store, kind, environment, trusted, published, wait };
      const waited = await waitFor(waiting, context);
      return waited > shown ? waited : shown;
    });
  },
});

/** Publishing goes past the rings, which `merge` walks; it says so. */
function ringNotes(rings: readonly Ring[]): string[] {
  return rings.length > 0 ? ['all components get this entry at once; to walk the rings: npx ztna merge'] : [];
}
