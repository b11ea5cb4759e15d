import { textLine } from '../contract/terminal-text.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODEOWNERS, codeownersText } from '../check/codeowners.ts';
import { readCodeowners } from '../load/codeowners.ts';
import { Fault } from '../contract/fault.ts';
import { loadValid } from '../load/load.ts';
import { command } from './shared/command.ts';

/** Writes CODEOWNERS as the data has it. */
export const codeowners = command({
  name: 'codeowners',
  summary: 'Write CODEOWNERS: who owns which file, as services, groups and guardrails.yaml say',
  examples: ['npx ztna codeowners'],
  async run(_, context) {
    const { repository } = await loadValid(context.root);
    const text = codeownersText(repository);
    if (text === undefined)
      throw new Fault('no file says whose repository this is', 'add policies/guardrails.yaml', { status: 1 });
    const same = readCodeowners(context.root) === text;
    if (!same) writeFileSync(join(context.root, CODEOWNERS), text);
    context.out(textLine(`${CODEOWNERS} ${same ? 'is up to date' : 'is written'}`));
    return 0;
  },
});
