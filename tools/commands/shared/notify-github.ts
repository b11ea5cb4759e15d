import type { Environment } from '../../contract/shapes.ts';
import { Fault, faultText } from '../../contract/fault.ts';
import type { Delivered } from '../../deliver/deliver.ts';
import { recordDeployment } from '../../github/deployment.ts';
import { convergenceSummary } from '../../output/status.ts';
import type { Context } from './command.ts';
import { storeKind, targetOf } from './environment.ts';
import { connectTo, openPull } from './github.ts';
import { revertProposal, revertTo } from '../../propose/revert.ts';
import { standingOf } from '../../git/standing.ts';
import { trustedKeys } from '../../publish/keys.ts';
import { withStore } from '../../store/open.ts';
import { convergenceOf } from '../../report/observe.ts';

type Options = Record<string, unknown>;

/** Tells GitHub of a delivery what was asked for; a delivery is what it is, whether GitHub hears of it or not. */
export async function tellGithub(
  environment: Environment,
  delivered: Delivered,
  options: Options,
  context: Context,
): Promise<void> {
  if (options['deployment'] === true)
    await attempt(context, 'no deployment is recorded', () =>
      recordOutcome(environment, delivered, options, context),
    );
  if (options['proposeRevert'] === true)
    await attempt(context, 'no revert is proposed', () =>
      proposeRevert(environment, delivered, options, context),
    );
}

async function attempt({ err }: Context, what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    err(`${what}: ${faultText(error)}`);
  }
}

/** Records a deployment of the commit, with the sequence and how many components enforce it. */
async function recordOutcome(
  environment: Environment,
  delivered: Delivered,
  options: Options,
  context: Context,
): Promise<void> {
  const { commit } = await standingOf(context.root);
  // Files that are in no commit are nothing that GitHub could show.
  if (commit.endsWith('-dirty')) return;
  const kind = storeKind(options);
  const trusted = trustedKeys(context.state, environment, kind);
  const convergence = await withStore(targetOf(context, kind, environment), ({ store }) =>
    convergenceOf(store, environment, trusted, context.now().getTime()),
  );
  const connection = await connectTo(options, context, ['GITHUB_TOKEN']);
  const { GITHUB_RUN_ID: run, GITHUB_SERVER_URL: server = 'https://github.com' } = context.env;
  const { owner, repo } = connection.repository;
  await recordDeployment(connection, {
    commit,
    environment: environment.id,
    state: delivered.outcome === 'in force' || delivered.outcome === 'unchanged' ? 'success' : 'failure',
    description: [convergenceSummary(convergence), ...problemOf(delivered)].join('; '),
    ...(run && { page: `${server}/${owner}/${repo}/actions/runs/${run}` }),
  });
}

/** What stood in its way, if anything did. */
function problemOf(delivered: Delivered): string[] {
  switch (delivered.outcome) {
    case 'refused':
      return [`refused: ${delivered.problem}`];
    case 'halted':
      return [`halted: ${delivered.component}: ${delivered.reason}`];
    case 'silent':
      return [`no answer from ${delivered.missing.join(', ')}`];
    default:
      return [];
  }
}

/** After a halt, opens the revert of what was refused. */
async function proposeRevert(
  environment: Environment,
  delivered: Delivered,
  options: Options,
  context: Context,
): Promise<void> {
  if (delivered.outcome !== 'halted' || delivered.kept === undefined) return;
  const revert = await revertTo(context, storeKind(options), environment, delivered.kept);
  const reason = `${environment.id} halted: ${delivered.component} refused it: ${delivered.reason}`;
  await openPull(options, context, revertProposal(revert, reason));
}
