import { instantText } from '../access/values/time-zone.ts';
import { difference } from '../access/difference.ts';
import type { Environment, EnvironmentHistory } from '../contract/shapes.ts';
import { loadValid } from '../load/load.ts';
import { differenceText } from '../output/difference.ts';
import { historyText } from '../output/history.ts';
import { trustedKeys } from '../publish/keys/keys.ts';
import { commitsIn, rowsOf } from '../report/log-history.ts';
import { type StoreKind, withStore } from '../store/open.ts';
import { command, type Context } from './shared/command.ts';
import { EMBEDDED, ENV, environmentOf, environmentsOf, STORE, targetOf } from './shared/environment.ts';
import { loadEnvironments } from './shared/load.ts';

/** What was published, when, from which commit, by whom and why; and what two entries differ in. */
export const history = command({
  name: 'history',
  summary: "List the entries of each environment's log, or show what two of them differ in",
  options: [
    { ...ENV, description: 'only this environment' },
    { flags: '--difference <from..to>', description: 'who gained and lost between these two entries' },
    STORE,
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npx ztna history --env dev', 'npx ztna history --env prod --difference 41..42'],
  async run({ options: { env, difference: range, store = EMBEDDED, json } }, context) {
    const repository = await loadEnvironments(context);
    if (range !== undefined) {
      const environment = environmentOf(repository, env).value;
      return showDifference(context, await historyOf(context, store, environment), range, json === true);
    }
    const environments: EnvironmentHistory[] = [];
    for (const environment of environmentsOf(repository, env))
      environments.push(await historyOf(context, store, environment));
    context.out(json ? `${JSON.stringify({ environments })}\n` : historyText({ environments }));
    return 0;
  },
});

/** An environment's log, from the store that was asked for. */
export async function historyOf(
  context: Context,
  kind: StoreKind,
  environment: Environment,
): Promise<EnvironmentHistory> {
  const trusted = trustedKeys(context.state, environment, kind);
  return withStore(targetOf(context, kind, environment), ({ store }) =>
    rowsOf(store, environment, trusted, context.root),
  );
}

async function showDifference(
  { root, now, out }: Context,
  history: EnvironmentHistory,
  range: string,
  json: boolean,
): Promise<0> {
  const { before, after } = await commitsIn(root, history, range);
  const load = async (commit: string) => (await loadValid(root, commit)).repository;
  const at = now().getTime();
  const environments = difference(await load(before), await load(after), { at }).filter(
    ({ environment }) => environment === history.environment,
  );
  const result = { before, after, at: instantText(at), environments };
  out(json ? `${JSON.stringify(result)}\n` : differenceText(result));
  return 0;
}
