import { Fault } from '../contract/fault.ts';
import { jsonText, textLine } from '../contract/terminal-text.ts';
import { inDeliveryOrder } from '../contract/delivery-order.ts';
import { didYouMean } from '../finding/nearest.ts';
import { loadValid } from '../load/load.ts';
import { drillStepText, drillText } from '../output/drill.ts';
import { DRILLS } from './drill/drills.ts';
import { type DrillName, play } from './drill/play.ts';
import { command } from './shared/command.ts';
import { environmentOf } from './shared/environment.ts';

const NAMES = Object.keys(DRILLS);

/** What the runbook says of a disaster, done on a copy of the company. */
export const drill = command({
  name: 'drill',
  summary: 'Play a disaster on a copy of the company, do what the runbook says, and measure access meanwhile',
  arguments: [{ name: '<disaster>', description: NAMES.join(', ') }],
  options: [
    { flags: '--env <id>', description: 'the environment', fallback: 'the first that a merge delivers' },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npx ztna drill store-lost', 'npx ztna drill github-away --env prod --json'],
  async run({ arguments: [name], options }, context) {
    if (!isDrill(name))
      throw new Fault(
        `there is no drill ${name}`,
        didYouMean(name, NAMES, `use one of: ${NAMES.join(', ')}`),
      );
    const { repository } = await loadValid(context.root);
    const first = inDeliveryOrder([...repository.environments.values()].map(({ value }) => value))[0]?.id;
    const { id } = environmentOf(repository, options.env ?? first).value;
    const { out, err } = context;
    err(textLine(`${name} in ${id}, on a copy, with an embedded store of its own`));
    const report = await play(name, id, context, (step) => err(drillStepText(step)));
    out(options.json ? jsonText(report) : drillText(report));
    return 0;
  },
});

const isDrill = (name: string): name is DrillName => NAMES.includes(name);
