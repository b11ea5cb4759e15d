import { textLine } from '../../contract/terminal-text.ts';
import { Fault } from '../../contract/fault.ts';
import { commitOf, findCommit, isAncestor } from '../../git/git.ts';
import { infrastructureSince } from '../../git/infrastructure.ts';
import { lastAt, recordAt, type Milestone } from '../../github/milestones.ts';
import { connectNamed, outputs, pageOfRun } from '../shared/github.ts';
import type { Action } from './action.ts';

/**
 * Whether infrastructure was merged since the last commit whose additions, deliveries and removals all succeeded; where
 * no such commit is known, and where a person started this, it counts as merged. The steps that follow learn it as `changed`, and the `commit` that is
 * checked out.
 */
export const outstanding: Action = async ({ repository }, context) => {
  const complete = await lastAt(await connectNamed(repository, context), 'complete');
  // Who starts a merge by hand wants all of it to be done again.
  const byHand = context.env['GITHUB_EVENT_NAME'] === 'workflow_dispatch';
  const found = byHand ? 'unknown' : await infrastructureSince(context.root, complete);
  const commit = await commitOf(context.root, 'HEAD');
  outputs(context, { changed: String(found !== undefined), commit });
  context.out(textLine(`${outstandingText(complete, found)}`));
  return 0;
};

function outstandingText(
  complete: string | undefined,
  found: Awaited<ReturnType<typeof infrastructureSince>>,
): string {
  if (found === undefined) return `no infrastructure was merged since ${complete}, which is done everywhere`;
  if (found === 'unknown')
    return 'all infrastructure counts as merged: a person asks for it, or no commit of this history is known to be done';
  return `infrastructure was merged by ${found.commit}, since ${complete}, which is done everywhere`;
}

/**
 * The newest commit that waits for no Terraform: what is checked out, or the commit before the first one whose
 * infrastructure nobody has added yet. The steps that follow learn it as `commit`.
 */
export const ready: Action = async ({ repository }, context) => {
  const { root } = context;
  const connection = await connectNamed(repository, context);
  const added = (await lastAt(connection, 'added')) ?? (await lastAt(connection, 'complete'));
  const found = await infrastructureSince(root, added);
  if (found === 'unknown')
    throw new Fault(
      'GitHub has no record of a commit of this history for which Terraform added what it needs',
      'run all jobs of the newest merge again: what it adds is recorded then',
      { status: 1 },
    );
  const commit = await commitOf(root, found ? `${found.commit}^1` : 'HEAD');
  outputs(context, { commit });
  const waits = found ? `: Terraform has not added yet what ${found.commit} needs` : '';
  context.out(textLine(`${commit} is delivered${waits}`));
  return 0;
};

/** Records that a commit, and what is before it, has come so far; one that a newer commit has passed is left out. */
export const record: Action = async ({ milestone, commit, repository, execute }, context) => {
  if (!isMilestone(milestone))
    throw new Fault(`--milestone ${milestone ?? 'is missing'}: no such milestone`, 'use added or complete');
  if (commit === undefined) throw new Fault('which commit?', 'add --commit with a commit of main');
  const reached = await commitOf(context.root, commit);
  const connection = await connectNamed(repository, context);
  const last = await lastAt(connection, milestone);
  const passed = last !== undefined && (await isPassed(context.root, reached, last));
  if (execute && !passed) await recordAt(connection, milestone, reached, pageOfRun(context, connection));
  const says = passed ? `${last} has come further` : execute ? 'recorded' : 'not recorded: add --execute';
  context.out(textLine(`${milestone}: ${reached}: ${says}`));
  return 0;
};

const isMilestone = (text: string | undefined): text is Milestone => text === 'added' || text === 'complete';

async function isPassed(root: string, reached: string, last: string): Promise<boolean> {
  return (await findCommit(root, last)) !== undefined && isAncestor(root, reached, last);
}
