import type { Instant } from '../access/values/time-zone.ts';
import { difference } from '../access/difference.ts';
import type { Override } from '../contract/shapes.ts';
import { byPlace } from '../finding/finding.ts';
import type { Repository } from '../load/repository.ts';
import type { Change, Guardrail, Objection, PullRequestUnderReview } from './change.ts';
import { GUARDRAILS } from './guardrails.ts';
import { newOverrides, passesOver } from './overrides.ts';
import { renamed, renamesBetween } from './renames.ts';

/** What guardrails say of a change. */
export interface GuardOutcome {
  /** What stops a merge, sorted by place. */
  objections: Objection[];
  /** What would, if the owners who are asked had not approved it. */
  approved: Objection[];
  /** What would, if the change did not say why it is right all the same. */
  overridden: { objection: Objection; override: Override }[];
  /** What guardrails that are only observed, as of the base, object to: it stops nothing. */
  observed: Objection[];
}

/**
 * What two repositories and a pull request's facts come to.
 * @param at the present instant, in milliseconds
 */
export function changeOf(
  base: Repository,
  head: Repository,
  pull: PullRequestUnderReview,
  at: Instant,
): Change {
  const renames = renamesBetween(base, head);
  const before = renamed(base, renames);
  return { base: before, head, renames, pull, at, difference: difference(before, head, { at }) };
}

/** Everything that guardrails object to, apart from what the change's own overrides pass over. */
export function guard(change: Change, guardrails: readonly Guardrail[] = GUARDRAILS): GuardOutcome {
  const found = guardrails.flatMap((guardrail) => [...guardrail.check(change)]).sort(byPlace);
  const overrides = newOverrides(change).map(({ override }) => override);
  const observing: readonly string[] = change.base.guardrails?.value.observe ?? [];
  const result: GuardOutcome = { objections: [], approved: [], overridden: [], observed: [] };
  for (const objection of found) {
    const { rule, approvedBy } = objection;
    const override = overrides.find((one) => passesOver(one, objection) && Date.parse(one.until) > change.at);
    if (approvedBy) result.approved.push(objection);
    else if (observing.includes(rule)) result.observed.push(objection);
    else if (override) result.overridden.push({ objection, override });
    else result.objections.push(objection);
  }
  return result;
}
