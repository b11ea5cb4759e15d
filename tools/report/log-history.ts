import type { PublicKey } from '../contract/log/dsse.ts';
import { identityOf, verifyEntry } from '../contract/log/entry.ts';
import { Fault } from '../contract/fault.ts';
import type { Environment, EnvironmentHistory, HistoryRow } from '../contract/shapes.ts';
import { authorOf, findCommit } from '../git/git.ts';
import { listLog } from '../store/log.ts';
import type { ParameterStore } from '../store/store.ts';
import { history } from './history.ts';

/**
 * An environment's log, the newest entry first, with authors where their commits are in the clone.
 * @param root the clone
 */
export async function rowsOf(
  store: ParameterStore,
  environment: Environment,
  trusted: readonly PublicKey[],
  root: string,
): Promise<EnvironmentHistory> {
  const identity = identityOf(environment);
  const texts = await listLog(store, identity);
  const verified = [...texts].map(([sequence, text]) => verifyEntry(text, sequence, identity, trusted));
  const found = history(identity, verified);
  const authors = new Map<string, string | undefined>();
  for (const { commit } of found.entries)
    if (commit && !authors.has(commit)) authors.set(commit, await authorOrNone(root, commit));
  const entries = found.entries.map((row) => {
    const author = row.commit && authors.get(row.commit);
    return { ...row, ...(author && { author }) };
  });
  return { ...found, entries };
}

/** The author of a commit that is in this clone and says all that was published. */
async function authorOrNone(root: string, commit: string): Promise<string | undefined> {
  const known = commit.endsWith('-dirty') ? undefined : await findCommit(root, commit);
  return known && authorOf(root, known);
}

/** The commit of a valid entry, which must say all that was published and be in this clone. @throws Fault */
export async function publishedCommit(
  root: string,
  { sequence, commit }: Pick<HistoryRow, 'sequence' | 'commit'>,
): Promise<string> {
  if (commit!.endsWith('-dirty'))
    throw new Fault(`entry ${sequence} was published with changes that no commit holds`, 'choose another');
  const known = await findCommit(root, commit!);
  if (known === undefined)
    throw new Fault(`commit ${commit!.slice(0, 12)} is not in this clone`, 'fetch the whole history');
  return known;
}

/** Two entries of a history. @param range `41..42` @throws Fault where it names no two valid ones */
export function entriesIn(
  { entries }: EnvironmentHistory,
  range: string,
): { before: HistoryRow; after: HistoryRow } {
  const rows = range.split('..').map((sequence) => {
    const row = entries.find((one) => String(one.sequence) === sequence && one.valid);
    if (row) return row;
    throw new Fault(`there is no valid entry ${sequence}`, 'write it as 41..42: npx ztna history');
  });
  const [before, after] = rows;
  if (!before || !after) throw new Fault(`${range} is not two entries`, 'write it as 41..42');
  return { before, after };
}

/** The commit that says all that an entry was published from; undefined where no commit of this clone does. */
export async function wholeCommit(root: string, { commit }: HistoryRow): Promise<string | undefined> {
  return commit === undefined || commit.endsWith('-dirty') ? undefined : findCommit(root, commit);
}
