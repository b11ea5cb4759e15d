import type { PullRequestOutcome } from '../review/outcome.ts';
import type { Connection } from './connection/connection.ts';
import { GithubFault } from './connection/fault.ts';

/** Labels of ours: one that says the risk, and one beside it; a person's own labels stay. */
export const LABELS = [
  'risk: unknown',
  'risk: guarded',
  'risk: gains',
  'risk: losses only',
  'risk: none',
  'infrastructure',
] as const;

/** One of them. */
export type Label = (typeof LABELS)[number];

/**
 * What a pull request risks, to sort a list by: `guarded` where a guardrail has something to say, whoever approved it.
 * @param infrastructure whether it changes what Terraform reads
 */
export function labelsOf({ change }: PullRequestOutcome, infrastructure: boolean): Label[] {
  return [riskOf(change), ...(infrastructure ? ['infrastructure' as const] : [])];
}

function riskOf(change: PullRequestOutcome['change']): Label {
  if (!change) return 'risk: unknown';
  const { objections, approved, overridden } = change.guarded;
  if (objections.length + approved.length + overridden.length > 0) return 'risk: guarded';
  const some = (of: 'gains' | 'losses' | 'destinations' | 'revocations'): boolean =>
    change.difference.some((one) => one[of].length > 0);
  if (some('gains') || some('destinations')) return 'risk: gains';
  return some('losses') || some('revocations') ? 'risk: losses only' : 'risk: none';
}

/** Makes a pull request have these labels of ours and no other of ours. @throws GithubFault */
export async function putLabels(
  connection: Connection,
  number: number,
  wanted: readonly Label[],
): Promise<void> {
  const at = { ...connection.repository, issue_number: number };
  const all = await connection.ask('list the labels', (octokit) =>
    octokit.paginate(octokit.issues.listLabelsOnIssue, { ...at, per_page: 100 }),
  );
  const has = all.map(({ name }) => name);
  for (const name of LABELS)
    if (has.includes(name) && !wanted.includes(name)) await remove(connection, number, name);
  const missing = wanted.filter((name) => !has.includes(name));
  if (missing.length > 0)
    await connection.ask('add labels', (octokit) => octokit.issues.addLabels({ ...at, labels: missing }));
}

/** Takes a label away; gone already is gone. */
async function remove(connection: Connection, number: number, name: string): Promise<void> {
  try {
    await connection.ask('remove a label', (octokit) =>
      octokit.issues.removeLabel({ ...connection.repository, issue_number: number, name }),
    );
  } catch (error) {
    if (!(error instanceof GithubFault) || error.kind !== 'missing') throw error;
  }
}
