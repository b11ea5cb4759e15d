import { check, countExpectations } from '../check/check.ts';
import { byPlace, count } from '../finding/finding.ts';
import { loadRevision, loadWorkingTree } from '../load/load.ts';
import { findingsGithub, findingsJson, findingsText, type Checked } from '../output/findings.ts';
import type { Command } from './command.ts';
import { refuseGit } from './loading.ts';

/** Checks everything about the repository that can be checked without anything else. */
export const validate: Command = {
  name: 'validate',
  summary: 'Check every file, every rule and every access test',
  options: [
    { flags: '--revision <revision>', description: 'check this git revision instead of the working tree' },
    {
      flags: '--format <format>',
      description: 'how to print it',
      choices: ['text', 'github', 'json'],
      fallback: 'text',
    },
    { flags: '--json', description: 'the same as --format json' },
  ],
  examples: ['npm run validate', 'npm run validate -- --revision HEAD~1 --json'],
  async run({ options }, context) {
    const revision = options['revision'] as string | undefined;
    const loading =
      revision === undefined ? loadWorkingTree(context.root) : loadRevision(context.root, revision);
    const { repository, findings, texts } = await loading.catch(refuseGit);
    const all = [...findings, ...check(repository, context.now().getTime())].sort(byPlace);
    const checked: Checked = { findings: all, files: texts.size, accessTests: countExpectations(repository) };
    const format = options['json'] ? 'json' : (options['format'] ?? 'text');
    if (format === 'json') context.out(`${JSON.stringify(findingsJson(checked))}\n`);
    else if (format === 'github') context.out(findingsGithub(checked));
    else context.out(findingsText(checked, context.terminal ? texts : undefined));
    return count(all).errors > 0 ? 1 : 0;
  },
};
