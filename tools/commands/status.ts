import { ackFolder } from '../contract/names.ts';
import type { Convergence, Environment } from '../contract/shapes.ts';
import { statusText } from '../output/status.ts';
import { convergence } from '../report/convergence.ts';
import { readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';
import type { PublicKey } from '../contract/dsse.ts';
import type { Command } from './command.ts';
import { ENV, environmentsOf, identityOf, STORE, storeKind, trustedKeys, withStore } from './delivering.ts';
import { loadOrRefuse } from './loading.ts';

/** What is published, and who enforces it. */
export const status: Command = {
  name: 'status',
  summary: 'Show what each environment wants, and which components enforce it',
  options: [
    { ...ENV, description: 'only this environment' },
    STORE,
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npm run status', 'npm run status -- --env prod --store aws --json'],
  async run({ options }, context) {
    const { repository } = await loadOrRefuse(context);
    const kind = storeKind(options);
    const environments: Convergence[] = [];
    for (const environment of environmentsOf(repository, options['env'])) {
      const trusted = trustedKeys(context, environment, kind);
      const now = context.now().getTime();
      environments.push(
        await withStore(context, kind, environment, ({ store }) =>
          convergenceOf(store, environment, trusted, now),
        ),
      );
    }
    context.out(options['json'] ? `${JSON.stringify({ environments })}\n` : statusText({ environments }));
    return 0;
  },
};

/** Reads an environment's log and acks, and says how far its components have come. @param now milliseconds */
export async function convergenceOf(
  store: ParameterStore,
  environment: Environment,
  trusted: readonly PublicKey[],
  now: number,
): Promise<Convergence> {
  const log = identityOf(environment);
  const { newest, invalid } = await readLog(store, log, trusted);
  const contents = newest && (await fetchIndex(store, newest.entry));
  const acks = new Map<string, string>();
  for await (const { name, value } of store.list(ackFolder(log))) acks.set(name, value);
  return convergence(
    { log, invalid, acks, ...(newest && { newest }), ...(contents?.ok && { contents: contents.value }) },
    now,
  );
}
