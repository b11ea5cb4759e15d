import type { Mutant } from './mutant.ts';

const mutant = (name: string, file: string, from: string, to: string): Mutant => ({
  of: 'merge',
  name,
  file: `tools/${file}`,
  from,
  to,
});

/** Faults of what says whether a pull request may be merged, and of what a merge does about infrastructure. */
export const MERGE_MUTANTS: readonly Mutant[] = [
  mutant(
    "what an author calls a run passes for the queue's reference",
    'commands/github/fetch.ts',
    'inQueue(context) ? queued',
    "!NUMBER.test(pull ?? '') ? queued",
  ),
  mutant(
    'facts are not read again before the verdict is written',
    'commands/pull-request.ts',
    'writes ? await read() : facts',
    'facts',
  ),
  mutant(
    'a verdict is not worked out again from facts that changed',
    'commands/pull-request.ts',
    '    if (isDeepStrictEqual(now, facts)) return',
    '    if (looks > 0) return',
  ),
  mutant(
    'an approval of another commit than the one looked at counts',
    'github/facts.ts',
    'at, commit ?? head, members',
    'at, head, members',
  ),
  mutant('a queue waits for a review', 'github/statuses.ts', 'if (waits && queued)', 'if (false)'),
  mutant(
    'the first environment counts for all in an objection',
    'review/widening.ts',
    'end: [` in ${where(first!)}`, ...last].join',
    'end: [` in ${where(first!)}`].join',
  ),
  mutant(
    'the first gain of an environment counts for all',
    'review/widening.ts',
    'new Set(own.flatMap(peopleOf).sort())',
    'new Set(peopleOf(own[0]!))',
  ),
  mutant(
    'infrastructure that was taken back is forgotten',
    'git/infrastructure.ts',
    "'rev-list', '--first-parent', '--reverse', `${from}..HEAD`",
    "'diff', '--name-only', `${from}..HEAD`",
  ),
  mutant(
    'a history without a record has nothing to do',
    'git/infrastructure.ts',
    "if (from === undefined) return 'unknown';",
    'if (from === undefined) return undefined;',
  ),
  mutant(
    'a delivery goes further than Terraform',
    'commands/github/milestones.ts',
    "found ? `${found.commit}^1` : 'HEAD'",
    "'HEAD'",
  ),
  mutant(
    'a run that ends late takes a record back',
    'commands/github/milestones.ts',
    'if (execute && !passed)',
    'if (execute)',
  ),
  mutant(
    'a record that broke off counts',
    'github/milestones.ts',
    "return statuses.some(({ state }) => state === 'success');",
    'return statuses.length >= 0;',
  ),
  mutant(
    'an override of one thing passes over all of its guardrail',
    'review/overrides.ts',
    'objection.subject === subject || objection.subject.startsWith(`${subject}/`)',
    "objection.subject !== ''",
  ),
  mutant(
    'an override of one guardrail passes over all',
    'review/overrides.ts',
    'if (guardrail !== objection.rule) return false;',
    "if (guardrail === 'trust') return false;",
  ),
  mutant(
    'what is lost with an environment is not guarded where its end is only observed',
    'review/guardrails/mass-losses.ts',
    '!observed.includes(guardrail)',
    "guardrail !== ''",
  ),
  mutant(
    'what is approved stops the merge all the same',
    'review/guard.ts',
    'if (approvedBy) result.approved.push(objection);',
    'if (approvedBy) result.objections.push(objection);',
  ),
  mutant(
    'an author who approves counts',
    'review/approval.ts',
    '!writers.has(login.toLowerCase())',
    "login !== ''",
  ),
];
