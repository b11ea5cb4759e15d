import { assemble, contentsByComponent } from '../../../tools/bundle/assemble.ts';
import { Fault } from '../../../tools/contract/fault.ts';
import type { BundleIndex, EnvironmentHistory, HistoryRow } from '../../../tools/contract/shapes.ts';
import { loadValid } from '../../../tools/load/load.ts';
import type { Repository } from '../../../tools/load/repository.ts';
import { publishedCommit } from '../../../tools/report/log-history.ts';

/** Repositories that are kept, beside those of commits. */
const MOST = 32;

/**
 * What entries were published from: the files of their commits, and files that were seen when an entry came whose
 * parts they make to the letter, as those of `npm start` are in no commit.
 */
export class PublishedRepositories {
  readonly #byContent = new Map<string, Repository>();
  readonly #byCommit = new Map<string, Promise<Repository>>();
  /** What was compared already, and is something else. */
  readonly #others = new WeakMap<Repository, Set<string>>();

  readonly root: string;

  /** @param root the clone */
  constructor(root: string) {
    this.root = root;
  }

  /** Keeps the files, where they are what the newest entry wants. @param row of that entry */
  see(repository: Repository, environment: string, row: HistoryRow, index: BundleIndex): void {
    const key = `${environment} ${row.content}`;
    const others = this.#others.get(repository) ?? new Set();
    this.#others.set(repository, others);
    if (this.#byContent.has(key) || others.has(key) || !repository.environments.has(environment)) return;
    others.add(key);
    const contents = contentsByComponent(assemble(repository, environment));
    const wanted = Object.entries(index.components);
    if (
      wanted.length !== contents.size ||
      wanted.some(([name, { content }]) => contents.get(name) !== content)
    )
      return;
    remember(this.#byContent, key, repository);
  }

  /** The files of an entry. @throws Fault where they are in no commit of the clone and were not seen */
  async of({ environment }: EnvironmentHistory, row: HistoryRow): Promise<Repository> {
    const seen = this.#byContent.get(`${environment} ${row.content}`);
    if (seen) return seen;
    if (!row.valid) throw new Fault(`entry ${row.sequence} is not valid`, 'choose another');
    const commit = await publishedCommit(this.root, row);
    const known =
      this.#byCommit.get(commit) ?? loadValid(this.root, commit).then(({ repository }) => repository);
    remember(this.#byCommit, commit, known);
    return known;
  }
}

/** Puts a value last, and drops the first where there are too many. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
