import type { Instant } from '../access/values/time-zone.ts';
import { byPlace, type Finding } from '../finding/finding.ts';
import type { Repository } from '../load/repository.ts';
import type { Rule } from './rule.ts';
import { RULES } from './rules.ts';

/**
 * Everything that is wrong with a repository, or worth saying, sorted by place.
 * @param at the present instant, in milliseconds: what has expired by then is said
 * @param before what it was before, where that is known
 */
export function check(
  repository: Repository,
  at: Instant,
  rules: readonly Rule[] = RULES,
  before?: Repository,
): Finding[] {
  return rules.flatMap((rule) => [...rule.check(repository, at, before)]).sort(byPlace);
}

/** How many expectations the repository's access tests have. */
export function countExpectations({ tests }: Repository): number {
  return [...tests.values()].reduce((sum, { value }) => sum + value.expect.length, 0);
}
