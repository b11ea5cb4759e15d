import type { PullRequest } from '../contract/shapes.ts';
import { byPlace } from '../finding/finding.ts';
import { findingOutput } from '../output/findings.ts';
import type { PullRequestOutcome } from '../review/outcome.ts';
import { statusesOf } from './statuses.ts';

/** A verdict as JSON has it, with its statuses. */
export function verdictJson(verdict: PullRequestOutcome): PullRequest {
  const { base, head, findings, failedTests, change, notes } = verdict;
  const { objections = [], overridden = [], observed = [] } = change?.guarded ?? {};
  return {
    ...{ base, head, statuses: statusesOf(verdict), notes: [...notes] },
    findings: [...findings, ...failedTests].sort(byPlace).map(findingOutput),
    ...{ objections, observed, overridden: overridden.map(({ objection }) => objection) },
    ...{ renames: [...(change?.renames ?? [])], environments: [...(change?.difference ?? [])] },
  };
}
