import { jsonText, textLine, type TerminalText } from '../contract/terminal-text.ts';
import { RULES } from '../check/rules.ts';
import { blot } from '../check/common/secrets.ts';
import { codeownersFindings } from '../check/codeowners.ts';
import { byPlace, count, type Finding } from '../finding/finding.ts';
import { commitOf } from '../git/git.ts';
import { codeownersOf, readCodeowners } from '../load/codeowners.ts';
import type { Cache } from '../load/cache.ts';
import { loadRevision, loadWorkingTree, type LoadResult } from '../load/load.ts';
import { findingsGithub, findingsJson, findingsText } from '../output/findings.ts';
import { findingsSarif } from '../output/sarif.ts';
import { checkLoad, isPartial, wantsBefore, type ValidateSummary } from '../check/check-load.ts';
import { Fault } from '../contract/fault.ts';
import { baseOf } from '../git/base.ts';
import type { Repository } from '../load/repository.ts';
import { command, type Context } from './shared/command.ts';
import { cacheIn } from './shared/load.ts';

/** Checks everything about the repository that can be checked without anything else. */
export const validate = command({
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
    { flags: '--no-cache', description: 'read every file anew' },
  ],
  examples: [
    'npx ztna validate',
    'npx ztna validate --revision HEAD~1 --json',
    'npx ztna validate --format sarif > findings.sarif',
  ],
  async run({ options }, context) {
    const revision = options.revision;
    const cache = options.cache === false ? undefined : cacheIn(context);
    const loading =
      revision === undefined ? loadWorkingTree(context.root, cache) : loadRevision(context.root, revision);
    const loaded = await loading;
    const checked = withOwners(
      await checkWithBase(loaded, context.now().getTime(), () =>
        repositoryBefore(context.root, revision, cache),
      ),
      await ownersFindings(loaded, context, revision),
    );
    if (isPartial(loaded)) context.err(textLine(`${PARTIAL}`));
    const format = options.json ? 'json' : (options.format ?? 'text');
    context.out(printed(checked, format, loaded.texts, context));
    return count(checked.findings).errors > 0 ? 1 : 0;
  },
});

/**
 * What is wrong with what was loaded. What it was where this work parted from the main branch is read where a finding
 * would say more with it: who is new, and what was renamed.
 */
export async function checkWithBase(
  loaded: LoadResult,
  at: number,
  read: () => Promise<Repository | undefined>,
): Promise<ValidateSummary> {
  const checked = checkLoad(loaded, at);
  const before = wantsBefore(checked) ? await read() : undefined;
  return before ? checkLoad(loaded, at, before) : checked;
}

/** The repository where this work parted from the main branch; undefined where git has none, or is none. */
export async function repositoryBefore(
  root: string,
  revision = 'HEAD',
  cache?: Cache,
): Promise<Repository | undefined> {
  try {
    const { commit } = await baseOf(root, revision);
    return (await loadRevision(root, commit, cache)).repository;
  } catch (error) {
    // It gives words alone: without it everything that is wrong is found.
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

/** What is wrong with CODEOWNERS; nothing while a file cannot be used, whose owner is then not known. */
export async function ownersFindings(
  loaded: LoadResult,
  { root }: Pick<Context, 'root'>,
  revision?: string,
): Promise<Finding[]> {
  if (isPartial(loaded)) return [];
  const text =
    revision === undefined ? readCodeowners(root) : await codeownersOf(root, await commitOf(root, revision));
  return codeownersFindings(loaded.repository, text, false);
}

function withOwners(checked: ValidateSummary, findings: readonly Finding[]): ValidateSummary {
  return { ...checked, findings: [...checked.findings, ...findings].sort(byPlace) };
}

const PARTIAL = 'some files cannot be used: rules and tests that need every file wait until they are fixed';

function printed(
  checked: ValidateSummary,
  format: string,
  texts: LoadResult['texts'],
  { terminal }: Context,
): TerminalText {
  if (format === 'json') return jsonText(findingsJson(checked));
  if (format === 'sarif') return jsonText(findingsSarif(checked, RULES), 2);
  if (format === 'github') return findingsGithub(checked);
  return findingsText(checked, terminal ? framed(checked, texts) : undefined);
}

/** The texts that code frames are drawn of, without secrets. */
export function framed(
  { findings }: ValidateSummary,
  texts: LoadResult['texts'],
): ReadonlyMap<string, string> {
  const files = [...new Set(findings.map(({ file }) => file))].filter((file) => texts.has(file));
  return new Map(files.map((file) => [file, blot(texts.get(file)!)]));
}
