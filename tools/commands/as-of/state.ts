import { assemble, type Bundle, contentsByComponent } from '../../bundle/assemble.ts';
import { Fault } from '../../contract/fault.ts';
import type { BundleIndex, IntermediatePart, PastEntry } from '../../contract/shapes.ts';
import { findCommit } from '../../git/git.ts';
import type { Cache } from '../../load/cache.ts';
import { loadRevision } from '../../load/load.ts';
import type { Repository } from '../../load/repository.ts';
import { prepare } from '../../publish/prepare.ts';
import { fetchState, partsOf } from '../../publish/state.ts';
import type { ProvenEntry } from '../../report/past.ts';
import { fetchIndex } from '../../store/part.ts';
import type { ParameterStore } from '../../store/store.ts';

/** What some intermediates were to enforce, and the files that say it. */
export interface PastSide {
  components: string[];
  part: IntermediatePart;
  /** Absent where no commit of this clone says it. */
  from?: { commit: string; repository: Repository };
}

/** What an entry wanted. */
export interface PastState {
  source: PastEntry['source'];
  sides: PastSide[];
}

/** A commit from which the environment can be assembled, as it was published. */
interface Candidate {
  commit: string;
  repository: Repository;
  bundle: Bundle;
  /** Digest of what each component is to enforce. */
  contents: ReadonlyMap<string, string>;
}

/** Where a past state is looked for. */
export interface PastPlace {
  store: ParameterStore;
  root: string;
  cache: Cache;
}

/** Commits that are tried: the entry's own, and those of so many before it, to which a rollback may have returned. */
const TRIED = 12;

/**
 * What an entry wanted of the intermediates, which decide who reaches what: as the store has it; or, where that is
 * collected, as the files of a commit say it, if the digests that the entry names come out of them again.
 * @throws Fault where neither has it
 */
export async function stateAt(
  place: PastPlace,
  one: ProvenEntry,
  all: readonly ProvenEntry[],
): Promise<PastState> {
  const { entry } = one;
  const known = candidates(place, entry.environment, commitsOf(one, all));
  const stored = await fetchState(place.store, entry);
  if (stored) {
    const parts = new Map([...stored.parts].filter(isIntermediate));
    return { source: 'store', sides: await sidesOf(parts, stored.index, known) };
  }
  const index = await fetchIndex(place.store, entry);
  const parts = new Map<string, IntermediatePart>();
  const used: Candidate[] = [];
  for await (const candidate of known) {
    const wanted = index.ok ? index.value : await indexIn(candidate, one);
    if (!wanted) continue;
    for (const [component, part] of [...partsOf(candidate.bundle)].filter(isIntermediate))
      if (wanted.components[component]?.content === candidate.contents.get(component))
        parts.set(component, part);
    used.push(candidate);
    if (intermediatesIn(wanted).every((component) => parts.has(component)))
      return { source: 'git', sides: await sidesOf(parts, wanted, used) };
  }
  throw new Fault(
    `what entry ${entry.sequence} wanted is collected, and comes out of no commit of this clone`,
    'fetch the whole history, or look with the release of the tools that was in use then',
  );
}

const isIntermediate = (pair: [string, { kind: string }]): pair is [string, IntermediatePart] =>
  pair[1].kind === 'intermediate';

const intermediatesIn = ({ components }: BundleIndex): string[] =>
  Object.keys(components).filter((one) => one.startsWith('intermediate/'));

/** The index that all of a commit makes, where it is the one that the entry names by its digest. */
async function indexIn({ bundle }: Candidate, { entry }: ProvenEntry): Promise<BundleIndex | undefined> {
  const { index, contents } = await prepare(bundle, entry);
  return index.reference.content === entry.index.content ? contents : undefined;
}

/** Intermediates that were to enforce the same, together, with the files that say it. */
async function sidesOf(
  parts: ReadonlyMap<string, IntermediatePart>,
  index: BundleIndex,
  known: AsyncIterable<Candidate> | Iterable<Candidate>,
): Promise<PastSide[]> {
  const sides = new Map<string, PastSide>();
  for (const component of [...parts.keys()].sort()) {
    const { content } = index.components[component]!;
    const side = sides.get(content) ?? { components: [], part: parts.get(component)! };
    side.components.push(component);
    sides.set(content, side);
  }
  const wanting = (): boolean => [...sides.values()].some(({ from }) => !from);
  for await (const { commit, repository, contents } of known) {
    for (const [content, side] of sides)
      if (side.components.some((one) => contents.get(one) === content)) side.from ??= { commit, repository };
    if (!wanting()) break;
  }
  return [...sides.values()];
}

/** The commits that may say what an entry wants: its own, and those of the entries before it, the newest first. */
function commitsOf({ entry }: ProvenEntry, all: readonly ProvenEntry[]): string[] {
  const before = all.filter((one) => one.entry.sequence < entry.sequence).reverse();
  const commits = new Set([entry.commit, ...before.map((one) => one.entry.commit)]);
  return [...commits].filter((commit) => !commit.endsWith('-dirty')).slice(0, TRIED);
}

/** Those of the commits that are in the clone and can be read whole. */
async function* candidates(
  { root, cache }: PastPlace,
  environment: string,
  commits: readonly string[],
): AsyncGenerator<Candidate> {
  for (const named of commits) {
    const commit = await findCommit(root, named);
    if (commit === undefined) continue;
    const { repository, findings } = await loadRevision(root, commit, cache);
    if (findings.some(({ severity }) => severity === 'error')) continue;
    if (!repository.environments.has(environment)) continue;
    const bundle = assemble(repository, environment);
    yield { commit, repository, bundle, contents: contentsByComponent(bundle) };
  }
}
