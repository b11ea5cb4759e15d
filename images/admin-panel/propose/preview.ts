import { createHash } from 'node:crypto';
import { Fault } from '../../../tools/contract/fault.ts';
import type { ProposalPreview, ProposedChange } from '../../../tools/contract/shapes.ts';
import { count } from '../../../tools/finding/finding.ts';
import { contentsOf } from '../../../tools/git/objects.ts';
import { verdictJson } from '../../../tools/github/verdict-json.ts';
import { changed, planChange, type ChangePlan } from '../../../tools/propose/change.ts';
import type { Proposer, Proposal, ProposedFile } from '../../../tools/propose/proposal.ts';
import { planRevert, revertProposal } from '../../../tools/propose/revert.ts';
import type { PullRequestOutcome } from '../../../tools/review/outcome.ts';
import { verdictOf } from '../../../tools/review/verdict.ts';
import type { EnvironmentView } from '../model/view.ts';
import { approversOf } from './approvers.ts';
import type { ProposalBase } from './base.ts';

/** A proposal as it would be opened, and what it would do. */
export interface PlannedProposal {
  proposal: Proposal;
  preview: ProposalPreview;
}

/**
 * Works out what a change would do, before anything is opened: the same verdict as on its pull request.
 * @param viewIn the view of an environment, for its history
 * @param at the present, in milliseconds
 * @throws Fault where the change cannot be made
 */
export async function planProposal(
  base: ProposalBase,
  change: ProposedChange,
  who: { by: Proposer; root: string; viewIn: (environment: string) => EnvironmentView },
  at: number,
): Promise<PlannedProposal> {
  const draft = await draftOf(base, change, who, at);
  const texts = await textsOf(who.root, draft.files);
  const head = changed(base.sources, draft.files, (file) => texts.get(file));
  const codeowners = draft.files.has('CODEOWNERS')
    ? texts.get(draft.files.get('CODEOWNERS')!)
    : base.codeowners;
  const verdict = verdictOf(
    {
      base: { commit: base.commit, loaded: base.loaded, codeowners: base.codeowners },
      head: { commit: 'proposed', loaded: head, codeowners },
    },
    { author: '', coAuthors: [], approvals: [] },
    [],
    at,
  );
  const branch = branchOf(draft.slug, draft.files, texts, who.by);
  const proposal: Proposal = {
    branch,
    on: draft.on ?? base.commit,
    files: draft.files,
    purpose: draft.purpose(verdict),
    by: who.by,
  };
  return { proposal, preview: previewOf(draft, verdict, branch, { base, texts }) };
}

interface Draft {
  title: string;
  slug: string;
  files: ReadonlyMap<string, ProposedFile>;
  /** The commit that it changes, where that is not the base. */
  on?: string;
  purpose: (verdict: PullRequestOutcome) => Proposal['purpose'];
}

async function draftOf(
  base: ProposalBase,
  change: ProposedChange,
  { root, viewIn }: { root: string; viewIn: (environment: string) => EnvironmentView },
  at: number,
): Promise<Draft> {
  if (change.kind !== 'revert') {
    const { codeowners, sources, loaded } = base;
    const plan = planChange({ repository: loaded.repository, codeowners, sources }, change, at);
    return { ...plan, purpose: (verdict) => purposeOf(plan, verdict) };
  }
  const history = viewIn(change.environment).store.history;
  if (!history) throw new Fault('the log is not known yet', 'try again when the store was read');
  const revert = await planRevert(root, history, change.to, at);
  const { purpose, on, files } = revertProposal(revert, change.reason);
  const title = `Revert to entry ${change.to} of ${change.environment}`;
  return {
    title,
    slug: `revert-${change.environment}-${change.to}`,
    files,
    ...(on !== undefined && { on }),
    purpose: () => purpose,
  };
}

function purposeOf(plan: ChangePlan, { change }: PullRequestOutcome): Proposal['purpose'] {
  return { kind: 'change', plan, difference: change?.difference ?? [] };
}

/** The text of each file that is written. */
async function textsOf(
  root: string,
  files: ReadonlyMap<string, ProposedFile>,
): Promise<Map<ProposedFile, string>> {
  const stored = [...files.values()].filter((file) => file !== null && 'object' in file);
  const contents = await contentsOf(
    root,
    stored.map((file) => (file as { object: string }).object),
  );
  const texts = new Map<ProposedFile, string>(
    stored.map((file, index) => [file, contents[index]!.toString('utf8')]),
  );
  for (const file of files.values()) if (file && 'text' in file) texts.set(file, file.text);
  return texts;
}

/** A branch that nobody else's proposal has, unless it is the very same change by the same person. */
function branchOf(
  slug: string,
  files: ReadonlyMap<string, ProposedFile>,
  texts: ReadonlyMap<ProposedFile, string>,
  by: Proposer,
): string {
  const all = [...files].map(([path, file]) => [path, texts.get(file) ?? null]);
  const digest = createHash('sha256').update(JSON.stringify([by.email, all]));
  return `ztna/${slug}-${digest.digest('hex').slice(0, 10)}`;
}

function previewOf(
  { title, files }: Draft,
  verdict: PullRequestOutcome,
  branch: string,
  { base, texts }: { base: ProposalBase; texts: ReadonlyMap<ProposedFile, string> },
): ProposalPreview {
  const before = new Map(base.sources.map(({ path, bytes }) => [path, bytes?.toString('utf8')]));
  if (base.codeowners !== undefined) before.set('CODEOWNERS', base.codeowners);
  const obstacle = obstacleOf(verdict);
  return {
    branch,
    title,
    files: [...files].map(([path, file]) => {
      const [was, is] = [before.get(path), texts.get(file)];
      return { path, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) };
    }),
    verdict: verdictJson(verdict),
    approvers: approversOf(verdict, base.loaded.repository),
    ...(obstacle !== undefined && { obstacle }),
  };
}

/** Why it cannot be opened; what guardrails ask for is asked for on the pull request. */
function obstacleOf({ findings, failedTests, obstacle }: PullRequestOutcome): string | undefined {
  const { errors } = count([...findings, ...failedTests]);
  if (errors > 0) return `${errors === 1 ? '1 finding is' : `${errors} findings are`} in the way`;
  return obstacle;
}
