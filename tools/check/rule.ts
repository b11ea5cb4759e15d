import type { Instant } from '../access/values/time-zone.ts';
import type { Finding, Severity } from '../finding/finding.ts';
import type { ValueEdit, RepositoryFile, Path, Repository } from '../load/repository.ts';

/** One check of the repository. */
export interface Rule {
  /** Its name in findings. */
  id: string;
  /** `Ensure ...` in one sentence. */
  says: string;
  /** What goes wrong without it. */
  why: string;
  /**
   * Whether it speaks of what is not there. It then waits until every file can be read: a service whose file is
   * broken is not missing, and one fault must not become ten.
   */
  whole?: true;
  /** Whether it says more where it is known what the repository was before. */
  compares?: true;
  /**
   * Everything in a repository that breaks it; `at` is the present instant, in milliseconds. What it was before, where
   * that is known, decides no finding: only whom it blames, and what is to be done.
   */
  check(repository: Repository, at: Instant, before?: Repository): Iterable<Finding>;
}

/** What a finding says, without where. */
export type FindingWords = Pick<Finding, 'message' | 'expected' | 'found' | 'remedy'> & {
  severity?: Severity;
  /** What does all that is to be done, where only one thing can be meant. */
  edits?: readonly ValueEdit[];
};

/** A rule's finding at a path in a file; an error unless the words say otherwise. */
export function finding(
  rule: string,
  file: RepositoryFile<unknown>,
  path: Path,
  { edits, ...words }: FindingWords,
  target: 'value' | 'key' = 'value',
): Finding {
  const fix = edits && file.fix?.(edits);
  return { rule, severity: 'error', ...file.place(path, target), ...words, ...(fix && { fix }) };
}

/** A finding that does not stop a merge. */
export function warning(...[rule, file, path, words, target]: Parameters<typeof finding>): Finding {
  return finding(rule, file, path, { severity: 'warning', ...words }, target);
}
