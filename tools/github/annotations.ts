import { prose, say } from '../contract/sentence.ts';
import { markdown } from '../output/media/markdown.ts';
import { plain } from '../output/media/text.ts';
import type { Objection } from '../review/change.ts';
import { sentence, type Finding } from '../finding/finding.ts';
import { togetherOf } from './comment/approvals.ts';
import type { Connection } from './connection/connection.ts';
import { GithubFault } from './connection/fault.ts';
import type { CommitStatusToPost } from './statuses.ts';

/** The check run that carries annotations; no job and no status has its name. */
const NAME = 'policy/annotations';

/** Annotations in one request, characters of a message and of a title (REST API, Create a check run). */
const MOST = { annotations: 50, message: 16_000, title: 255 };

/** One line of a file with what is wrong, as GitHub takes it. */
export interface Annotation {
  path: string;
  start_line: number;
  end_line: number;
  annotation_level: 'failure' | 'warning';
  title: string;
  message: string;
}

/** Findings at lines of the head; lines that only the base has are nowhere to be shown. */
export function annotationsOf(findings: readonly (Finding | Objection)[]): Annotation[] {
  const shown = findings.filter((one) => !('side' in one) || one.side === 'after');
  const asked = new Map<string, Objection[]>();
  const keyOf = ({ file, line, needs }: Objection): string => `${file}:${line} ${needs}`;
  for (const one of shown.filter(isAsked)) asked.set(keyOf(one), [...(asked.get(keyOf(one)) ?? []), one]);
  return shown.flatMap((one) => {
    if (!isAsked(one)) return [annotation(one, one.rule, sentence(one))];
    const all = asked.get(keyOf(one))!;
    if (all.length === 1) return [annotation(one, one.rule, sentence(one))];
    // What one reviewer is asked about one line is said once, at the first of it.
    if (all[0] !== one) return [];
    return [annotation(one, `${one.needs} is asked to approve`, plain(togetherOf(all)))];
  });
}

const isAsked = (one: Finding | Objection): one is Objection => 'side' in one && one.needs !== undefined;

function annotation({ file, line, severity }: Finding, title: string, message: string): Annotation {
  return {
    path: file,
    start_line: line,
    end_line: line,
    annotation_level: severity === 'error' ? 'failure' : 'warning',
    title: title.slice(0, MOST.title),
    message: message.slice(0, MOST.message),
  };
}

/** What a check run says of all statuses, a paragraph each; GitHub reads it as Markdown. */
export function summaryOf(statuses: readonly CommitStatusToPost[]): string {
  const lines = statuses.map(({ context, description }) => markdown(say`${context}: ${prose(description)}`));
  return lines.join('\n\n');
}

/**
 * Puts findings beside their lines, by one check run of the commit. It is complete from its first call on, so whatever
 * becomes of the others, none stays in progress.
 * @throws GithubFault where annotations are refused; the run then says so, without them
 */
export async function putAnnotations(
  connection: Connection,
  commit: string,
  statuses: readonly CommitStatusToPost[],
  findings: readonly (Finding | Objection)[],
): Promise<void> {
  const annotations = annotationsOf(findings);
  const run = runOf(statuses);
  // A lost answer may have added its annotations: a new run, of which the page shows the newest, begins again.
  await connection.settle(async () => {
    try {
      await writeRun(connection, commit, run, annotations);
    } catch (error) {
      if (!(error instanceof GithubFault) || error.kind !== 'refused') throw error;
      const why = markdown(say`Annotations are missing: ${prose(error.message)}`);
      await writeRun(connection, commit, { ...run, summary: `${run.summary}\n\n${why}` }, []);
      throw error;
    }
  });
}

/** What a check run says, apart from its annotations. */
interface RunWords {
  conclusion: 'failure' | 'neutral' | 'success';
  title: string;
  summary: string;
}

function runOf(statuses: readonly CommitStatusToPost[]): RunWords {
  const summary = summaryOf(statuses);
  if (statuses.some(({ state }) => state === 'failure' || state === 'error'))
    return { conclusion: 'failure', title: 'Something is wrong', summary };
  // Waiting is no failure: the statuses say for whom.
  const waits = statuses.some(({ state }) => state === 'pending');
  if (waits) return { conclusion: 'neutral', title: 'Waits for a review', summary };
  return { conclusion: 'success', title: 'Nothing is wrong', summary };
}

/** Writes a new run, as annotations cannot be taken back: the first fifty with it, the rest by changing it. */
async function writeRun(
  connection: Connection,
  commit: string,
  { conclusion, title, summary }: RunWords,
  annotations: readonly Annotation[],
): Promise<void> {
  const done = { status: 'completed', conclusion } as const;
  const output = (from: number) => ({
    ...{ title, summary },
    annotations: annotations.slice(from, from + MOST.annotations),
  });
  const { data } = await connection.once('write a check run', (octokit) =>
    octokit.checks.create({
      ...connection.repository,
      ...{ name: NAME, head_sha: commit, ...done, output: output(0) },
    }),
  );
  for (let from = MOST.annotations; from < annotations.length; from += MOST.annotations)
    await connection.once('write annotations', (octokit) =>
      octokit.checks.update({
        ...connection.repository,
        ...{ check_run_id: data.id, ...done, output: output(from) },
      }),
    );
}
