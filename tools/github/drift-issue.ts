import type { EnvironmentDrift } from '../contract/shapes.ts';
import { code, prose, say, type Sentence } from '../contract/sentence.ts';
import { markdown } from '../output/media/markdown.ts';
import { fitted, written } from './comment/cut.ts';
import type { Connection } from './connection/connection.ts';
import { ownFilter } from './ours.ts';

/** What became of the issue of one environment. */
export type DriftIssueOutcome = {
  action: 'opened' | 'updated' | 'unchanged' | 'closed';
  number: number;
  url: string;
};

/** The first line of an issue that is ours, which GitHub does not show. */
const markerOf = (environment: string): Sentence => say`<!-- ztna-gitops:drift ${prose(environment)} -->`;

/**
 * Makes an environment's one issue say where things do not agree: it is opened, changed in place, and closed where
 * they do. Each environment has its own, as jobs of several look at the same time, each by its own role.
 * @returns undefined where there is nothing to say and no issue says otherwise
 */
export async function keepDriftIssue(
  connection: Connection,
  { environment, drifts }: EnvironmentDrift,
): Promise<DriftIssueOutcome | undefined> {
  const body = bodyOf(environment, drifts);
  const ownOf = await ownFilter(connection, markdown(markerOf(environment)));
  return connection.settle(async () => {
    const all = await connection.ask('list the issues', (octokit) =>
      octokit.paginate(octokit.issues.listForRepo, {
        ...connection.repository,
        state: 'open',
        per_page: 100,
      }),
    );
    const [first, ...more] = ownOf(all).sort((a, b) => a.number - b.number);
    for (const { number } of drifts.length === 0 ? [first ?? [], more].flat() : more)
      await close(connection, number);
    if (drifts.length === 0) return first && { action: 'closed', number: first.number, url: first.html_url };
    if (!first)
      return open(connection, `${environment}: git, the store and the components do not agree`, body);
    const { number, html_url: url } = first;
    if (first.body === body) return { action: 'unchanged', number, url };
    await connection.ask(`change issue ${number}`, (octokit) =>
      octokit.issues.update({ ...connection.repository, issue_number: number, body }),
    );
    return { action: 'updated', number, url };
  });
}

function bodyOf(environment: string, drifts: EnvironmentDrift['drifts']): string {
  const lines = drifts.map(
    ({ subject, message, remedy }) => say`- **${prose(subject)}**: ${prose(message)}; ${prose(remedy)}`,
  );
  const command = code(`npx ztna drift --env ${environment} --store aws`);
  const end = [[], say`${command} says what is so now. This closes by itself.`];
  const begin = [markerOf(environment), []];
  return fitted(written([{ begin, lines, end }]), markdown(say`${command} lists all`));
}

async function open(connection: Connection, title: string, body: string): Promise<DriftIssueOutcome> {
  const { data } = await connection.once('open an issue', (octokit) =>
    octokit.issues.create({ ...connection.repository, title, body }),
  );
  return { action: 'opened', number: data.number, url: data.html_url };
}

async function close(connection: Connection, number: number): Promise<void> {
  await connection.ask(`close issue ${number}`, (octokit) =>
    octokit.issues.update({
      ...connection.repository,
      issue_number: number,
      state: 'closed',
      state_reason: 'completed',
    }),
  );
}
