import type { PullRequest } from '../contract/shapes.ts';
import { byPlace } from '../finding/finding.ts';
import { findingOutput } from '../output/findings.ts';
import type { Objection } from '../review/change.ts';
import type { PullRequestOutcome } from '../review/outcome.ts';
import { statusesOf } from './statuses.ts';

/** An objection without what is for sentences about several. */
function bare({ gist: _, instead: __, ...objection }: Objection): Objection {
  return objection;
}

/** A verdict as JSON has it, with its statuses. */
export function verdictJson(verdict: PullRequestOutcome): PullRequest {
  const { base, head, findings, failedTests, change, notes } = verdict;
  const { objections = [], approved = [], overridden = [], observed = [] } = change?.guarded ?? {};
  return {
    ...{ base, head, statuses: statusesOf(verdict), notes: [...notes] },
    findings: [...findings, ...failedTests].sort(byPlace).map(findingOutput),
    objections: objections.map(bare),
    approved: approved.map(bare),
    observed: observed.map(bare),
    overridden: overridden.map(({ objection }) => bare(objection)),
    ...{ renames: [...(change?.renames ?? [])], environments: [...(change?.difference ?? [])] },
  };
}
