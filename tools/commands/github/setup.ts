import { inDeliveryOrder } from '../../contract/delivery-order.ts';
import { setUp } from '../../github/setup.ts';
import { desiredOf, GITHUB_ACTIONS } from '../../github/setup/desired.ts';
import { setupText } from '../../github/setup/words.ts';
import { numberOption } from '../shared/values.ts';
import { Refusal } from '../shared/command.ts';
import { loadOrRefuse } from '../shared/load.ts';
import type { Action } from '../github.ts';
import { connect } from './shared.ts';

/** Shows how GitHub is to be set up for this repository's environments, and sets it up with `--execute`. */
export const setup: Action = async (options, context) => {
  const { repository } = await loadOrRefuse(context);
  const reviewers = options['reviewers'] ?? repository.guardrails?.value.owner;
  if (typeof reviewers !== 'string')
    throw new Refusal('who is asked before a plan?', 'add --reviewers with a team');
  const desired = desiredOf({
    environments: inDeliveryOrder([...repository.environments.values()].map(({ value }) => value)),
    reviewers,
    app: numberOption(options['app'], GITHUB_ACTIONS, '--app'),
  });
  context.out(setupText(desired));
  if (options['execute'] !== true) {
    context.err('nothing is changed without --execute\n');
    return 0;
  }
  await setUp(connect(options, context), desired, (text) => context.out(`${text}\n`));
  return 0;
};
