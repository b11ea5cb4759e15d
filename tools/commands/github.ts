import { fetchPull } from './github/fetch.ts';
import { place } from './github/place.ts';
import { running } from './github/running.ts';
import { setup } from './github/setup.ts';
import { Fault } from '../contract/fault.ts';
import type { Action } from './github/action.ts';
import type { Command } from './shared/command.ts';

const ACTIONS: Readonly<Record<string, Action>> = { setup, fetch: fetchPull, place, running };

/** What workflows and the repository's settings need of GitHub. */
export const github: Command = {
  name: 'github',
  summary: 'Set GitHub up for this repository, or fetch a pull request without checking it out',
  arguments: [
    {
      name: '<action>',
      description:
        'setup: branch rules, merge queue, environments; fetch: a pull request, as objects; place: its YAML, in the working tree; running: whether a workflow is',
    },
  ],
  options: [
    { flags: '--repository <owner/name>', description: 'the repository on GitHub' },
    { flags: '--execute', description: 'setup: change the settings; without, they are only shown' },
    {
      flags: '--reviewers <team>',
      description: 'setup: who is asked before a plan',
      fallback: 'the owner of guardrails.yaml',
    },
    { flags: '--app <id>', description: 'setup: the app whose statuses count', fallback: 'GitHub Actions' },
    { flags: '--pull <number>', description: "fetch: a pull request, or a merge queue's reference" },
    { flags: '--head <revision>', description: 'place: whose YAML' },
    { flags: '--workflow <file>', description: 'running: which workflow' },
  ],
  examples: [
    'npm run github -- setup',
    'npm run github -- setup --repository example/access --execute',
    'npm run github -- fetch --pull 12',
    'npm run github -- running --workflow merge.yml --repository example/access',
  ],
  async run({ arguments: [action = ''], options }, context) {
    const act = ACTIONS[action];
    if (!act)
      throw new Fault(`there is no action ${action}`, `use one of ${Object.keys(ACTIONS).join(', ')}`);
    return act(options, context);
  },
};
