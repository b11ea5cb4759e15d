import { jsonText, textLine } from '../contract/terminal-text.ts';
import { assemble, contentsByComponent } from '../bundle/assemble.ts';
import type { EnvironmentDrift } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { localizedAsStarted } from '../local/as-started.ts';
import { keepDriftIssue } from '../github/drift-issue.ts';
import { driftText } from '../output/drift.ts';
import { flagsOf } from './shared/publish.ts';
import { trustedKeys } from '../publish/keys/keys.ts';
import { driftOf } from '../report/drift.ts';
import { observe } from '../report/observe.ts';
import { type StoreKind, withStore } from '../store/open.ts';
import { command, type Context } from './shared/command.ts';
import { checkedRepository, EMBEDDED, ENV, environmentsOf, STORE, targetOf } from './shared/environment.ts';
import { connectTo, REPOSITORY } from './shared/github.ts';

/** Where git, the store and the components do not agree. */
export const drift = command({
  name: 'drift',
  summary: 'Show where git, the store and what components say do not agree',
  options: [
    { ...ENV, description: 'only this environment' },
    STORE,
    { flags: '--json', description: 'print JSON' },
    { flags: '--issue', description: 'say it in an issue on GitHub, one for each environment' },
    { flags: '--execute', description: 'open, change or close the issue; without, nothing is written' },
    REPOSITORY,
  ],
  examples: [
    'npx ztna drift --store aws --issue --execute --repository example/access',
    'npx ztna drift',
    'npx ztna drift --env prod --store aws --json',
  ],
  async run({ options: { env, store: kind = EMBEDDED, json, issue, execute, repository: named } }, context) {
    const repository = await checkedRepository(context);
    const now = context.now().getTime();
    const environments: EnvironmentDrift[] = [];
    for (const environment of environmentsOf(repository, env)) {
      const trusted = trustedKeys(context.state, environment, kind);
      const observed = await withStore(targetOf(context, kind, environment), ({ store }) =>
        observe(store, environment, trusted, now),
      );
      const found = wantedIn(kind, repository, context).map((wanted) =>
        driftOf(observed, contentsByComponent(assemble(wanted, environment.id)), now, flagsOf(kind)),
      );
      environments.push(
        found.reduce((least, one) => (one.drifts.length < least.drifts.length ? one : least)),
      );
    }
    context.out(json ? jsonText({ environments }) : driftText({ environments }));
    if (issue && execute) await keepIssues(environments, named, context);
    else if (issue) context.err(textLine('no issue is written without --execute'));
    return environments.some(({ drifts }) => drifts.length > 0) ? 1 : 0;
  },
});

/** What git may have been published as: as it is, and on this machine also as `npm start` moves it to loopback. */
function wantedIn(kind: StoreKind, repository: Repository, { state }: Context): readonly Repository[] {
  return kind === EMBEDDED ? [repository, localizedAsStarted(repository, state)] : [repository];
}

/** Makes each environment's issue say what was found. */
async function keepIssues(
  environments: readonly EnvironmentDrift[],
  repository: string | undefined,
  context: Context,
): Promise<void> {
  const connection = await connectTo(repository, context, ['GITHUB_TOKEN']);
  for (const environment of environments) {
    const kept = await keepDriftIssue(connection, environment);
    // Standard output is JSON's alone.
    if (kept)
      context.err(
        textLine(`${environment.environment}: issue ${kept.number} is ${kept.action}: ${kept.url}`),
      );
  }
}
