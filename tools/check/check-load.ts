import { check, countExpectations } from './check.ts';
import type { Rule } from './rule.ts';
import { PARTIAL_RULES, RULES } from './rules.ts';
import { blot } from './common/secrets.ts';
import { byPlace, type Finding } from '../finding/finding.ts';
import type { LoadResult } from '../load/load.ts';
import type { Repository } from '../load/repository.ts';
import { verifyValid, WORKING_TREE } from '../load/valid.ts';

/** What checking a repository came to. */
export interface ValidateSummary {
  findings: readonly Finding[];
  /** How many files were read. */
  files: number;
  /** How many expectations were tested. */
  accessTests: number;
}

/**
 * What is wrong with what was loaded. While a file cannot be used, the rules that speak of what is missing are
 * not asked, as one fault would become many.
 * @param before what the repository was before, where that is known
 */
export function checkLoad(loaded: LoadResult, at: number, before?: Repository): ValidateSummary {
  return summaryOf(loaded, check(loaded.repository, at, rulesFor(loaded), before));
}

/** The same, one rule after the other, so that whoever else waits for this process is served in between. */
export async function checkLoadInSlices(
  loaded: LoadResult,
  at: number,
  pause: () => Promise<unknown>,
): Promise<ValidateSummary> {
  const found: Finding[] = [];
  for (const rule of rulesFor(loaded)) {
    found.push(...check(loaded.repository, at, [rule]));
    await pause();
  }
  return summaryOf(loaded, found);
}

function rulesFor(loaded: LoadResult): readonly Rule[] {
  return isPartial(loaded) ? PARTIAL_RULES : RULES;
}

function summaryOf(loaded: LoadResult, found: readonly Finding[]): ValidateSummary {
  const { repository, findings, texts } = loaded;
  const all = [...findings, ...found].map(withoutSecrets).sort(byPlace);
  const accessTests = isPartial(loaded) ? 0 : countExpectations(repository);
  return { findings: all, files: texts.size, accessTests };
}

/** A working tree's repository, free of errors in files, rules and access tests. @throws Fault with status 1 */
export function checkedRepository(loaded: LoadResult, at: number): Repository {
  verifyValid(checkLoad(loaded, at).findings, WORKING_TREE);
  return loaded.repository;
}

/** Whether some finding would say more if it were known what the repository was before. */
export function wantsBefore({ findings }: ValidateSummary): boolean {
  return RULES.some(({ id, compares }) => compares && findings.some(({ rule }) => rule === id));
}

/** Whether there are files that could not be used. */
export function isPartial({ findings }: LoadResult): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** A finding repeats what it found; a secret must not get into a log that way. */
function withoutSecrets({ fix, ...finding }: Finding): Finding {
  const entries = Object.entries(finding).map(([key, value]) => [
    key,
    typeof value === 'string' ? blot(value) : value,
  ]);
  const shows = fix?.every(({ text }) => blot(text) === text);
  return { ...(Object.fromEntries(entries) as Finding), ...(shows && { fix }) };
}
