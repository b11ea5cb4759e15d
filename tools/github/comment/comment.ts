import type { Objection } from '../../review/change.ts';
import type { EnvironmentDifference } from '../../contract/shapes.ts';
import { sentence, type Finding } from '../../finding/finding.ts';
import { plural } from '../../output/words.ts';
import { accessText, statusesOf, type CommitStatusToPost } from '../statuses.ts';
import type { Links, PullRequestOutcome } from '../../review/outcome.ts';
import { byName, sentences } from './access.ts';
import { fitted, type Section } from './cut.ts';
import { code, inert } from './inert.ts';
import { placeLink } from './places.ts';

/** What makes a comment ours: the first line of it, which GitHub does not show. */
export const MARKER = '<!-- ztna-gitops:pull-request -->';

/** The comment of a pull request, within GitHub's limit. */
export function commentOf(verdict: PullRequestOutcome, links: Links): string {
  const { base, head } = verdict;
  const command = code(`npm run pull-request -- --base ${base} --head ${head}`);
  const more =
    links.whole === undefined ? `${command} prints the whole text.` : `[The whole text](${links.whole}).`;
  return fitted(sectionsOf(verdict, links), more);
}

/** The same without a limit. */
export function wholeText(verdict: PullRequestOutcome, links: Links): string {
  return fitted(sectionsOf(verdict, links), '', Infinity);
}

function sectionsOf(verdict: PullRequestOutcome, links: Links): Section[] {
  const { change } = verdict;
  return [
    plain([MARKER, `## ${heading(verdict)}`, '', ...table(statusesOf(verdict)), '']),
    ...(change ? guardSections(verdict, change, links) : []),
    plain(verdict.notes.map((note) => `> ${inert(note)}\n`)),
    ...findingSections(verdict, links),
    ...(change ? accessSections(verdict, change, links) : []),
    plain(['', `<sub>${code(base12(verdict.base))} to ${code(base12(verdict.head))}</sub>`]),
  ];
}

const base12 = (commit: string): string => commit.slice(0, 12);

const plain = (lines: readonly string[]): Section => ({ begin: [], lines, end: [] });

/** A part that a reader unfolds. */
function folded(title: string, lines: readonly string[]): Section {
  return { begin: [`<details><summary>${title}</summary>`, ''], lines, end: ['', '</details>', ''] };
}

function heading({ change, obstacle }: PullRequestOutcome): string {
  if (!change) return `Not looked at: ${inert(obstacle ?? 'the files have errors')}`;
  const text = accessText(change.difference);
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const SIGNS: Record<CommitStatusToPost['state'], string> = {
  success: '✅',
  failure: '❌',
  pending: '⏳',
  error: '⚠️',
};

function table(statuses: readonly CommitStatusToPost[]): string[] {
  const rows = statuses.map(
    ({ context, state, description }) =>
      `| ${SIGNS[state]} | ${context} | ${inert(description).replaceAll('|', '\\|')} |`,
  );
  return ['| | | |', '| --- | --- | --- |', ...rows];
}

type Change = NonNullable<PullRequestOutcome['change']>;

function guardSections(
  { base, head }: PullRequestOutcome,
  { guarded, renames }: Change,
  links: Links,
): Section[] {
  const { objections, overridden, observed } = guarded;
  const line = (one: Objection): string => {
    const place = placeLink(links, one.side === 'after' ? head : base, one.file, one.line);
    return `- **${one.rule}** ${place} ${inert(sentence(one))}`;
  };
  const renaming = renames.map(
    ({ kind, from, to }) => `- the ${kind} \`${from}\` is called \`${to}\` from now on`,
  );
  const passed = overridden.map(
    ({ objection, override }) =>
      `${line(objection)} — overridden until ${override.until}: ${inert(override.reason)}`,
  );
  return [
    ...titled('### Guardrails', objections.map(line)),
    ...titled('### Overridden', passed),
    ...titled('### Only observed', observed.map(line)),
    ...titled('### Renamed', renaming),
  ];
}

function titled(title: string, lines: readonly string[]): Section[] {
  return lines.length === 0 ? [] : [{ begin: [title, ''], lines, end: [''] }];
}

function findingSections({ head, findings, failedTests }: PullRequestOutcome, links: Links): Section[] {
  const line = (one: Finding): string => {
    const place = placeLink(links, head, one.file, one.line);
    return `- ${one.severity === 'error' ? '' : '(warning) '}**${inert(one.rule)}** ${place} ${inert(sentence(one))}`;
  };
  const part = (title: string, list: readonly Finding[]): Section[] =>
    list.length === 0 ? [] : [folded(title, list.map(line))];
  return [
    ...part(
      plural(failedTests.length, 'answer is', 'answers are') + ' not what access tests expect',
      failedTests,
    ),
    ...part(plural(findings.length, 'finding'), findings),
  ];
}

/** Sentences that are shown unfolded, in all. */
const SHOWN = 40;

function accessSections(verdict: PullRequestOutcome, { difference, later }: Change, links: Links): Section[] {
  const lines = sentences(difference, verdict, links);
  const text =
    lines.length <= SHOWN ? plain(lines) : folded(`${plural(lines.length, 'line')} of changes`, lines);
  const after =
    later.length === 0
      ? []
      : [
          plain(['## Later than that, when policies start or expire', '']),
          plain(sentences(later, verdict, links)),
        ];
  return [text, ...after, ...[...difference, ...later].flatMap((one) => names(one, verdict, links))];
}

function names(environment: EnvironmentDifference, verdict: PullRequestOutcome, links: Links): Section[] {
  const lines = byName(environment, verdict, links);
  return lines.length === 0
    ? []
    : [folded(`${environment.environment}: everybody by name, every condition, every line`, lines)];
}
