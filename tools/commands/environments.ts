import { jsonText, textLines, type TerminalText } from '../contract/terminal-text.ts';
import { inDeliveryOrder } from '../contract/delivery-order.ts';
import type { Environment, Environments } from '../contract/shapes.ts';
import { environmentsOf } from '../output/environments.ts';
import { command } from './shared/command.ts';
import { outputs } from './shared/github.ts';
import { loadEnvironments } from './shared/load.ts';

/** The environments, in the order in which a merge delivers them. */
export const environments = command({
  name: 'environments',
  summary: 'List the environments in the order in which a merge delivers them',
  options: [{ flags: '--json', description: 'print JSON' }],
  examples: ['npx ztna environments', 'npx ztna environments --json'],
  async run({ options }, context) {
    const repository = await loadEnvironments(context);
    const result = environmentsOf(repository);
    context.out(options.json ? jsonText(result) : textOf(result));
    outputs(context, {
      ids: JSON.stringify(result.environments.map(({ id }) => id)),
      waves: JSON.stringify(wavesOf(result)),
      registries: JSON.stringify(
        registriesOf([...repository.environments.values()].map(({ value }) => value)),
      ),
    });
    return 0;
  },
});

/** The ids of each wave: what a workflow makes jobs of. */
function wavesOf({ environments: all }: Environments): string[][] {
  const count = all.at(-1)?.wave ?? 0;
  return Array.from({ length: count }, (_, index) =>
    all.filter(({ wave }) => wave === index + 1).map(({ id }) => id),
  );
}

/** Where images are pushed: an account has a registry of its own, in its region, and the role that may push to it. */
interface Registry {
  host: string;
  region: string;
  role: string;
}

/** The registries of environments, each once, in the order of delivery: images are built for the first one. */
function registriesOf(environments: readonly Environment[]): Registry[] {
  const byHost = inDeliveryOrder(environments).map(({ account, region }) => ({
    host: `${account}.dkr.ecr.${region}.amazonaws.com`,
    region,
    role: `arn:aws:iam::${account}:role/ztna/ztna-images`,
  }));
  return byHost.filter(({ host }, index) => byHost.findIndex((one) => one.host === host) === index);
}

function textOf({ environments: all }: Environments): TerminalText {
  return textLines(
    all.map(({ id, after, production, wave }) => {
      const words = [production ? 'production' : 'not production'];
      if (after.length > 0) words.push(`after ${after.join(', ')}`);
      return `${wave}. ${id}: ${words.join(', ')}`;
    }),
  );
}
