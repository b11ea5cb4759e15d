import { jsonText } from '../contract/terminal-text.ts';
import { collectionText } from '../output/collection.ts';
import { collect as collectGarbage, KEPT_ENTRIES } from '../publish/collect/collect.ts';
import { Fault } from '../contract/fault.ts';
import { command } from './shared/command.ts';
import { ENV, environmentOf, STORE, EMBEDDED, targetOf } from './shared/environment.ts';
import { loadEnvironments } from './shared/load.ts';
import { progressOf } from './shared/progress.ts';
import { EXECUTE } from './shared/publish.ts';
import { identityOf } from '../contract/log/entry.ts';
import { trustedKeys } from '../publish/keys/keys.ts';
import { withStore } from '../store/open.ts';

/** Removes what nothing needs any more. */
export const collect = command({
  name: 'collect',
  summary: 'Show which old entries and parts nothing needs, and remove them with --execute',
  options: [
    ENV,
    {
      flags: '--keep <entries>',
      description: 'how many of the newest entries to keep',
      fallback: String(KEPT_ENTRIES),
    },
    EXECUTE,
    STORE,
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npx ztna collect --env dev', 'npx ztna collect --env prod --store aws --execute'],
  async run({ options }, context) {
    const keep = Number(options.keep ?? KEPT_ENTRIES);
    if (!Number.isSafeInteger(keep) || keep < 1)
      throw new Fault('keep how many?', 'add --keep with 1 or more');
    const repository = await loadEnvironments(context);
    const environment = environmentOf(repository, options.env).value;
    const { store: kind = EMBEDDED, execute = false } = options;
    const progress = progressOf(context);
    const collection = await withStore(targetOf(context, kind, environment), ({ store }) =>
      collectGarbage({
        store,
        keep,
        execute,
        identity: identityOf(environment),
        trusted: trustedKeys(context.state, environment, kind),
        now: () => context.now().getTime(),
        progress: (step) => progress.step(`${environment.id}: ${step}`),
      }),
    );
    progress.end();
    context.out(
      options.json ? jsonText({ ...collection, executed: execute }) : collectionText(collection, execute),
    );
    return 0;
  },
});
