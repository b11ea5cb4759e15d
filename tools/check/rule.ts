import type { Instant } from '../access/clock.ts';
import type { Finding, Severity } from '../finding/finding.ts';
import type { Loaded, Path, Repository } from '../load/repository.ts';

/** One check of the repository. */
export interface Rule {
  /** Its name in findings. */
  id: string;
  /** `Ensure ...` in one sentence. */
  says: string;
  /** What goes wrong without it. */
  why: string;
  /** Everything in a repository that breaks it; `at` is the present instant, in milliseconds. */
  check(repository: Repository, at: Instant): Iterable<Finding>;
}

/** What a finding says, without where. */
export type Words = Pick<Finding, 'message' | 'expected' | 'found' | 'remedy'> & { severity?: Severity };

/** A rule's finding at a path in a file; an error unless the words say otherwise. */
export function finding(
  rule: string,
  file: Loaded<unknown>,
  path: Path,
  words: Words,
  target: 'value' | 'key' = 'value',
): Finding {
  return { rule, severity: 'error', ...file.place(path, target), ...words };
}
