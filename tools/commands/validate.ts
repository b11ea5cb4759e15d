import { check, countExpectations } from '../check/check.ts';
import { PARTIAL_RULES, RULES } from '../check/rules.ts';
import { blot } from '../check/secrets.ts';
import { byPlace, count, type Finding } from '../finding/finding.ts';
import { loadRevision, loadWorkingTree, type LoadResult } from '../load/load.ts';
import { findingsGithub, findingsJson, findingsText, type Checked } from '../output/findings.ts';
import { findingsSarif } from '../output/sarif.ts';
import type { Command, Context } from './command.ts';
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
      choices: ['text', 'github', 'sarif', 'json'],
      fallback: 'text',
    },
    { flags: '--json', description: 'the same as --format json' },
  ],
  examples: [
    'npm run validate',
    'npm run validate -- --revision HEAD~1 --json',
    'npm run --silent validate -- --format sarif > findings.sarif',
  ],
  async run({ options }, context) {
    const revision = options['revision'] as string | undefined;
    const loading =
      revision === undefined ? loadWorkingTree(context.root) : loadRevision(context.root, revision);
    const loaded = await loading.catch(refuseGit);
    const checked = checkLoaded(loaded, context.now().getTime());
    if (isPartial(loaded)) context.err(`${PARTIAL}\n`);
    const format = options['json'] ? 'json' : (options['format'] ?? 'text');
    context.out(printed(checked, String(format), loaded.texts, context));
    return count(checked.findings).errors > 0 ? 1 : 0;
  },
};

const PARTIAL = 'some files cannot be used: rules and tests that need every file wait until they are mended';

/**
 * What is wrong with what was loaded. While a file cannot be used, the rules that speak of what is missing are
 * not asked, as one fault would become many.
 */
export function checkLoaded(loaded: LoadResult, at: number): Checked {
  const { repository, findings, texts } = loaded;
  const rules = isPartial(loaded) ? PARTIAL_RULES : RULES;
  const all = [...findings, ...check(repository, at, rules)].map(withoutSecrets).sort(byPlace);
  const accessTests = isPartial(loaded) ? 0 : countExpectations(repository);
  return { findings: all, files: texts.size, accessTests };
}

/** Whether there are files that could not be used. */
function isPartial({ findings }: LoadResult): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** A finding repeats what it found; a secret must not get into a log that way. */
function withoutSecrets(finding: Finding): Finding {
  const entries = Object.entries(finding).map(([key, value]) => [
    key,
    typeof value === 'string' ? blot(value) : value,
  ]);
  return Object.fromEntries(entries) as Finding;
}

function printed(
  checked: Checked,
  format: string,
  texts: LoadResult['texts'],
  { terminal }: Context,
): string {
  if (format === 'json') return `${JSON.stringify(findingsJson(checked))}\n`;
  if (format === 'sarif') return `${JSON.stringify(findingsSarif(checked, RULES), null, 2)}\n`;
  if (format === 'github') return findingsGithub(checked);
  return findingsText(checked, terminal ? framed(checked, texts) : undefined);
}

/** The texts that code frames are drawn of, without secrets. */
export function framed({ findings }: Checked, texts: LoadResult['texts']): ReadonlyMap<string, string> {
  const files = [...new Set(findings.map(({ file }) => file))].filter((file) => texts.has(file));
  return new Map(files.map((file) => [file, blot(texts.get(file)!)]));
}
