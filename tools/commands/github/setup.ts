import { textBlock, textLine } from '../../contract/terminal-text.ts';
import { inDeliveryOrder } from '../../contract/delivery-order.ts';
import { setUp } from '../../github/setup.ts';
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
  const desired = settingsOf({
    environments: inDeliveryOrder([...repository.environments.values()].map(({ value }) => value)),
    reviewers,
    app: numberOption(options.app, GITHUB_ACTIONS, '--app'),
  });
  context.out(textBlock(setupText(desired)));
  if (!options.execute) {
    context.err(textLine('nothing is changed without --execute'));
    return 0;
  }
  await setUp(connectNamed(options.repository, context), desired, (text) => context.out(textLine(`${text}`)));
  return 0;
};
