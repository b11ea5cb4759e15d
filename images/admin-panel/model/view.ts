import type { Environment } from '../../../tools/contract/shapes.ts';
import { didYouMean } from '../../../tools/finding/nearest.ts';
import type { LoadedEnvironment, Repository } from '../../../tools/load/repository.ts';
import type { Knowledge } from '../state/reader.ts';
import { UNREAD, type StoreReading } from '../state/store-reading.ts';

/** One environment as it is known at a moment: what every page and every answer is made of. */
export interface EnvironmentView {
  environment: Environment;
  loaded: LoadedEnvironment;
  repository: Repository;
  known: Knowledge;
  store: StoreReading;
  /** Milliseconds. */
  now: number;
}

/** What is asked for and is not there; the nearest name is said. */
export class NotFound extends Error {
  readonly remedy: string;

  constructor(what: string, remedy: string) {
    super(what);
    this.remedy = remedy;
  }
}

/** The view of an environment. @throws NotFound where there is none of that name */
export function viewOf(known: Knowledge, environment: string, now: number): EnvironmentView {
  const { repository } = known.files.loaded;
  const loaded = found('environment', shownIn(known), environment);
  const store = known.stores.get(environment) ?? UNREAD;
  return { environment: loaded.value, loaded, repository, known, store, now };
}

/** The environments that are shown: those whose stores are read. */
export function shownIn({ files, stores }: Knowledge): ReadonlyMap<string, LoadedEnvironment> {
  const all = [...files.loaded.repository.environments];
  return new Map(all.filter(([id]) => stores.has(id)));
}

/** What a map has under a name. @throws NotFound */
export function found<T>(what: string, map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value !== undefined) return value;
  const names = [...map.keys()];
  throw new NotFound(`there is no ${what} ${name}`, didYouMean(name, names, `choose one of: ${some(names)}`));
}

/** Names that a sentence has room for. */
const SOME = 12;

function some(names: readonly string[]): string {
  return names.length > SOME ? `${names.slice(0, SOME).join(', ')} ...` : names.join(', ');
}
