import { verifyEntry } from '../contract/entry.ts';
import type { EnvironmentHistory } from '../contract/shapes.ts';
import { historyText } from '../output/history.ts';
import { history as historyOf } from '../report/history.ts';
import { listLog } from '../store/log.ts';
import type { Command } from './command.ts';
import { ENV, environmentsOf, identityOf, STORE, storeKind, trustedKeys, withStore } from './delivering.ts';
import { loadOrRefuse } from './loading.ts';

/** What was published, when, from which commit and why. */
export const history: Command = {
  name: 'history',
  summary: "List the entries of each environment's log",
  options: [
    { ...ENV, description: 'only this environment' },
    STORE,
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npm run history -- --env dev'],
  async run({ options }, context) {
    const { repository } = await loadOrRefuse(context);
    const kind = storeKind(options);
    const environments: EnvironmentHistory[] = [];
    for (const environment of environmentsOf(repository, options['env'])) {
      const identity = identityOf(environment);
      const trusted = trustedKeys(context, environment, kind);
      const texts = await withStore(context, kind, environment, ({ store }) => listLog(store, identity));
      const entries = [...texts].map(([sequence, text]) => verifyEntry(text, sequence, identity, trusted));
      environments.push(historyOf(identity, entries));
    }
    context.out(options['json'] ? `${JSON.stringify({ environments })}\n` : historyText({ environments }));
    return 0;
  },
};
