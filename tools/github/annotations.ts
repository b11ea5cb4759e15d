import { prose, say } from '../contract/sentence.ts';
import { markdown } from '../output/media/markdown.ts';
import { plain } from '../output/media/text.ts';
import type { Objection } from '../review/change.ts';
import { sentence, type Finding } from '../finding/finding.ts';
import { togetherOf } from './comment/approvals.ts';
import type { Connection } from './connection/connection.ts';
import type { CommitStatusToPost } from './statuses.ts';

/** The check run that carries annotations; what branch protection asks for are the statuses. */
const NAME = 'policy';

/** Annotations in one request, and characters of a summary (REST API, Create a check run). */
const MOST = { annotations: 50, message: 16_000 };

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
    title,
    message: message.slice(0, MOST.message),
  };
}

/** What a check run says of all statuses, a paragraph each; GitHub reads it as Markdown. */
export function summaryOf(statuses: readonly CommitStatusToPost[]): string {
  const lines = statuses.map(({ context, description }) => markdown(say`${context}: ${prose(description)}`));
  return lines.join('\n\n');
}

/** Puts findings beside their lines, by one check run of the commit. */
export async function putAnnotations(
  connection: Connection,
  commit: string,
  statuses: readonly CommitStatusToPost[],
  findings: readonly (Finding | Objection)[],
): Promise<void> {
  const annotations = annotationsOf(findings);
  const failed = statuses.some(({ state }) => state === 'failure' || state === 'error');
  const waits = statuses.some(({ state }) => state === 'pending');
  const output = (list: readonly Annotation[]) => ({
    title: failed ? 'Something is wrong' : waits ? 'Waits for a review' : 'Nothing is wrong',
    summary: summaryOf(statuses),
    annotations: [...list],
  });
  const conclusion = failed ? 'failure' : waits ? 'neutral' : 'success';
  const done = { status: 'completed', conclusion } as const;
  // A lost answer may have added its annotations: a new run, of which the page shows the newest, begins again.
  await connection.settle(async () => {
    const id = await newRun(connection, commit);
    for (let at = 0; at === 0 || at < annotations.length; at += MOST.annotations) {
      const some = output(annotations.slice(at, at + MOST.annotations));
      const last = at + MOST.annotations >= annotations.length;
      await connection.once('write annotations', (octokit) =>
        octokit.checks.update({
          ...connection.repository,
          check_run_id: id,
          ...(last && done),
          output: some,
        }),
      );
    }
  });
}

/** A new check run of the commit: annotations cannot be taken back, so every report has one of its own. */
async function newRun(connection: Connection, commit: string): Promise<number> {
  const { data } = await connection.once('begin a check run', (octokit) =>
    octokit.checks.create({ ...connection.repository, name: NAME, head_sha: commit, status: 'in_progress' }),
  );
  return data.id;
}
