import {
  concatenated,
  jsonText,
  textBlock,
  textLine,
  textLines,
  type TerminalText,
} from '../contract/terminal-text.ts';
import { appendFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { GUARDRAILS } from '../review/guardrails.ts';
import { blot } from '../check/common/secrets.ts';
import { RULES } from '../check/rules.ts';
import { byPlace } from '../finding/finding.ts';
import { commitOf, mergeBase } from '../git/git.ts';
import { linesShown } from '../git/lines-shown.ts';
import { plannedBetween } from '../git/infrastructure.ts';
import { commentOf, type InfrastructureNotes, wholeText } from '../github/comment/comment.ts';
import { labelsOf } from '../github/labels.ts';
import { planLines, plansOf } from '../github/plans.ts';
import type { Connection } from '../github/connection/connection.ts';
import { factsOf, type PullRequestFacts } from '../github/facts.ts';
import { report, type CommitReport, type ReportOutcome } from '../github/report.ts';
import { statusesOf } from '../github/statuses.ts';
import { suggestionsOf } from '../github/suggestions.ts';
import { verdictJson } from '../github/verdict-json.ts';
import { codeownersOf } from '../load/codeowners.ts';
import { wantedOf, type Links, type PullRequestOutcome } from '../review/outcome.ts';
import { loadSides, type LoadResult } from '../load/load.ts';
import { FOLDERS } from '../load/sources.ts';
import { findingsGithub } from '../output/findings.ts';
import { findingsSarif } from '../output/sarif.ts';
import { connection, inQueue, isRepositoryName } from './shared/github.ts';
import { BRANCH } from '../github/setup/settings.ts';
import { command, type Context, type ExitStatus, type Option, type OptionsOf } from './shared/command.ts';
import { pagesOfServer } from './shared/place.ts';
import { instantOption } from './shared/values.ts';
import type { Sentence } from '../contract/sentence.ts';
import { Fault } from '../contract/fault.ts';
import { infrastructureLines } from '../terraform/listing/difference.ts';
import { verdictOf, type Side, type PullRequestSides } from '../review/verdict.ts';

const OPTIONS = [
  { flags: '--base <revision>', description: 'the branch it would be merged into', required: true },
  { flags: '--head <revision>', description: 'the commit that would be merged', required: true },
  { flags: '--repository <owner/name>', description: 'ask GitHub who wrote and who approves it' },
  { flags: '--number <number>', description: 'the number of the pull request' },
  { flags: '--at <instant>', description: 'look from this instant on', fallback: 'now' },
  { flags: '--execute', description: 'write the comment, the statuses and the annotations' },
  {
    flags: '--code-scanning',
    description: 'with --execute: hand findings to code scanning, instead of annotations',
  },
  { flags: '--json', description: 'print it as JSON' },
] as const satisfies readonly Option[];

/** Everything about a pull request, read as git objects: nothing of it is checked out or run. */
export const pullRequest = command({
  name: 'pull-request',
  summary: 'Check a pull request whole, and say so on GitHub',
  options: OPTIONS,
  examples: [
    'npx ztna pull-request --base origin/main --head HEAD',
    'npx ztna pull-request --base origin/main --head pull/12/head --repository example/access --number 12 --execute',
  ],
  async run({ options }, context) {
    const asked = askedOf(options, context);
    const at = instantOption(options.at, context.now());
    const { sides, notes } = await sidesOf(context, options.base, options.head);
    const connection = await connectionOf(asked, context, 'GITHUB_TOKEN');
    const read = (): Promise<PullRequestFacts> => readFacts(asked, context, connection, sides);
    const judge = ({ pull, notes: more }: PullRequestFacts): PullRequestOutcome => ({
      ...verdictOf(sides, pull, [...notes, ...more], at),
      queued: inQueue(context),
    });
    const looked = await look(read, judge, asked.execute);
    if (looked === 'left') return left(context);
    const { facts, verdict } = looked;
    const links = linksOf(asked, context);
    const planned = await plannedOf(sides, context.root);
    const plans = connection && planned.length > 0 ? await plansOf(connection, verdict.head) : [];
    const made = { listing: infrastructureOf(verdict, sides), plans: planLines(planned, plans) };
    const whole = wholeText(verdict, links, made);
    const suggestions = suggestionsOf(
      seen(verdict).findings,
      sides.head.loaded.texts,
      await linesShown(context.root, sides.base.commit, sides.head.commit, FOLDERS),
      (text) => blot(text) === text,
    );
    const what = { ...reportOf(verdict, links, made, asked, facts.head), suggestions };
    context.out(options.json ? jsonText(verdictJson(verdict)) : printed(whole, what));
    writeSummary(context, whole);
    const teams = await connectionOf(asked, context, 'GITHUB_TEAMS_TOKEN');
    const outcome =
      connection && teams && asked.execute ? await execute(connection, teams, what, context) : undefined;
    // What is beside its line already is not said there a second time.
    const inLog = context.env['GITHUB_ACTIONS'] === 'true' && !outcome?.annotated;
    if (inLog && !options.json) context.out(findingsGithub(seen(verdict)));
    if (outcome && outcome.faults.length > 0) return 2;
    return statusOf(what, outcome !== undefined);
  },
});

/** Times that facts may change while a pull request is looked at, before that is left to the next run. */
const LOOKS = 5;

/**
 * Judges a pull request by facts that are still so when the verdict is written: they are read again after it is worked
 * out, and it is worked out again where they changed. Whatever changes later starts another run, which waits for this
 * one.
 * @param writes whether anything is written; what is only shown may be a moment old
 * @returns `left` where it leads to another branch by now, or changes all the time: its next run says what is so
 */
async function look(
  read: () => Promise<PullRequestFacts>,
  judge: (facts: PullRequestFacts) => PullRequestOutcome,
  writes: boolean,
): Promise<{ facts: PullRequestFacts; verdict: PullRequestOutcome } | 'left'> {
  let facts = await read();
  const { base } = facts;
  // A statement is read by the commit alone: one that was made for another branch would count for the delivered one.
  if (writes && base !== BRANCH) return 'left';
  for (let looks = 1; looks <= LOOKS; looks++) {
    const verdict = judge(facts);
    const now = writes ? await read() : facts;
    if (isDeepStrictEqual(now, facts)) return { facts, verdict };
    if (now.base !== base) return 'left';
    facts = now;
  }
  return 'left';
}

function left({ err }: Context): ExitStatus {
  err(
    textLine(
      'the pull request changed while it was looked at: nothing is written; the run that follows says what is so',
    ),
  );
  return 1;
}

/** Which pull request, and what is to be done. */
interface Asked {
  /** `owner/name` and the number; absent where only git is asked. */
  pull?: { repository: string; number: number };
  execute: boolean;
  codeScanning: boolean;
}

/** What was asked for, from options and the environment. @throws Fault where it does not fit together */
function askedOf(
  { repository, number: digits, execute = false, codeScanning = false }: OptionsOf<typeof OPTIONS>,
  { env }: Context,
): Asked {
  if (repository === undefined && digits === undefined) {
    if (execute)
      throw new Fault(
        '--execute says nothing without a pull request',
        'add --repository <owner/name> --number <number>',
      );
    return { execute, codeScanning };
  }
  if (!isRepositoryName(repository))
    throw new Fault(
      `--repository ${repository ?? 'is missing'}: no owner and name`,
      'write it as example/access',
    );
  const number = Number(digits);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Fault(
      `--number ${digits ?? 'is missing'}: no number of a pull request`,
      'write it as --number 12',
    );
  if (!env['GITHUB_TOKEN'])
    throw new Fault('GITHUB_TOKEN is not set', 'set it to a token that may read the pull request');
  return { execute, codeScanning, pull: { repository, number } };
}

async function sidesOf(
  { root }: Context,
  base: string,
  head: string,
): Promise<{ sides: PullRequestSides; notes: string[] }> {
  const tip = await commitOf(root, base);
  const commit = await commitOf(root, head);
  const parted = await mergeBase(root, tip, commit);
  const notes =
    parted === tip
      ? []
      : [
          `the branch has moved on since ${parted.slice(0, 12)}, from which this parted and with which it is compared`,
        ];
  const { before, after } = await loadSides(root, { base: parted, head: commit });
  const side = async (one: string, loaded: LoadResult): Promise<Side> => ({
    commit: one,
    loaded,
    codeowners: await codeownersOf(root, one),
  });
  return { sides: { base: await side(parted, before), head: await side(commit, after) }, notes };
}

/** The repository on GitHub, if it is asked, by one of two tokens: where that of the teams is not set, by the other. */
async function connectionOf(
  { pull }: Asked,
  context: Context,
  wanted: 'GITHUB_TOKEN' | 'GITHUB_TEAMS_TOKEN',
): Promise<Connection | undefined> {
  const tokenName = context.env[wanted] ? wanted : 'GITHUB_TOKEN';
  const token = context.env[tokenName];
  return pull && token ? connection(pull.repository, { token, tokenName }, context) : undefined;
}

/** Who wrote and who approves it, as of the base; without GitHub, nobody does. */
async function readFacts(
  asked: Asked,
  context: Context,
  connection: Connection | undefined,
  { base, head }: PullRequestSides,
): Promise<PullRequestFacts> {
  const guardrails = (base.loaded.repository.guardrails ?? head.loaded.repository.guardrails)?.value;
  if (!asked.pull || !connection || !guardrails)
    return { pull: { author: '', coAuthors: [], approvals: [] }, head: head.commit, base: '', notes: [] };
  const { number } = asked.pull;
  const { organization, owners } = guardrails;
  const after = head.loaded.repository.guardrails?.value.owners ?? [];
  const teams = [...new Set([...owners, ...after].map(({ id }) => id))];
  return factsOf(
    connection,
    number,
    // In a queue the commit is a combination that nobody has seen: what counts there is who approved the pull request.
    { organization, owners: teams, ...(!inQueue(context) && { commit: head.commit }) },
    await connectionOf(asked, context, 'GITHUB_TEAMS_TOKEN'),
  );
}

/** Where text leads: GitHub's pages, and the summary of the run that this is a part of. */
function linksOf({ pull }: Asked, context: Context): Links {
  if (!pull) return {};
  const repository = `${pagesOfServer(context)}/${pull.repository}`;
  const run = context.env['GITHUB_RUN_ID'];
  return { repository, ...(run && { whole: `${repository}/actions/runs/${run}` }) };
}

function reportOf(
  verdict: PullRequestOutcome,
  links: Links,
  made: InfrastructureNotes,
  { pull, codeScanning }: Asked,
  current: string,
): CommitReport {
  const { findings, files, accessTests } = seen(verdict);
  const { objections = [] } = verdict.change?.guarded ?? {};
  const log = findingsSarif({ findings, files, accessTests }, [...RULES, ...GUARDRAILS]);
  // The comment is about what the pull request is now; a merge queue's commit and an older one have statuses alone.
  const comments = pull !== undefined && current === verdict.head;
  return {
    commit: verdict.head,
    statuses: statusesOf(verdict),
    ...(links.whole !== undefined && { page: links.whole }),
    ...(comments && { comment: { number: pull.number, body: commentOf(verdict, links, made) } }),
    ...(comments && { labels: { number: pull.number, names: labelsOf(verdict, made.plans.length > 0) } }),
    ...(comments && { reviewers: { number: pull.number, teams: wantedOf(objections) } }),
    // One place beside the lines, whichever it is.
    annotations: codeScanning ? [] : findings,
    ...(comments && codeScanning && { sarif: { ref: `refs/pull/${pull.number}/head`, log } }),
  };
}

/** Everything that has a place, as one list; what guardrails object to is among it. */
function seen({ findings, failedTests, change, files, accessTests }: PullRequestOutcome) {
  const all = [...findings, ...failedTests, ...(change?.guarded.objections ?? [])].sort(byPlace);
  return { findings: all, files, accessTests };
}

/** What the change makes of AWS, worked out without it. Nothing where it changes nothing, or where files have errors. */
function infrastructureOf({ change }: PullRequestOutcome, { base, head }: PullRequestSides): Sentence[] {
  return change ? infrastructureLines(base.loaded.repository, head.loaded.repository) : [];
}

/** The base's environments that Terraform plans for the pull request; a new one has no role yet that could. */
async function plannedOf({ base, head }: PullRequestSides, root: string): Promise<string[]> {
  const planned = await plannedBetween(root, base.commit, head.commit);
  const known = [...base.loaded.repository.environments.keys()].sort();
  return planned === 'all' ? known : known.filter((id) => planned.includes(id));
}

function printed(whole: string, { statuses }: CommitReport): TerminalText {
  const lines = statuses.map(({ context, state, description }) => `${context} ${state}: ${description}`);
  return concatenated([textBlock(`${whole}\n\n`), textLines(lines)]);
}

/** Bytes of a step's summary that GitHub Actions keeps. */
const SUMMARY_BYTES = 1024 * 1024;

/** The whole text on the page of the run, to which a comment that is cut leads. */
function writeSummary({ env }: Context, text: string): void {
  const file = env['GITHUB_STEP_SUMMARY'];
  if (file)
    appendFileSync(
      file,
      Buffer.from(text)
        .subarray(0, SUMMARY_BYTES - 1)
        .toString()
        .concat('\n'),
    );
}

/** Carries the report out, and says what could not be said. */
async function execute(
  connection: Connection,
  teams: Connection,
  what: CommitReport,
  { err }: Context,
): Promise<ReportOutcome> {
  const outcome = await report(connection, what, teams);
  const { faults, shortfalls } = outcome;
  err(textLines([...faults, ...shortfalls].map(({ message, remedy }) => `${message}; ${remedy}`)));
  return outcome;
}

/**
 * Waiting for a review is not failing: a job that ended red for it would stay so when the review has come. Where GitHub
 * was told, its status is what waits; a person who only looks is told by 1 that it cannot be merged yet.
 */
function statusOf({ statuses }: CommitReport, told: boolean): ExitStatus {
  return statuses.every(({ state }) => state === 'success' || (told && state === 'pending')) ? 0 : 1;
}
