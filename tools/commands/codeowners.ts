import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODEOWNERS, codeownersText } from '../check/codeowners.ts';
import { readCodeowners } from '../load/codeowners.ts';
import { type Command, Refusal } from './shared/command.ts';
import { loadOrRefuse } from './shared/load.ts';

/** Writes CODEOWNERS as the data has it. */
export const codeowners: Command = {
  name: 'codeowners',
  summary: 'Write CODEOWNERS: who owns which file, as services, groups and guardrails.yaml say',
  examples: ['npm run codeowners'],
  async run(_, context) {
    const { repository } = await loadOrRefuse(context);
    const text = codeownersText(repository);
    if (text === undefined)
      throw new Refusal('no file says whose repository this is', 'add policies/guardrails.yaml', 1);
    const same = readCodeowners(context.root) === text;
    if (!same) writeFileSync(join(context.root, CODEOWNERS), text);
    context.out(`${CODEOWNERS} ${same ? 'is up to date' : 'is written'}\n`);
    return 0;
  },
};
