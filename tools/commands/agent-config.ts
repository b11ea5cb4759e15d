import { jsonText } from '../contract/terminal-text.ts';
import { agentConfigOf } from '../bundle/agent-config.ts';
import { loadValid } from '../load/load.ts';
import { command } from './shared/command.ts';
import { ENV, environmentOf } from './shared/environment.ts';
import { noteUnknown, principalNamed } from './shared/names.ts';

/** What a person's or a machine's agent reads with `--config`. */
export const agentConfig = command({
  name: 'agent-config',
  summary: "Print the configuration of a principal's agent: intermediates, and services it could ever reach",
  arguments: [{ name: '<principal>', description: 'whose agent it is, such as alice@example.com' }],
  options: [ENV, { flags: '--all', description: 'list every service of the environment' }],
  examples: [
    'npx ztna agent-config alice@example.com --env prod > agent.json',
    'npx ztna agent-config ci-builds --env prod --all',
  ],
  async run({ arguments: [principal], options }, context) {
    const { repository } = await loadValid(context.root);
    const { value } = environmentOf(repository, options.env);
    noteUnknown(repository, principalNamed(repository, principal), context);
    const from = options.all ? undefined : context.now().getTime();
    const config = agentConfigOf(repository, value.id, principal, from);
    context.out(jsonText(config, 2));
    return 0;
  },
});
