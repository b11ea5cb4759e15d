import { assemble } from '../bundle/assemble.ts';
import type { EnvironmentDrift } from '../contract/shapes.ts';
import { driftText } from '../output/drift.ts';
import { convergence } from '../report/convergence.ts';
import { drift as driftOf } from '../report/drift.ts';
import { keepDriftIssue } from '../github/drift-issue.ts';
import type { Command, Context } from './shared/command.ts';
import { checkedRepository, ENV, environmentsOf, STORE, storeKind, targetOf } from './shared/environment.ts';
import { connectTo, REPOSITORY } from './shared/github.ts';
import { trustedKeys } from '../publish/keys.ts';
import { withStore } from '../store/open.ts';
import { observe } from '../report/observe.ts';

/** Where git, the store and the components do not agree. */
export const drift: Command = {
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
    'npm run drift -- --store aws --issue --execute --repository example/access',
    'npm run drift',
    'npm run drift -- --env prod --store aws --json',
  ],
  async run({ options }, context) {
    const repository = await checkedRepository(context);
    const kind = storeKind(options);
    const now = context.now().getTime();
    const environments: EnvironmentDrift[] = [];
    for (const environment of environmentsOf(repository, options['env'])) {
      const trusted = trustedKeys(context.state, environment, kind);
      const observed = await withStore(targetOf(context, kind, environment), ({ store }) =>
        observe(store, environment, trusted),
      );
      const { parts } = assemble(repository, environment.id);
      const git = new Map(
        parts.flatMap(({ components, content }) => components.map((one) => [one, content] as const)),
      );
      const { components } = convergence(observed, now);
      environments.push(driftOf({ ...observed, environment: environment.id, git, components }, now));
    }
    context.out(options['json'] ? `${JSON.stringify({ environments })}\n` : driftText({ environments }));
    if (options['issue'] === true) await keepIssues(environments, options, context);
    return environments.some(({ drifts }) => drifts.length > 0) ? 1 : 0;
  },
};

/** Makes each environment's issue say what was found; without `--execute` only that it would. */
async function keepIssues(
  environments: readonly EnvironmentDrift[],
  options: Record<string, unknown>,
  context: Context,
): Promise<void> {
  if (options['execute'] !== true) return context.err('no issue is written without --execute\n');
  const connection = await connectTo(options, context, ['GITHUB_TOKEN']);
  for (const environment of environments) {
    const kept = await keepDriftIssue(connection, environment);
    // Standard output is JSON's alone.
    if (kept)
      context.err(`${environment.environment}: issue ${kept.number} is ${kept.action}: ${kept.url}\n`);
  }
}
