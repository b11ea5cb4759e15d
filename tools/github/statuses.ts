import type { EnvironmentDifference } from '../contract/shapes.ts';
import { count } from '../finding/finding.ts';
import { say, type Sentence } from '../contract/sentence.ts';
import { accessOf, summaryOf } from '../output/difference.ts';
import { isChange, togetherOf } from '../output/alike.ts';
import { summary as findingsSummary } from '../output/findings.ts';
import { plain } from '../output/media/text.ts';
import { conjunction, namesOf, plural } from '../output/words.ts';
import { wantedOf, type PullRequestOutcome } from '../review/outcome.ts';

/** One commit status: what branch protection asks for. */
export interface CommitStatusToPost {
  context: 'policy/check' | 'policy/tests' | 'policy/guardrails' | 'policy/access';
  state: 'success' | 'failure' | 'pending' | 'error';
  description: string;
}

/** Characters of a status's description that GitHub takes (REST API, Create a commit status, a deployment status). */
const DESCRIPTION = 140;

/** The four statuses of a verdict. */
export function statusesOf(verdict: PullRequestOutcome): CommitStatusToPost[] {
  return [checkStatus(verdict), testsStatus(verdict), guardrailsStatus(verdict), accessStatus(verdict)].map(
    (status) => ({ ...status, description: shortened(status.description) }),
  );
}

function checkStatus({ findings, files, accessTests }: PullRequestOutcome): CommitStatusToPost {
  const state = count(findings).errors > 0 ? 'failure' : 'success';
  return { context: 'policy/check', state, description: findingsSummary({ findings, files, accessTests }) };
}

function testsStatus({ change, obstacle, failedTests, accessTests }: PullRequestOutcome): CommitStatusToPost {
  const context = 'policy/tests';
  if (!change) return { context, state: 'error', description: unseen(obstacle) };
  if (failedTests.length === 0)
    return { context, state: 'success', description: `${plural(accessTests, 'access test')}: all hold` };
  const fail = plural(failedTests.length, 'answer is', 'answers are');
  return {
    context,
    state: 'failure',
    description: `${plural(accessTests, 'access test')}: ${fail} not as expected`,
  };
}

function guardrailsStatus({ change, obstacle, queued }: PullRequestOutcome): CommitStatusToPost {
  const context = 'policy/guardrails';
  if (!change) return { context, state: 'error', description: unseen(obstacle) };
  const { objections, overridden, observed } = change.guarded;
  const passed = [
    overridden.length > 0 ? `, ${overridden.length} overridden` : '',
    observed.length > 0 ? `, ${observed.length} only observed` : '',
  ].join('');
  if (objections.length === 0) return { context, state: 'success', description: `no objections${passed}` };
  const wanted = plain(conjunction(namesOf(wantedOf(objections))));
  const waits = objections.every(({ needs }) => needs !== undefined);
  // A queue waits for its statuses, and holds up everybody: what is not approved leaves it at once.
  if (waits && queued)
    return {
      context,
      state: 'failure',
      description: `is not approved by ${wanted}, as it must be in a queue${passed}`,
    };
  if (waits) return { context, state: 'pending', description: `waits for a review by ${wanted}${passed}` };
  const also = wanted && `; wants a review by ${wanted}`;
  return {
    context,
    state: 'failure',
    description: `${plural(objections.length, 'objection')}${passed}${also}`,
  };
}

function accessStatus({ change, obstacle }: PullRequestOutcome): CommitStatusToPost {
  const context = 'policy/access';
  if (!change) return { context, state: 'error', description: unseen(obstacle) };
  return { context, state: 'success', description: plain(briefAccess(change.difference)) };
}

/** Who gains and loses in each environment; where that is more than GitHub takes, in all of them together. */
function briefAccess(difference: readonly EnvironmentDifference[]): Sentence {
  const whole = accessOf(difference);
  const changing = difference.filter(isChange);
  if (plain(whole).length <= DESCRIPTION) return whole;
  return say`${plural(changing.length, 'environment')}: ${summaryOf(togetherOf(changing))}`;
}

const unseen = (obstacle: string | undefined): string =>
  `not looked at: ${obstacle ?? 'the files have errors'}`;

/** A description of a status, cut where GitHub would refuse it. */
export function shortened(text: string): string {
  return text.length <= DESCRIPTION ? text : `${text.slice(0, DESCRIPTION - 3)}...`;
}
