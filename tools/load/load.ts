import { KINDS, type FileKinds, type Kind, type KindOfFile } from '../contract/kinds.ts';
import { LIMITS } from '../contract/limits.ts';
import { byPlace, type Finding } from '../finding/finding.ts';
import { parse, Places, type Fault } from './parse.ts';
import type { Loaded, LoadedEnvironment, LoadedFile, Repository } from './repository.ts';
import { schemaFaults } from './schema.ts';
import { revisionTree, workingTree, type Source } from './sources.ts';

/** A repository, and everything that is wrong with its files; a file that does not fit is not in it. */
export interface LoadResult {
  repository: Repository;
  findings: Finding[];
  /** The text of each file, for code frames. */
  texts: ReadonlyMap<string, string>;
}

/** Loads the working tree below a folder. */
export async function loadWorkingTree(root: string): Promise<LoadResult> {
  return loadSources(await workingTree(root));
}

/** Loads a git revision, without checking it out. */
export async function loadRevision(root: string, revision: string): Promise<LoadResult> {
  return loadSources(await revisionTree(root, revision));
}

/** Loads files that were already read. */
export function loadSources(sources: readonly Source[]): LoadResult {
  const findings: Finding[] = [];
  const files: LoadedFile[] = [];
  const texts = new Map<string, string>();
  for (const source of sources) {
    const loaded = loadSource(source, texts, (finding) => findings.push(finding));
    if (loaded) files.push(loaded);
  }
  return { repository: assemble(files, findings), findings: findings.sort(byPlace), texts };
}

type Report = (finding: Finding) => void;

const TROUBLE: Record<NonNullable<Source['trouble']>, Pick<Finding, 'message' | 'remedy'>> = {
  directory: { message: 'this is a folder named like a file', remedy: 'rename or remove it' },
  large: { message: `the file is larger than ${LIMITS.fileBytes / 1024} KiB`, remedy: 'split it' },
  link: { message: 'this is a link that leads out of the repository', remedy: 'put the file itself here' },
  special: { message: 'this is not a regular file', remedy: 'remove it' },
  unreadable: { message: 'the file cannot be read', remedy: 'give yourself permission to read it' },
};

function loadSource(
  { path, bytes, trouble }: Source,
  texts: Map<string, string>,
  report: Report,
): LoadedFile | undefined {
  const top = (
    rule: string,
    words: Pick<Finding, 'message' | 'remedy' | 'expected' | 'found'>,
  ): undefined => {
    report({ file: path, line: 1, column: 1, rule, severity: 'error', ...words });
  };
  if (trouble || !bytes) return top('file', TROUBLE[trouble ?? 'unreadable']);
  const kind = kindOf(path);
  if (!kind) return top('file-place', misplaced(path));
  const text = textOf(bytes);
  if (text === undefined)
    return top('file-encoding', {
      message: 'the file is not UTF-8',
      remedy: 'save it as UTF-8, without a byte order mark',
    });
  texts.set(path, text);
  const places = new Places(path, text);
  const at = (fault: Fault): void =>
    report({ severity: 'error', ...places.at(fault.offset), ...withoutOffset(fault) });
  const { value, faults } = parse(text);
  faults.forEach(at);
  if (faults.length > 0) return undefined;
  const wrong = schemaFaults(kind, value, path);
  for (const { path: where, target, ...words } of wrong)
    report({ severity: 'error', ...places.of(where, target), ...words });
  if (wrong.length > 0) return undefined;
  return {
    kind: kind.kind,
    file: path,
    value,
    place: (where, target) => places.of(where, target),
  } as LoadedFile;
}

function withoutOffset({ offset: _, ...words }: Fault): Omit<Fault, 'offset'> {
  return words;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 without a byte order mark; undefined for anything else. */
function textOf(bytes: Buffer): string | undefined {
  try {
    const text = decoder.decode(bytes);
    return text.startsWith('\ufeff') ? undefined : text;
  } catch {
    return undefined;
  }
}

const PATTERNS = KINDS.map((kind) => ({
  kind,
  pattern: new RegExp(`^${kind.path.replaceAll('.', '\\.').replaceAll('*', '([^/]+)')}$`),
}));

/** The kind of file that belongs at a path. */
export function kindOf(path: string): KindOfFile | undefined {
  return PATTERNS.find(({ pattern }) => pattern.test(path))?.kind;
}

function misplaced(path: string): Pick<Finding, 'message' | 'expected' | 'remedy'> {
  const remedy = path.endsWith('.yml') ? 'rename it to end in .yaml' : 'move or remove it';
  return {
    message: 'no file of this name belongs here',
    expected: `one of ${KINDS.map((kind) => kind.path).join(', ')}`,
    remedy,
  };
}

function assemble(files: readonly LoadedFile[], findings: Finding[]): Repository {
  const of = <K extends Kind>(kind: K): Loaded<FileKinds[K]>[] =>
    files.filter((file) => file.kind === kind) as unknown as Loaded<FileKinds[K]>[];
  const connectors = of('connector');
  const environments = of('environment').map((loaded): [string, LoadedEnvironment] => {
    const folder = `environments/${loaded.value.id}/connectors/`;
    return [
      loaded.value.id,
      { ...loaded, connectors: byId(connectors.filter(({ file }) => file.startsWith(folder))) },
    ];
  });
  const known = new Set(environments.map(([id]) => id));
  for (const { file, place } of connectors) {
    const id = file.split('/')[1]!;
    if (known.has(id) || findings.some((finding) => finding.file === `environments/${id}/environment.yaml`))
      continue;
    const remedy = `add environments/${id}/environment.yaml, or remove the connector`;
    findings.push({
      ...place([]),
      rule: 'environment-missing',
      severity: 'error',
      message: `there is no environment \`${id}\``,
      remedy,
    });
  }
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

function byId<T extends { id: string }>(files: readonly Loaded<T>[]): ReadonlyMap<string, Loaded<T>> {
  const sorted = [...files].sort((a, b) => (a.value.id < b.value.id ? -1 : 1));
  return new Map(sorted.map((loaded) => [loaded.value.id, loaded]));
}
