import { concatenated, endedLines, textLines, type TerminalText } from '../contract/terminal-text.ts';
import { code, name, prose, say, type Sentence } from '../contract/sentence.ts';
import type { Past, PastAnswer, PastEntry, PastEnvironment, PastInstance } from '../contract/shapes.ts';
import { listingText } from './difference.ts';
import { explanationText, REASONS } from './explanation.ts';
import { terminal } from './media/text.ts';
import { shortCommit } from './publish.ts';
import { conjunction, namesOf, type Detail } from './words.ts';

/** What the log said, environment by environment, for a person. */
export function pastText({ at, environments }: Past, detail: Detail = 'short'): TerminalText {
  return concatenated(environments.map((one) => environmentText(one, at, detail)));
}

function environmentText(
  { environment, entry, answers, enforced }: PastEnvironment,
  at: string,
  detail: Detail,
): TerminalText {
  if (!entry) return textLines([`${environment}: nothing was published by ${at}`]);
  return concatenated([
    endedLines(entryLines(environment, entry, at).map(terminal)),
    ...answers.map((one) => answerText(environment, one, answers.length > 1, detail)),
    endedLines(enforcedLines(enforced).map(terminal)),
  ]);
}

const PROOFS = {
  signature: 'signed by a key that is trusted',
  chain: 'named by a later entry that is signed by a key that is trusted',
} as const;

const SOURCES = {
  store: 'what it wanted is read from the store',
  git: 'what it wanted is read from git, and the digests in it come out again',
} as const;

function entryLines(environment: string, entry: PastEntry, at: string): Sentence[] {
  const { sequence, epoch, commit, reason, issuedAt, replacedAt, expiresAt, proof, source } = entry;
  const until = replacedAt ? say`to ${name(replacedAt)}` : say`on, and is the newest`;
  return [
    say`${name(environment)} at ${name(at)}: entry ${sequence} of epoch ${epoch}, from commit ${name(shortCommit(commit))}: ${prose(reason)}`,
    say`  it decided from ${name(issuedAt)} ${until}; ${PROOFS[proof]}; ${SOURCES[source]}`,
    ...(at >= expiresAt
      ? [say`  it had expired at ${name(expiresAt)}: onStale says what components did then`]
      : []),
  ];
}

function answerText(
  environment: string,
  one: PastAnswer,
  isOneOfMany: boolean,
  detail: Detail,
): TerminalText {
  const { components, answer, explanation, access, commit } = one;
  const lines: Sentence[] = isOneOfMany ? [say`on ${conjunction(namesOf(components))}:`] : [];
  if (!commit) lines.push(say`  no commit of this clone says it; policies are named without their lines`);
  const head = endedLines(lines.map(terminal));
  if (explanation) return concatenated([head, explanationText(explanation)]);
  if (access) return concatenated([head, listingText([{ environment, access }], detail)]);
  if (!answer || 'error' in answer) return head;
  const which =
    answer.policies.length > 0 ? say`: ${conjunction(answer.policies.map((id) => [code(id)]))}` : '';
  const word = answer.decision === 'allow' ? 'ALLOW' : 'DENY';
  return concatenated([
    head,
    endedLines([terminal(say`${word}  because ${REASONS[answer.reason]}${which}`)]),
  ]);
}

function enforcedLines(enforced: readonly PastInstance[]): Sentence[] {
  if (enforced.length === 0) return [say`  since when it was in force is not recorded`];
  return enforced.map(
    ({ instance, since, source }) =>
      say`  in force on ${name(instance)} since ${name(since)}, ${source === 'ack' ? 'as it says' : 'as it said then'}`,
  );
}
