import { capitalized, cell, code, place, prose, say, type Sentence } from '../../contract/sentence.ts';
import type { EnvironmentDifference } from '../../contract/shapes.ts';
import { sentence, type Finding } from '../../finding/finding.ts';
import { differenceLines } from '../../output/difference.ts';
import { linkTo, markdown } from '../../output/media/markdown.ts';
import { plural } from '../../output/words.ts';
import type { Objection } from '../../review/change.ts';
import type { Links, PullRequestOutcome } from '../../review/outcome.ts';
import { accessOf, statusesOf, type CommitStatusToPost } from '../statuses.ts';
import { byName } from './access.ts';
import { fitted, plain, written, type Section } from './cut.ts';
import { pagesOf } from './places.ts';

/** What makes a comment ours: the first line of it, which GitHub does not show. */
export const MARKER = '<!-- ztna-gitops:pull-request -->';

/**
 * The comment of a pull request, within GitHub's limit.
 * @param infrastructure what it changes in AWS, as a list
 */
export function commentOf(
  verdict: PullRequestOutcome,
  links: Links,
  infrastructure: readonly Sentence[] = [],
): string {
  const { base, head } = verdict;
  const command = code(`npx ztna pull-request --base ${base} --head ${head}`);
  const more =
    links.whole === undefined
      ? markdown(say`${command} prints the whole text`)
      : linkTo(say`The whole text`, links.whole);
  return fitted(written(sectionsOf(verdict, infrastructure), pagesOf(links, verdict)), more);
}

/** The same without a limit. */
export function wholeText(
  verdict: PullRequestOutcome,
  links: Links,
  infrastructure: readonly Sentence[] = [],
): string {
  const sections = written(sectionsOf(verdict, infrastructure), pagesOf(links, verdict));
  return fitted(sections, markdown([]), Infinity);
}

function sectionsOf(verdict: PullRequestOutcome, infrastructure: readonly Sentence[]): Section[] {
  const { change, notes, base, head } = verdict;
  return [
    plain([say`${MARKER}`, say`## ${heading(verdict)}`, [], ...table(statusesOf(verdict)), []]),
    ...(change ? guardSections(change) : []),
    plain(notes.map((note) => say`> ${prose(note)}\n`)),
    ...findingSections(verdict),
    ...(change ? accessSections(change) : []),
    ...(infrastructure.length > 0 ? [folded(say`Infrastructure`, infrastructure)] : []),
    plain([[], say`<sub>${code(base.slice(0, 12))} to ${code(head.slice(0, 12))}</sub>`]),
  ];
}

/** A part that a reader unfolds. */
function folded(title: Sentence, lines: readonly Sentence[]): Section {
  return {
    begin: [say`<details><summary>${title}</summary>`, []],
    lines,
    end: [[], say`</details>`, []],
  };
}

function heading({ change, obstacle }: PullRequestOutcome): Sentence {
  if (change) return capitalized(accessOf(change.difference));
  return say`Not looked at: ${prose(obstacle ?? 'the files have errors')}`;
}

const SIGNS = { success: '✅', failure: '❌', pending: '⏳', error: '⚠️' } as const;

function table(statuses: readonly CommitStatusToPost[]): Sentence[] {
  const rows = statuses.map(
    ({ context, state, description }) =>
      say`| ${SIGNS[state]} | ${context} | ${cell([prose(description)])} |`,
  );
  return [say`| | | |`, say`| --- | --- | --- |`, ...rows];
}

type Change = NonNullable<PullRequestOutcome['change']>;

function guardSections({ guarded, renames }: Change): Section[] {
  const { objections, overridden, observed } = guarded;
  const line = (one: Objection): Sentence =>
    say`- **${prose(one.rule)}** ${place(one)} ${prose(sentence(one))}`;
  const passed = overridden.map(
    ({ objection, override: { until, reason } }) =>
      say`${line(objection)} — overridden until ${prose(until)}: ${prose(reason)}`,
  );
  const renaming = renames.map(
    ({ kind, from, to }) => say`- the ${kind} ${code(from)} is called ${code(to)} from now on`,
  );
  return [
    ...titled(say`### Guardrails`, objections.map(line)),
    ...titled(say`### Overridden`, passed),
    ...titled(say`### Only observed`, observed.map(line)),
    ...titled(say`### Renamed`, renaming),
  ];
}

function titled(title: Sentence, lines: readonly Sentence[]): Section[] {
  return lines.length === 0 ? [] : [{ begin: [title, []], lines, end: [[]] }];
}

function findingSections({ findings, failedTests }: PullRequestOutcome): Section[] {
  const line = (one: Finding): Sentence => {
    const grave = one.severity === 'error' ? '' : '(warning) ';
    return say`- ${grave}**${prose(one.rule)}** ${place(one)} ${prose(sentence(one))}`;
  };
  const part = (title: Sentence, list: readonly Finding[]): Section[] =>
    list.length === 0 ? [] : [folded(title, list.map(line))];
  const failing = plural(failedTests.length, 'answer is', 'answers are');
  return [
    ...part(say`${failing} not what access tests expect`, failedTests),
    ...part(say`${plural(findings.length, 'finding')}`, findings),
  ];
}

/** Sentences that are shown unfolded, in all. */
const SHOWN = 40;

function accessSections({ difference }: Change): Section[] {
  const lines = differenceLines(difference);
  const text =
    lines.length <= SHOWN ? plain(lines) : folded(say`${plural(lines.length, 'line')} of changes`, lines);
  return [text, ...difference.flatMap(namesSection)];
}

function namesSection(environment: EnvironmentDifference): Section[] {
  const lines = byName(environment);
  const title = say`${prose(environment.environment)}: everybody by name, every condition, every line`;
  return lines.length === 0 ? [] : [folded(title, lines)];
}
