import type { FileKinds, Kind } from '../contract/kinds.ts';
import { byPlace, type Finding } from '../finding/finding.ts';
import type { Cache } from './cache.ts';
import { loadFile, type FileResult } from './file.ts';
import { collisions } from './paths.ts';
import type { RepositoryFile, LoadedEnvironment, LoadedFile, Repository } from './repository.ts';
import type { Surroundings } from './schema/meant.ts';
import { verifyValid, WORKING_TREE } from './valid.ts';
import { revisionTree, workingTree, type Source } from './sources.ts';

export { kindOf } from './paths.ts';

const GUARDRAILS_FILE = 'policies/guardrails.yaml';

/** A repository, and everything that is wrong with its files; a file that does not fit is not in it. */
export interface LoadResult {
  repository: Repository;
  findings: Finding[];
  /** The text of each file, for code frames. */
  texts: ReadonlyMap<string, string>;
}

/** Loads the working tree below a folder. @param cache values from earlier runs, which is saved afterwards */
export async function loadWorkingTree(root: string, cache?: Cache): Promise<LoadResult> {
  const loaded = loadSources(await workingTree(root), cache);
  cache?.save();
  return loaded;
}

/** Loads a git revision, without checking it out. @param cache values from earlier runs, for callers that only show */
export async function loadRevision(root: string, revision: string, cache?: Cache): Promise<LoadResult> {
  return loadSources(await revisionTree(root, revision), cache);
}

/** Two states of the repository, the later one the working tree or a revision; what both have is read once. */
export async function loadSides(
  root: string,
  { base, head }: { base: string; head?: string | undefined },
  cache?: Cache,
): Promise<{ before: LoadResult; after: LoadResult }> {
  const later = head === undefined ? await workingTree(root) : await revisionTree(root, head);
  const earlier = await revisionTree(root, base, later);
  const read: FilesRead = new Map();
  const [after, before] = [loadSources(later, cache, read), loadSources(earlier, cache, read)];
  cache?.save();
  return { before, after };
}

/** What became of files, by their bytes: of two sides of a change most are the same. */
export type FilesRead = Map<Buffer, FileResult & { path: string }>;

/**
 * The working tree, or a revision, for a caller that answers from it. A repository with errors would give wrong answers,
 * so it gives none.
 * @param cache values from earlier runs, for callers that only show what they find
 * @throws Fault with status 1 where there are errors, a line for each
 */
export async function loadValid(root: string, revision?: string, cache?: Cache): Promise<LoadResult> {
  const loaded = await (revision === undefined ? loadWorkingTree(root, cache) : loadRevision(root, revision));
  verifyValid(loaded.findings, revision === undefined ? WORKING_TREE : `revision ${revision.slice(0, 12)}`);
  return loaded;
}

/** Loads files whose bytes are there. @param read what became of files already, which is added to */
export function loadSources(
  sources: readonly Source[],
  cache?: Cache,
  read: FilesRead = new Map(),
): LoadResult {
  const findings: Finding[] = [];
  const files: LoadedFile[] = [];
  const texts = new Map<string, string>();
  const colliding = collisions(sources.map(({ path }) => path));
  const around = surroundingsOf(sources);
  for (const source of sources) {
    const other = colliding.get(source.path);
    const outcome = other === undefined ? readOnce(source, cache, around, read) : loadFile(source, other);
    findings.push(...outcome.findings);
    if (outcome.file) files.push(outcome.file);
    if (outcome.text !== undefined) texts.set(source.path, outcome.text);
  }
  const repository = assemble(files);
  findings.push(...strayConnectors(files, repository, sources));
  return { repository, findings: findings.sort(byPlace), texts };
}

/** One file, or what became of it when the same bytes were read at the same place. */
function readOnce(
  source: Source,
  cache: Cache | undefined,
  around: Surroundings,
  read: FilesRead,
): FileResult {
  const known = source.bytes && read.get(source.bytes);
  if (known?.path === source.path) return known;
  const result = { ...loadFile(source, undefined, cache, around), path: source.path };
  if (source.bytes) read.set(source.bytes, result);
  return result;
}

/** What the words of findings need of other files, read when the first one needs it. */
function surroundingsOf(sources: readonly Source[]): Surroundings {
  let owners: readonly string[] | undefined;
  const read = (): readonly string[] => {
    const source = sources.find(({ path }) => path === GUARDRAILS_FILE);
    const file = source && loadFile(source).file;
    return file?.kind === 'guardrails' ? file.value.owners.map(({ id }) => id) : [];
  };
  return { owners: () => (owners ??= read()) };
}

function assemble(files: readonly LoadedFile[]): Repository {
  const of = <K extends Kind>(kind: K): RepositoryFile<FileKinds[K]>[] =>
    files.filter((file) => file.kind === kind) as unknown as RepositoryFile<FileKinds[K]>[];
  const connectors = of('connector');
  const environments = of('environment').map((loaded): [string, LoadedEnvironment] => {
    const folder = `environments/${loaded.value.id}/connectors/`;
    const own = connectors.filter(({ file }) => file.startsWith(folder));
    return [loaded.value.id, { ...loaded, connectors: byId(own) }];
  });
  return {
    services: byId(of('service')),
    groups: byId(of('group')),
    policies: byId(of('policy')),
    tests: byId(of('access-test')),
    environments: new Map(environments.sort(([a], [b]) => (a < b ? -1 : 1))),
    guardrails: of('guardrails')[0],
    revoked: of('revoked')[0],
    files: files.length,
  };
}

function byId<T extends { id: string }>(
  files: readonly RepositoryFile<T>[],
): ReadonlyMap<string, RepositoryFile<T>> {
  const sorted = [...files].sort((a, b) => (a.value.id < b.value.id ? -1 : 1));
  return new Map(sorted.map((loaded) => [loaded.value.id, loaded]));
}

/** Connectors in a folder that no file makes an environment; one whose file is broken is one. */
function* strayConnectors(
  files: readonly LoadedFile[],
  { environments }: Repository,
  sources: readonly Source[],
): Iterable<Finding> {
  const paths = new Set(sources.map(({ path }) => path));
  for (const { kind, file, place } of files) {
    const id = file.split('/')[1]!;
    const home = `environments/${id}/environment.yaml`;
    if (kind !== 'connector' || environments.has(id) || paths.has(home)) continue;
    const remedy = `add ${home}, or remove the connector`;
    const message = `there is no environment \`${id}\``;
    yield { ...place([]), rule: 'environment-missing', severity: 'error', message, remedy };
  }
}
