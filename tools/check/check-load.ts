import { check, countExpectations } from './check.ts';
import { PARTIAL_RULES, RULES } from './rules.ts';
import { blot } from './secrets.ts';
import { byPlace, type Finding } from '../finding/finding.ts';
import type { LoadResult } from '../load/load.ts';
import type { ValidateSummary } from '../output/findings.ts';

/**
 * What is wrong with what was loaded. While a file cannot be used, the rules that speak of what is missing are
 * not asked, as one fault would become many.
 */
export function checkLoad(loaded: LoadResult, at: number): ValidateSummary {
  const { repository, findings, texts } = loaded;
  const rules = isPartial(loaded) ? PARTIAL_RULES : RULES;
  const all = [...findings, ...check(repository, at, rules)].map(withoutSecrets).sort(byPlace);
  const accessTests = isPartial(loaded) ? 0 : countExpectations(repository);
  return { findings: all, files: texts.size, accessTests };
}

/** Whether there are files that could not be used. */
export function isPartial({ findings }: LoadResult): boolean {
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
