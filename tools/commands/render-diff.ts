import { instantText } from '../access/values/time-zone.ts';
import { difference } from '../access/difference.ts';
import type { Difference } from '../contract/shapes.ts';
import { type Base, baseOf } from '../git/base.ts';
import { commitOf } from '../git/git.ts';
import { differenceMarkdown, differenceText } from '../output/difference.ts';
import { horizonOption, instantOption } from './shared/values.ts';
import { Refusal, type Command } from './shared/command.ts';
import { loadOrRefuse, refuseGit } from './shared/load.ts';

/** Who gains and who loses access between two states of the repository. */
export const renderDiff: Command = {
  name: 'render-diff',
  summary: 'Show exactly who gains and who loses access, and what leads elsewhere',
  options: [
    {
      flags: '--base <revision>',
      description: 'compare with this revision',
      fallback: 'where the work parted from main',
    },
    { flags: '--head <revision>', description: 'compare this revision instead of the working tree' },
    { flags: '--env <id>', description: 'only this environment' },
    { flags: '--at <instant>', description: 'look from this instant on', fallback: 'now' },
    { flags: '--days <number>', description: 'look only so many days ahead', fallback: 'without end' },
    {
      flags: '--format <format>',
      description: 'how to print it',
      choices: ['text', 'markdown', 'json'],
      fallback: 'text',
    },
    { flags: '--json', description: 'the same as --format json' },
  ],
  examples: ['npm run render-diff', 'npm run render-diff -- --base HEAD~1 --head HEAD --format markdown'],
  async run({ options }, context) {
    const head = options['head'] as string | undefined;
    const asked = options['base'] as string | undefined;
    const { commit: base, found } = await comparedWith(context.root, asked, head ?? 'HEAD').catch(refuseGit);
    const before = await loadOrRefuse(context, base);
    const after = await loadOrRefuse(context, head);
    const at = instantOption(options['at'], context.now());
    const to = horizonOption(options['days'], at);
    const all = difference(before.repository, after.repository, { at, ...(to && { to }) });
    const environments = options['env'] === undefined ? all : [onlyOf(all, String(options['env']))];
    const times = { at: instantText(at), ...(to && { horizon: instantText(to) }) };
    const result: Difference = { before: base, after: head ?? 'working tree', ...times, environments };
    const format = options['json'] ? 'json' : String(options['format'] ?? 'text');
    const compared = `${head ?? 'the working tree'} compared with ${base.slice(0, 12)}, ${found}`;
    // JSON says it as `before`, and stays JSON alone.
    if (format === 'json') context.err(`${compared}\n`);
    else context.out(format === 'markdown' ? `_${compared}_\n\n` : `${compared}\n`);
    context.out(printed(result, format));
    return 0;
  },
};

/** The difference in one environment, which the base or the head has. */
function onlyOf(all: Difference['environments'], id: string): Difference['environments'][number] {
  const one = all.find(({ environment }) => environment === id);
  if (one) return one;
  const known = all.map(({ environment }) => environment).join(', ');
  throw new Refusal(`there is no environment ${id}`, `use one of: ${known}`);
}

function printed(result: Difference, format: string): string {
  if (format === 'json') return `${JSON.stringify(result)}\n`;
  return format === 'markdown' ? differenceMarkdown(result) : differenceText(result);
}

/** What to compare with: the revision asked for, else where this work parted from the main branch. */
async function comparedWith(root: string, asked: string | undefined, head: string): Promise<Base> {
  return asked === undefined ? baseOf(root, head) : { commit: await commitOf(root, asked), found: asked };
}
