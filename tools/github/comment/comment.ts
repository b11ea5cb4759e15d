import { isDeepStrictEqual } from 'node:util';
import {
  capitalized,
  cell,
  code,
  joined,
  name,
  page,
  place,
  prose,
  say,
  type Sentence,
} from '../../contract/sentence.ts';
import type { EnvironmentDifference } from '../../contract/shapes.ts';
import { instantText, type Instant } from '../../contract/values/instant.ts';
import { sentence, type Finding } from '../../finding/finding.ts';
import {
  accessOf,
  bullet,
  countsOf,
  changeLines,
  titleOf,
  type DifferenceLine,
} from '../../output/difference.ts';
import { alike, isChange, listsOf, type Alike } from '../../output/alike.ts';
import { linkTo, markdown } from '../../output/media/markdown.ts';
import { conjunction, namesOf, plural } from '../../output/words.ts';
import { wantedOf, type Links, type PullRequestOutcome } from '../../review/outcome.ts';
import { statusesOf, type CommitStatusToPost } from '../statuses.ts';
import { approvedLines, askedLines, observedLines, overriddenLines, refusedLines } from './approvals.ts';
import { fitted, plain, written, type Section } from './cut.ts';
import { pagesOf } from './places.ts';

/** What makes a comment ours: the first line of it, which GitHub does not show. */
export const MARKER = '<!-- ztna-gitops:pull-request -->';

/** What a pull request makes of infrastructure, in lines. */
export interface InfrastructureNotes {
  listing: readonly Sentence[];
  plans: readonly Sentence[];
}

const NO_NOTES: InfrastructureNotes = { listing: [], plans: [] };

/**
 * The comment of a pull request, within GitHub's limit.
 * @param made what it changes in AWS: as a list, worked out without it, and what Terraform's plans came to
 */
export function commentOf(
  verdict: PullRequestOutcome,
  links: Links,
  made: InfrastructureNotes = NO_NOTES,
): string {
  const { base, head } = verdict;
  const command = code(`npx ztna pull-request --base ${base} --head ${head}`);
  const more =
    links.whole === undefined
      ? markdown(say`${command} prints the whole text`)
      : linkTo(say`The whole text`, links.whole);
  return fitted(written(sectionsOf(verdict, links, made), pagesOf(links, verdict)), more);
}

/** The same without a limit. */
export function wholeText(
  verdict: PullRequestOutcome,
  links: Links,
  made: InfrastructureNotes = NO_NOTES,
): string {
  const sections = written(sectionsOf(verdict, links, made), pagesOf(links, verdict));
  return fitted(sections, markdown([]), Infinity);
}

