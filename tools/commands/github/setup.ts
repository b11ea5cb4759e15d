import { textBlock, textLine } from '../../contract/terminal-text.ts';
import { inDeliveryOrder } from '../../contract/delivery-order.ts';
import { actionsAppOf, setUp } from '../../github/setup.ts';
import { settingsOf, GITHUB_ACTIONS } from '../../github/setup/settings.ts';
import { setupText } from '../../github/setup/words.ts';
import { numberOption } from '../shared/values.ts';
import { Fault } from '../../contract/fault.ts';
import { connectNamed } from '../shared/github.ts';
import type { Action } from './action.ts';
import { loadValid } from '../../load/load.ts';

/** Shows how GitHub is to be set up for this repository's environments, and sets it up with `--execute`. */
export const setup: Action = async (options, context) => {
  const { repository } = await loadValid(context.root);
  const reviewers = options.reviewers ?? repository.guardrails?.value.owner;
  if (reviewers === undefined) throw new Fault('who is asked before a plan?', 'add --reviewers with a team');
  const connection = options.execute ? await connectNamed(options.repository, context) : undefined;
  // Each server of GitHub has a number of its own for it.
  const actionsApp = connection ? await actionsAppOf(connection) : GITHUB_ACTIONS;
  const desired = settingsOf({
    environments: inDeliveryOrder([...repository.environments.values()].map(({ value }) => value)),
    reviewers,
    app: options.app === undefined ? undefined : numberOption(options.app, GITHUB_ACTIONS, '--app'),
    actionsApp,
  });
  context.out(textBlock(setupText(desired)));
  if (!connection) {
    context.err(textLine('nothing is changed without --execute'));
    return 0;
  }
  await setUp(connection, desired, (text) => context.out(textLine(text)));
  return 0;
};
