import {
  concatenated,
  endedLines,
  NO_TEXT,
  textLine,
  textLines,
  type TerminalText,
} from '../contract/terminal-text.ts';
import type { EnvironmentDifference, PlannedPart, PublishPlan, TrustedKey } from '../contract/shapes.ts';
import type { PublishOutcome } from '../publish/publish.ts';
import { differenceText, titleOf } from './difference.ts';
import { plain, terminal } from './media/text.ts';
import { conjunction, namesOf, plural } from './words.ts';

/** What a publish came to, as JSON has it. */
export function publishJson(
  { plan, executed, digest }: PublishOutcome,
  told: Pick<PublishPlan, 'difference' | 'released'> = {},
): PublishPlan {
  const { identity, action, problem, remedy, newest, entry, commit, parts, changed, calls, notes } = plan;
  return {
    environment: identity.environment,
    epoch: identity.epoch,
    action,
    executed,
    ...(problem !== undefined && { problem }),
    ...(remedy !== undefined && { remedy }),
    newest: newest?.entry.sequence ?? null,
    ...(entry && { sequence: entry.sequence, reason: entry.reason }),
    ...(digest !== undefined && { entry: digest }),
    commit,
    parts,
    changed,
    calls,
    notes,
    ...told,
  };
}

/** A plan, for a person to read before it is carried out. */
export function planText(plan: PublishPlan): TerminalText {
  const { environment, action, sequence, newest, commit, reason, parts, changed, calls, notes } = plan;
  const after = newest === null ? 'the first of this epoch' : `after entry ${newest}`;
  const lines = notes.map((note) => `note: ${note}`);
  const technical: string[] = [];
  if (action === 'unchanged')
    lines.push(`${environment}: entry ${newest} already says this; nothing to publish`);
  if (action === 'refused') lines.push(`${environment}: refused: ${plan.problem}; ${plan.remedy}`);
  if (action === 'publish') {
    lines.push(`${environment}: entry ${sequence}, ${after}, from commit ${shortCommit(commit)}: ${reason}`);
    technical.push(...parts.map((part) => `  ${partText(part)}`));
    technical.push(
      `  ${changed.length > 0 ? `changes ${plain(conjunction(namesOf(changed)))}` : 'changes nothing that is enforced'}`,
    );
  }
  if (calls.writes > 0)
    technical.push(
      `  ${plural(calls.writes, 'write')} and ${plural(calls.reads, 'read')}: ${calls.seconds} s at ${ratesText(calls)}`,
    );
  return concatenated([textLines(lines), toldText(plan), textLines(technical)]);
}

function ratesText({ rates }: PublishPlan['calls']): string {
  return rates
    ? `${plural(rates.reads, 'read')} and ${plural(rates.writes, 'write')} a second`
    : 'default rates';
}

/** Changes that are said before something is published; the rest are counted, and `history --difference` has them all. */
const CHANGES_SHOWN = 20;

/** Who gains and who loses by it; of what is published first, everybody who reaches something is counted. */
function toldText({ newest, difference, released }: PublishPlan): TerminalText {
  const text = (one: EnvironmentDifference): TerminalText => changeText(one, newest !== null);
  const later = released ? [textLine('once what was on hold is published again:'), text(released)] : [];
  return concatenated([...(difference ? [text(difference)] : []), ...later]);
}

/** Who gains and who loses, in a few lines. @param isChange whether something was published before */
export function changeText(difference: EnvironmentDifference, isChange: boolean): TerminalText {
  if (isChange) return differenceText({ environments: [difference] }, 'short', CHANGES_SHOWN);
  return endedLines([terminal(titleOf({ environments: [difference.environment], changes: difference }))]);
}

/** What a publish came to, in one line; empty where the plan said it all. */
export function outcomeText({
  action,
  executed,
  environment,
  sequence,
  entry,
  calls,
}: PublishPlan): TerminalText {
  if (action === 'publish' && executed)
    return textLine(`${environment}: entry ${sequence} is published (${entry?.slice(0, 12)})`);
  if (executed || action === 'refused' || calls.writes === 0) return NO_TEXT;
  return textLine('nothing was written; to write it, add: --execute');
}

function partText({ scope, state, bytes, size, chunks }: PlannedPart): string {
  const what = state === 'reused' ? 'as before' : state === 'stored' ? 'in the store already' : 'new';
  return `${scope.padEnd(30)} ${what}: ${bytes} bytes, ${size} compressed, ${plural(chunks, 'chunk')}`;
}

/** The first twelve digits of a commit, and whether the working tree differed from it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 12) + (commit.endsWith('-dirty') ? ' with changes' : '');
}

/** A public key as an item of `bundle.trustedKeys`. */
export function trustedKeyYaml({ id, algorithm, publicKey }: TrustedKey): TerminalText {
  return textLines([`    - id: ${id}`, `      algorithm: ${algorithm}`, `      publicKey: ${publicKey}`]);
}
