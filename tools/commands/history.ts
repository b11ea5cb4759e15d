import { jsonText } from '../contract/terminal-text.ts';
import { instantText } from '../access/values/time-zone.ts';
import { difference } from '../access/difference.ts';
import { enforcedDifference, type EnforcedSide } from '../access/parts-difference.ts';
import { Fault } from '../contract/fault.ts';
import { identityOf } from '../contract/log/entry.ts';
import type {
  Environment,
  EnvironmentDifference,
  EnvironmentHistory,
  HistoryRow,
} from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import type { Cache } from '../load/cache.ts';
import { loadSides } from '../load/load.ts';
import { verifyValid } from '../load/valid.ts';
import { differenceText } from '../output/difference.ts';
import { historyText } from '../output/history.ts';
import { trustedKeys } from '../publish/keys/keys.ts';
import { enforcedSide } from '../publish/change.ts';
import { fetchState } from '../publish/state.ts';
import { entriesIn, rowsOf, wholeCommit } from '../report/log-history.ts';
import { entryAt } from '../store/log.ts';
import { type StoreKind, withStore } from '../store/open.ts';
import { command, type Context } from './shared/command.ts';
import { EMBEDDED, ENV, environmentOf, environmentsOf, STORE, targetOf } from './shared/environment.ts';
import { cacheIn, loadEnvironments } from './shared/load.ts';

/** What was published, when, from which commit, by whom and why; and what two entries differ in. */
export const history = command({
  name: 'history',
  summary: "List the entries of each environment's log, or show what two of them differ in",
  options: [
    { ...ENV, description: 'only this environment' },
    { flags: '--difference <from..to>', description: 'who gained and lost between these two entries' },
    { flags: '--full', description: 'name everybody, every service, condition and line' },
    STORE,
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npx ztna history --env dev', 'npx ztna history --env prod --difference 41..42'],
  async run({ options: { env, difference: range, store = EMBEDDED, full, json } }, context) {
    const cache = cacheIn(context);
    const repository = await loadEnvironments(context, cache);
    if (range !== undefined) {
      const environment = environmentOf(repository, env).value;
      return showDifference(
        context,
        environment,
        { range, store, json: json === true, full: full === true },
        repository,
        cache,
      );
    }
    const environments: EnvironmentHistory[] = [];
    for (const environment of environmentsOf(repository, env))
      environments.push(await historyOf(context, store, environment));
    context.out(json ? jsonText({ environments }) : historyText({ environments }));
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

/** What is compared, and how it is shown. */
interface Asked {
  range: string;
  store: StoreKind;
  json: boolean;
  full: boolean;
}

/** Says what two entries differ in: by their commits, which have the lines behind it, else by what the store has of them. */
async function showDifference(
  context: Context,
  environment: Environment,
  { range, store, json, full }: Asked,
  names: Repository,
  cache: Cache,
): Promise<0> {
  const { root, now, out } = context;
  const rows = entriesIn(await historyOf(context, store, environment), range);
  const at = now().getTime();
  const [was, is] = [await wholeCommit(root, rows.before), await wholeCommit(root, rows.after)];
  const one =
    was !== undefined && is !== undefined
      ? await byCommits(root, { base: was, head: is }, cache, environment.id, at)
      : await byParts(context, environment, store, rows, names, at);
  const [before, after] = [rows.before.commit!, rows.after.commit!];
  const result = { before, after, at: instantText(at), environments: one ? [one] : [] };
  out(json ? jsonText(result) : differenceText(result, full ? 'full' : 'short'));
  return 0;
}

async function byCommits(
  root: string,
  commits: { base: string; head: string },
  cache: Cache,
  id: string,
  at: number,
): Promise<EnvironmentDifference | undefined> {
  const sides = await loadSides(root, commits, cache);
  verifyValid(sides.before.findings, `revision ${commits.base.slice(0, 12)}`);
  verifyValid(sides.after.findings, `revision ${commits.head.slice(0, 12)}`);
  const all = difference(sides.before.repository, sides.after.repository, { at });
  return all.find(({ environment }) => environment === id);
}

async function byParts(
  context: Context,
  environment: Environment,
  kind: StoreKind,
  rows: { before: HistoryRow; after: HistoryRow },
  names: Repository,
  at: number,
): Promise<EnvironmentDifference> {
  const trusted = trustedKeys(context.state, environment, kind);
  return withStore(targetOf(context, kind, environment), async ({ store }) => {
    const side = async ({ sequence }: HistoryRow): Promise<EnforcedSide> => {
      const found = await entryAt(store, identityOf(environment), trusted, sequence);
      const state = found && (await fetchState(store, found.entry));
      if (state) return enforcedSide(state, environment.id);
      throw new Fault(`the parts of entry ${sequence} are gone`, 'choose a later entry: npx ztna history');
    };
    return enforcedDifference(environment.id, await side(rows.before), await side(rows.after), names, at);
  });
}
