import { instantText } from '../access/values/time-zone.ts';
import { difference } from '../access/difference.ts';
import { verifyEntry } from '../contract/entry.ts';
import type { Environment, EnvironmentHistory } from '../contract/shapes.ts';
import { authorOf, commitOf } from '../git/git.ts';
import { differenceText } from '../output/difference.ts';
import { historyText } from '../output/history.ts';
import { history as historyOf } from '../report/history.ts';
import { listLog } from '../store/log.ts';
import { type Command, type Context, Refusal } from './shared/command.ts';
import {
  ENV,
  environmentOf,
  environmentsOf,
  identityOf,
  STORE,
  storeKind,
  type StoreKind,
  trustedKeys,
  withStore,
} from './shared/environment.ts';
import { loadEnvironments, loadOrRefuse } from './shared/load.ts';

/** What was published, when, from which commit, by whom and why; and what two entries differ in. */
export const history: Command = {
  name: 'history',
  summary: "List the entries of each environment's log, or show what two of them differ in",
  options: [
    { ...ENV, description: 'only this environment' },
    { flags: '--difference <from..to>', description: 'who gained and lost between these two entries' },
    STORE,
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npm run history -- --env dev', 'npm run history -- --env prod --difference 41..42'],
  async run({ options }, context) {
    const repository = await loadEnvironments(context);
    const kind = storeKind(options);
    if (options['difference'] !== undefined) {
      const environment = environmentOf(repository, options['env']).value;
      const rows = await rowsOf(context, kind, environment);
      return showDifference(context, rows, String(options['difference']), options['json'] === true);
    }
    const environments: EnvironmentHistory[] = [];
    for (const environment of environmentsOf(repository, options['env']))
      environments.push(await rowsOf(context, kind, environment));
    context.out(options['json'] ? `${JSON.stringify({ environments })}\n` : historyText({ environments }));
    return 0;
  },
};

/** An environment's log, the newest entry first, with authors where their commits are in this clone. */
export async function rowsOf(
  context: Context,
  kind: StoreKind,
  environment: Environment,
): Promise<EnvironmentHistory> {
  const identity = identityOf(environment);
  const trusted = trustedKeys(context, environment, kind);
  const texts = await withStore(context, kind, environment, ({ store }) => listLog(store, identity));
  const verified = [...texts].map(([sequence, text]) => verifyEntry(text, sequence, identity, trusted));
  const found = historyOf(identity, verified);
  const authors = new Map<string, string | undefined>();
  for (const { commit } of found.entries)
    if (commit && !authors.has(commit)) authors.set(commit, await authorOrNone(context, commit));
  const entries = found.entries.map((row) => {
    const author = row.commit && authors.get(row.commit);
    return { ...row, ...(author && { author }) };
  });
  return { ...found, entries };
}

/** The author of a commit that is in this clone and says all that was published. */
async function authorOrNone({ root }: Context, commit: string): Promise<string | undefined> {
  return commit.endsWith('-dirty') ? undefined : authorOf(root, commit).catch(() => undefined);
}

async function showDifference(
  context: Context,
  { environment, entries }: EnvironmentHistory,
  range: string,
  json: boolean,
): Promise<0> {
  const [before, after] = range.split('..').map((sequence) => {
    const commit = entries.find((row) => String(row.sequence) === sequence && row.valid)?.commit;
    if (!commit)
      throw new Refusal(`there is no valid entry ${sequence}`, 'write it as 41..42: npm run history');
    if (commit.endsWith('-dirty'))
      throw new Refusal(
        `entry ${sequence} was published with changes that no commit holds`,
        'choose another',
      );
    return commit;
  });
  if (!before || !after) throw new Refusal(`${range} is not two entries`, 'write it as 41..42');
  const load = async (commit: string) => {
    await commitOf(context.root, commit).catch(() => {
      throw new Refusal(`commit ${commit.slice(0, 12)} is not in this clone`, 'fetch the whole history');
    });
    return (await loadOrRefuse(context, commit)).repository;
  };
  const at = context.now().getTime();
  const environments = difference(await load(before), await load(after), { at }).filter(
    (one) => one.environment === environment,
  );
  const result = { before, after, at: instantText(at), environments };
  context.out(json ? `${JSON.stringify(result)}\n` : differenceText(result));
  return 0;
}