function sectionsOf(
  verdict: PullRequestOutcome,
  links: Links,
  { listing, plans }: InfrastructureNotes,
): Section[] {
  const { change, notes } = verdict;
  return [
    plain([
      say`${MARKER}`,
      say`## ${heading(verdict)}`,
      [],
      ...people(verdict),
      ...table(statusesOf(verdict)),
      [],
    ]),
    ...(change ? guardSections(change, verdict.at) : []),
    plain(notes.map((note) => say`> ${prose(note)}\n`)),
    ...findingSections(verdict),
    ...(change ? accessSections(change.difference) : []),
    ...titled(say`### Terraform`, plans),
    ...(listing.length > 0 ? [folded(say`Infrastructure`, listing)] : []),
    plain([[], footer(verdict, links)]),
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

/** Who wrote it, who approves it, and whose review is missing; nothing where no pull request is known. */
function people({ author, approvals, change }: PullRequestOutcome): Sentence[] {
  const approving = approvals.map(({ login, teams }) => {
    const owners = conjunction(namesOf(teams));
    return say`${name(login)} (${teams.length > 0 ? owners : 'of no owner'})`;
  });
  const wanted = wantedOf(change?.guarded.objections ?? []);
  const parts = [
    ...(author === '' ? [] : [say`By ${name(author)}`]),
    ...(approving.length > 0 ? [say`approved by ${conjunction(approving)}`] : []),
    ...(wanted.length > 0 ? [say`waits for ${conjunction(namesOf(wanted))}`] : []),
  ];
  return parts.length === 0 ? [] : [capitalized(joined(parts, ' · ')), []];
}

const SIGNS = { success: '✅', failure: '❌', pending: '⏳', error: '⚠️' } as const;

function table(statuses: readonly CommitStatusToPost[]): Sentence[] {
  const rows = statuses.map(
    ({ context, state, description }) =>
      say`| ${SIGNS[state]} | ${context} | ${cell([prose(description)])} |`,
  );
  return [say`| | check | what it says |`, say`| --- | --- | --- |`, ...rows];
}

/** When it was looked at, what was compared, and where the run is that did. */
function footer({ at, base, head }: PullRequestOutcome, { whole }: Links): Sentence {
  const run = whole === undefined ? [] : say` · ${page('the run', whole)}`;
  const when = name(`${instantText(at).slice(0, 16).replace('T', ' ')} UTC`);
  return say`<sub>Looked at ${when} · ${code(base.slice(0, 12))} to ${code(head.slice(0, 12))}${run}</sub>`;
}

type Change = NonNullable<PullRequestOutcome['change']>;

function guardSections({ guarded, renames }: Change, at: Instant): Section[] {
  const { objections, approved, overridden, observed } = guarded;
  const renaming = renames.map(
    ({ kind, from, to }) => say`- the ${kind} ${code(from)} is called ${code(to)} from now on`,
  );
  return [
    ...titled(say`### To decide`, [...refusedLines(objections, at), ...askedLines(objections)]),
    ...titled(say`### Approved`, approvedLines(approved)),
    ...titled(say`### Overridden`, overriddenLines(overridden)),
    ...titled(say`### Only observed`, observedLines(observed)),
    ...titled(say`### Renamed`, renaming),
  ];
}

function titled(title: Sentence, lines: readonly Sentence[]): Section[] {
  return lines.length === 0 ? [] : [{ begin: [title, []], lines, end: [[]] }];
}

/** Findings of a kind that are read without a click. */
const FINDINGS_SHOWN = 8;

function findingSections({ findings, failedTests }: PullRequestOutcome): Section[] {
  const failing = plural(failedTests.length, 'answer is', 'answers are');
  return [
    ...findingsOf(say`${failing} not what access tests expect`, failedTests),
    ...findingsOf(say`${plural(findings.length, 'finding')}`, findings),
  ];
}

/** Findings of a kind: the gravest open, the rest folded. */
function findingsOf(title: Sentence, findings: readonly Finding[]): Section[] {
  const isWarning = ({ severity }: Finding): number => Number(severity !== 'error');
  const lines = atOneLine([...findings].sort((a, b) => isWarning(a) - isWarning(b))).map(findingLine);
  const rest = lines.slice(FINDINGS_SHOWN);
  return [
    ...titled(say`### ${title}`, lines.slice(0, FINDINGS_SHOWN)),
    ...(rest.length === 0 ? [] : [folded(say`${rest.length} more`, rest)]),
  ];
}

/** Findings of one rule at one line, such as an expectation that fails in several environments. */
function atOneLine(findings: readonly Finding[]): Finding[][] {
  const lines = new Map<string, Finding[]>();
  for (const one of findings) {
    const key = `${one.rule} ${one.file}:${one.line}`;
    lines.set(key, [...(lines.get(key) ?? []), one]);
  }
  return [...lines.values()];
}

function findingLine([one, ...others]: readonly Finding[]): Sentence {
  const grave = one!.severity === 'error' ? say`❌ ` : say`⚠️ (warning) `;
  const more = others.length > 0 ? say` (and ${others.length} more like it at this line)` : [];
  return say`- ${grave}**${prose(one!.rule)}** ${place(one!)} ${prose(sentence(one!))}${more}`;
}

/** Changes of environments that change alike that are read without a click. */
const CHANGES_SHOWN = 10;
const LATE_LOSSES_SHOWN = 3;

/** What changes, the first of it open, and folded below everybody by name. */
function accessSections(difference: readonly EnvironmentDifference[]): Section[] {
  const all = alike(difference, listsOf);
  const same = all.filter(({ changes }) => !isChange(changes) && !changes.observed);
  const changing = all.filter((one) => !same.includes(one));
  return [
    ...changing.flatMap(openSections),
    plain(same.flatMap((one) => [capitalized(titleOf(one)), []])),
    // Last, so that where room is wanted, what is said above stays.
    ...changing.flatMap(namesSection),
  ];
}

function openSections(one: Alike): Section[] {
  const lines = changeLines(one);
  const [changes, unchanged] = [lines.slice(0, -1), lines.slice(-1)];
  const open = shownOf(changes);
  const rest = changes.filter((line) => !open.has(line));
  const shown = [...changes.filter((line) => open.has(line)), ...unchanged];
  return [
    ...titled(say`### ${titleOf(one)}`, shown.map(bullet)),
    ...(rest.length === 0 ? [] : [folded(say`${rest.length} more: ${countsOf(rest)}`, rest.map(bullet))]),
  ];
}

/** The lines that are read without a click: the first, and of losses that come later the first three. */
function shownOf(lines: readonly DifferenceLine[]): Set<DifferenceLine> {
  const first = lines.slice(0, CHANGES_SHOWN);
  const later = lines.slice(CHANGES_SHOWN).filter(([mark]) => mark === '-');
  return new Set([...first, ...later.slice(0, LATE_LOSSES_SHOWN)]);
}

function namesSection(one: Alike): Section[] {
  const [lines, short] = [changeLines(one, 'full'), changeLines(one)];
  // Where nothing was left out above there is nothing to unfold.
  if (isDeepStrictEqual(lines, short)) return [];
  const named = lines.slice(0, -1);
  const where = conjunction(one.environments.map((id) => [prose(id)]));
  const title = say`${where}: everybody by name, every service, condition and line (${countsOf(named)})`;
  return [folded(title, named.map(bullet))];
}
