import { jsonText, textBlock, textLine, textLines, type TerminalText } from '../contract/terminal-text.ts';
import { instantText } from '../access/values/time-zone.ts';
import { difference } from '../access/difference.ts';
import type { Difference } from '../contract/shapes.ts';
import { didYouMean } from '../finding/nearest.ts';
import { type Base, baseOf } from '../git/base.ts';
import { commitOf } from '../git/git.ts';
import type { Detail } from '../output/words.ts';
import { differenceMarkdown, differenceText } from '../output/difference.ts';
import { horizonOption, instantOption } from './shared/values.ts';
import { Fault } from '../contract/fault.ts';
import { command } from './shared/command.ts';
import { cacheIn, noteLeftOut } from './shared/load.ts';
import { loadSides } from '../load/load.ts';
import { verifyValid, WORKING_TREE } from '../load/valid.ts';

/** Who gains and who loses access between two states of the repository. */
export const renderDiff = command({
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
    { flags: '--full', description: 'name everybody, every service, condition and line' },
    { flags: '--json', description: 'the same as --format json' },
  ],
  examples: ['npx ztna render-diff', 'npx ztna render-diff --base HEAD~1 --head HEAD --format markdown'],
  async run({ options }, context) {
    const { root, now, out, err } = context;
    const { head, env, format = 'text', json, full } = options;
    const { commit: base, found } = await comparedWith(root, options.base, head ?? 'HEAD');
    const { before, after } = await loadSides(root, { base, head }, cacheIn(context));
    noteLeftOut(before, base, context);
    verifyValid(after.findings, head === undefined ? WORKING_TREE : `revision ${head.slice(0, 12)}`);
    const at = instantOption(options.at, now());
    const to = horizonOption(options.days, at);
    const all = difference(before.repository, after.repository, { at, ...(to && { to }) });
    const environments = env === undefined ? all : [onlyOf(all, env)];
    const times = { at: instantText(at), ...(to && { horizon: instantText(to) }) };
    const result: Difference = { before: base, after: head ?? 'working tree', ...times, environments };
    const until = to ? `; only until ${instantText(to)}: what changes later is left out` : '';
    const compared = `${head ?? 'the working tree'} compared with ${base.slice(0, 12)}, ${found}${until}`;
    const shape = json ? 'json' : format;
    // JSON says it as `before`, and stays JSON alone.
    if (shape === 'json') err(textLine(`${compared}`));
    else out(textLines(shape === 'markdown' ? [`_${compared}_`, ''] : [compared]));
    out(printed(result, shape, full ? 'full' : 'short'));
    return 0;
  },
});

/** The difference in one environment, which the base or the head has. */
function onlyOf(all: Difference['environments'], id: string): Difference['environments'][number] {
  const one = all.find(({ environment }) => environment === id);
  if (one) return one;
  const known = all.map(({ environment }) => environment);
  const remedy = didYouMean(id, known, `use one of: ${known.join(', ')}`);
  throw new Fault(`there is no environment ${id}`, remedy);
}

function printed(result: Difference, format: string, detail: Detail): TerminalText {
  if (format === 'json') return jsonText(result);
  return format === 'markdown'
    ? textBlock(differenceMarkdown(result, detail))
    : differenceText(result, detail);
}

/** What to compare with: the revision asked for, else where this work parted from the main branch. */
async function comparedWith(root: string, asked: string | undefined, head: string): Promise<Base> {
  return asked === undefined ? baseOf(root, head) : { commit: await commitOf(root, asked), found: asked };
}
