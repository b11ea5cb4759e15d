import { fetchPull } from './github/fetch.ts';
import { outstanding, ready, record } from './github/milestones.ts';
import { place } from './github/place.ts';
import { planned, touched } from './github/plans.ts';
import { running } from './github/running.ts';
import { setup } from './github/setup.ts';
import { Fault } from '../contract/fault.ts';
import { type Action, GITHUB_OPTIONS } from './github/action.ts';
import { command } from './shared/command.ts';

const ACTIONS: Readonly<Record<string, Action>> = {
  setup,
  fetch: fetchPull,
  place,
  running,
  outstanding,
  ready,
  record,
  touched,
  planned,
};

/** What workflows and the repository's settings need of GitHub. */
export const github = command({
  name: 'github',
  summary: 'Set GitHub up for this repository, or fetch a pull request without checking it out',
  arguments: [
    {
      name: '<action>',
      description:
        'setup: branch rules, merge queue, environments; fetch: a pull request, as objects; place: its YAML, in the working tree; running: whether a workflow is; outstanding: whether Terraform has something to do; ready: the newest commit that waits for no Terraform; record: how far a merge has come; touched: which environments a pull request changes; planned: what a plan came to',
    },
  ],
  options: GITHUB_OPTIONS,
  examples: [
    'npx ztna github setup',
    'npx ztna github setup --repository example/access --execute',
    'npx ztna github fetch --pull 12',
    'npx ztna github running --workflow merge.yml --repository example/access',
  ],
  async run({ arguments: [action = ''], options }, context) {
    const act = ACTIONS[action];
    if (!act)
      throw new Fault(`there is no action ${action}`, `use one of ${Object.keys(ACTIONS).join(', ')}`);
    return act(options, context);
  },
});
