import { identityOf } from '../contract/log/entry.ts';
import { figuresOf, recordsOf } from '../report/delivery-record.ts';
import { jsonText, type TerminalText } from '../contract/terminal-text.ts';
import { setTimeout } from 'node:timers/promises';
import type { Convergence, Environment } from '../contract/shapes.ts';
import { statusText } from '../output/status.ts';
import { type Watch, watchOf } from '../report/watch.ts';
import { command, type Context } from './shared/command.ts';
import { ENV, environmentsOf, ratesAt, STORE, EMBEDDED, targetOf } from './shared/environment.ts';
import { loadEnvironments } from './shared/load.ts';
import { flagsOf } from './shared/publish.ts';
import { type StoreKind, withStore } from '../store/open.ts';
import { trustedKeys } from '../publish/keys/keys.ts';

/** What is published, and who enforces it. */
export const status = command({
  name: 'status',
  summary: 'Show what each environment wants, and which components enforce it; status 1 until all do',
  options: [
    { ...ENV, description: 'only this environment' },
    STORE,
    { flags: '--watch', description: 'look again every few seconds, until interrupted or converged' },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npx ztna status', 'npx ztna status --env prod --store aws --json'],
  async run({ options }, context) {
    const repository = await loadEnvironments(context);
    const environments = environmentsOf(repository, options.env);
    const kind = options.store ?? EMBEDDED;
    const watched = environments.map((environment) => ({
      environment,
      watch: watchOf({
        environment,
        trusted: trustedKeys(context.state, environment, kind),
        now: () => context.now().getTime(),
        rates: ratesAt(kind, environment),
        flags: flagsOf(kind),
      }),
    }));
    const look = (whole: boolean) => lookAt(watched, kind, context, whole);
    const print = (found: Convergence[]): TerminalText =>
      options.json ? jsonText({ environments: found }) : statusText({ environments: found });
    const pauseMs = () => Math.max(...watched.map((one) => one.watch.pauseMs()));
    // Records do not change from one look to the next.
    if (options.watch) return watchUntilConverged(() => look(false), pauseMs, print, context);
    const found = await look(true);
    context.out(print(found));
    // Where nothing was published yet there is nothing to enforce.
    return found.every(({ newest, converged }) => newest === null || converged) ? 0 : 1;
  },
});

/** An environment, and the watch on it. */
interface Watched {
  environment: Environment;
  watch: Watch;
}

async function lookAt(
  watched: readonly Watched[],
  kind: StoreKind,
  context: Context,
  whole: boolean,
): Promise<Convergence[]> {
  const found: Convergence[] = [];
  for (const { environment, watch } of watched)
    found.push(
      await withStore(targetOf(context, kind, environment), async ({ store }) => ({
        ...(await watch.look(store)),
        ...(whole && { deliveries: figuresOf(await recordsOf(store, identityOf(environment))) }),
      })),
    );
  return found;
}

/** Looks until everything is converged, and prints what has changed. @returns 0 when converged, 1 when interrupted before */
async function watchUntilConverged(
  look: () => Promise<Convergence[]>,
  pauseMs: () => number,
  print: (found: Convergence[]) => TerminalText,
  { out, signal }: Context,
): Promise<0 | 1> {
  for (let last = ''; !signal.aborted;) {
    const found = await look();
    const text = print(found);
    if (text !== last) out(text);
    last = text;
    if (found.every(({ converged }) => converged)) return 0;
    await setTimeout(pauseMs(), undefined, { signal }).catch(() => {});
  }
  return 1;
}
