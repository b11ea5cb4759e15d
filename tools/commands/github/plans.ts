import { textLine } from '../../contract/terminal-text.ts';
import { inDeliveryOrder } from '../../contract/delivery-order.ts';
import { Fault } from '../../contract/fault.ts';
import { commitOf } from '../../git/git.ts';
import { plannedBetween } from '../../git/infrastructure.ts';
import { recordPlan } from '../../github/plans.ts';
import { loadEnvironments } from '../shared/load.ts';
import { connectNamed, outputs, pageOfRun } from '../shared/github.ts';
import type { Action } from './action.ts';

/**
 * Which environments Terraform has to plan for a pull request: those of the base, as a new one has no role yet, whose
 * infrastructure it changes. The steps that follow learn them as `ids`.
 */
export const touched: Action = async ({ base, head }, context) => {
  if (base === undefined || head === undefined)
    throw new Fault('which pull request?', 'add --base and --head with revisions');
  const { root } = context;
  const planned = await plannedBetween(root, await commitOf(root, base), await commitOf(root, head));
  const { environments } = await loadEnvironments(context);
  const known = inDeliveryOrder([...environments.values()].map(({ value }) => value)).map(({ id }) => id);
  const ids = planned === 'all' ? known : known.filter((id) => planned.includes(id));
  outputs(context, { ids: JSON.stringify(ids) });
  context.out(textLine(ids.length === 0 ? 'no infrastructure changes' : `to be planned: ${ids.join(', ')}`));
  return 0;
};

/** Records what the plan of an environment came to, where the comment of the pull request finds it. */
export const planned: Action = async ({ env, commit, outcome, repository, execute }, context) => {
  if (env === undefined || !/^[a-z][a-z0-9-]*$/.test(env))
    throw new Fault('which environment?', 'add --env with its id');
  if (commit === undefined) throw new Fault('which commit?', 'add --commit with the one that was planned');
  const connection = await connectNamed(repository, context);
  const page = pageOfRun(context, connection);
  const says = outcome ? ({ state: 'success', says: outcome } as const) : FAILED;
  const plan = { environment: env, ...says, ...(page !== undefined && { page }) };
  if (execute) await recordPlan(connection, await commitOf(context.root, commit), plan);
  context.out(textLine(`${env}: ${plan.says}${execute ? '' : '; not recorded: add --execute'}`));
  return 0;
};

const FAILED = { state: 'failure', says: 'the plan failed: see the log of the job' } as const;
