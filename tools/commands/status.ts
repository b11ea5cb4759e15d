import { identityOf } from '../contract/log/entry.ts';
import { figuresOf, recordsOf } from '../report/delivery-record.ts';
import { jsonText, type TerminalText } from '../contract/terminal-text.ts';
import { setTimeout } from 'node:timers/promises';
import type { Convergence, Environment } from '../contract/shapes.ts';
import { statusText } from '../output/status.ts';
import { convergenceOf } from '../report/observe.ts';
import { command, type Context } from './shared/command.ts';
import { ENV, environmentsOf, STORE, EMBEDDED, targetOf } from './shared/environment.ts';
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
    const look = (whole: boolean) => lookAt(environments, options.store ?? EMBEDDED, context, whole);
    const print = (found: Convergence[]): TerminalText =>
      options.json ? jsonText({ environments: found }) : statusText({ environments: found });
    // Records do not change from one look to the next.
    if (options.watch) return watch(() => look(false), print, context);
    const found = await look(true);
    context.out(print(found));
    // Where nothing was published yet there is nothing to enforce.
    return found.every(({ newest, converged }) => newest === null || converged) ? 0 : 1;
  },
});

async function lookAt(
  environments: readonly Environment[],
  kind: StoreKind,
  context: Context,
  whole: boolean,
): Promise<Convergence[]> {
  const found: Convergence[] = [];
  for (const environment of environments) {
    const trusted = trustedKeys(context.state, environment, kind);
    const now = context.now().getTime();
    found.push(
      await withStore(targetOf(context, kind, environment), async ({ store }) => ({
        ...(await convergenceOf(store, environment, trusted, now, flagsOf(kind))),
        ...(whole && { deliveries: figuresOf(await recordsOf(store, identityOf(environment))) }),
      })),
    );
  }
  return found;
}

/** Between two looks, in milliseconds. */
const INTERVAL_MS = 2000;

/** Looks until everything is converged, and prints what has changed. @returns 0 when converged, 1 when interrupted before */
async function watch(
  look: () => Promise<Convergence[]>,
  print: (found: Convergence[]) => TerminalText,
  { out, signal }: Context,
): Promise<0 | 1> {
  for (let last = ''; !signal.aborted;) {
    const found = await look();
    const text = print(found);
    if (text !== last) out(text);
    last = text;
    if (found.every(({ converged }) => converged)) return 0;
    await setTimeout(INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
  return 1;
}
