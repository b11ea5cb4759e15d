import { textLines } from '../../contract/terminal-text.ts';
import { Fault, sentenceOf } from '../../contract/fault.ts';
import type { Environment } from '../../contract/shapes.ts';
import type { DeliveryOutcome, DeliverOptions } from '../../deliver/deliver.ts';
import { isFine } from '../../deliver/merge.ts';
import { recordDeployment } from '../../github/deployment.ts';
import { convergenceSummary } from '../../output/status.ts';
import { planRevert, revertProposal } from '../../propose/revert.ts';
import { rowsOf } from '../../report/log-history.ts';
import type { Context } from './command.ts';
import { connectTo, openPull, pageOfRun } from './github.ts';

/** Of the options, those that say what GitHub is told. */
export interface Telling {
  readonly deployment?: boolean | undefined;
  readonly proposeRevert?: boolean | undefined;
  readonly repository?: string | undefined;
}

/** What of a delivery GitHub is told of. */
type Delivery = Pick<DeliverOptions, 'store' | 'trusted' | 'commit' | 'look'> & { environment: Environment };

/** Tells GitHub of a delivery what was asked for; a delivery is what it is, whether GitHub hears of it or not. */
export async function tellGithub(
  delivery: Delivery,
  delivered: DeliveryOutcome,
  { deployment, proposeRevert, repository }: Telling,
  context: Context,
): Promise<void> {
  if (deployment)
    await attempt(context, 'no deployment is recorded', () =>
      recordOutcome(delivery, delivered, repository, context),
    );
  if (proposeRevert)
    await attempt(context, 'no revert is proposed', () =>
      openRevert(delivery, delivered, repository, context),
    );
}

async function attempt({ err }: Context, what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    err(textLines([...error.lines, `${what}: ${sentenceOf(error)}`]));
  }
}

/** Records a deployment of the commit, with the sequence and how many components enforce it. */
async function recordOutcome(
  { environment, commit, look }: Delivery,
  delivered: DeliveryOutcome,
  named: string | undefined,
  context: Context,
): Promise<void> {
  // Files that are in no commit are nothing that GitHub could show.
  if (commit.endsWith('-dirty')) return;
  const convergence = await look();
  const connection = await connectTo(named, context, ['GITHUB_TOKEN']);
  const page = pageOfRun(context, connection);
  await recordDeployment(connection, {
    commit,
    environment: environment.id,
    state: isFine(delivered) ? 'success' : 'failure',
    description: [convergenceSummary(convergence), ...problemOf(delivered)].join('; '),
    ...(page !== undefined && { page }),
  });
}

/** What stood in its way, if anything did. */
function problemOf(delivered: DeliveryOutcome): string[] {
  switch (delivered.outcome) {
    case 'refused':
      return [`refused: ${delivered.problem}`];
    case 'halted':
      return [`halted: ${delivered.component}: ${delivered.reason}`];
    case 'waiting':
      return [`not enforced yet by ${delivered.missing.join(', ')}`];
    default:
      return [];
  }
}

/** After a halt, opens the revert of what was refused. */
async function openRevert(
  { store, environment, trusted }: Delivery,
  delivered: DeliveryOutcome,
  repository: string | undefined,
  context: Context,
): Promise<void> {
  if (delivered.outcome !== 'halted' || delivered.kept === undefined) return;
  const history = await rowsOf(store, environment, trusted, context.root);
  const revert = await planRevert(context.root, history, delivered.kept, context.now().getTime());
  const reason = `${environment.id} halted: ${delivered.component} refused it: ${delivered.reason}`;
  await openPull(repository, context, revertProposal(revert, reason));
}
