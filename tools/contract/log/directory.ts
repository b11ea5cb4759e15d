import { LIMITS, SCHEMA_VERSION } from '../limits.ts';
import { directoryName, type LogScope, pagesName } from '../names.ts';
import {
  type BundleIndex,
  type Directory,
  type IndexPages,
  type PartReference,
  validateDirectory,
  validateIndexPages,
} from '../shapes.ts';
import { jsonIn } from '../text.ts';
import { digestOf } from './canonical.ts';
import { DIRECTORY_TYPE, type PublicKey, unseal } from './dsse.ts';
import type { LogIdentity } from './entry.ts';

/**
 * A large index in pages, so that a component finds its own part by three calls, however many components there are:
 * directory and list of pages, page, part. An index that one call reads has no pages.
 */

/** About how many components a page has: it fits into one chunk, also where chance gives it half as many more. */
const COMPONENTS_PER_PAGE = 20;

/** How many chunks the list of pages may have: they are read by one call with the directory. */
export const MOST_PAGE_CHUNKS = LIMITS.namesPerGet - 1;

/** Whether an index is so large that it has pages. */
export function isPaged({ chunks }: Pick<PartReference, 'chunks'>): boolean {
  return chunks > LIMITS.namesPerGet;
}

/** Which page a component is on: the same for the same number of pages, whatever other components there are. */
export function pageOf(component: string, pages: number): number {
  return Number.parseInt(digestOf(component).slice(0, 8), 16) % pages;
}

/** How many pages an index of so many components has: a power of two, so that it seldom changes. */
export function pageCount(components: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, components / COMPONENTS_PER_PAGE)));
}

/** An index cut into pages, each an index of some components. */
export function pagesOf(index: BundleIndex): BundleIndex[] {
  const components = Object.entries(index.components);
  const count = pageCount(components.length);
  const pages = Array.from({ length: count }, (): BundleIndex => ({ ...index, components: {} }));
  for (const [component, reference] of components)
    pages[pageOf(component, count)]!.components[component] = reference;
  return pages;
}

/** The list of pages. */
export function listOf(environment: string, pages: readonly PartReference[]): IndexPages {
  return { schemaVersion: SCHEMA_VERSION, environment, pages: [...pages] };
}

/** The names of a directory and of all chunks that its list may have: one call reads them. */
export function directoryNames(log: LogScope, index: PartReference): { directory: string; pages: string[] } {
  return {
    directory: directoryName(log, index),
    pages: Array.from({ length: MOST_PAGE_CHUNKS }, (_, chunk) => pagesName(log, index, chunk)),
  };
}

/** The directory in an envelope; undefined where it is none of this index, or not by a trusted key. */
export function directoryIn(
  text: string | undefined,
  trusted: readonly PublicKey[],
  { environment, account, region, epoch }: LogIdentity,
  { content }: Pick<PartReference, 'content'>,
): Directory | undefined {
  const unsealed = text === undefined ? undefined : unseal(text, trusted, DIRECTORY_TYPE);
  if (!unsealed?.ok) return undefined;
  const found = jsonIn(unsealed.payload.toString());
  if (!validateDirectory(found) || found.index !== content) return undefined;
  const isOurs =
    found.environment === environment &&
    found.account === account &&
    found.region === region &&
    found.epoch === epoch;
  return isOurs && found.pages.chunks <= MOST_PAGE_CHUNKS ? found : undefined;
}

/** The pages by the list that a directory names; undefined where that is another list. */
export function listIn(
  { pages: { content }, environment }: Directory,
  list: string,
): readonly PartReference[] | undefined {
  if (digestOf(list) !== content) return undefined;
  const found = jsonIn(list);
  return validateIndexPages(found) && found.environment === environment ? found.pages : undefined;
}
