import type { Bundle } from '../bundle/assemble.ts';
import { indexOf } from '../bundle/contents.ts';
import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import { compress } from '../contract/log/compression.ts';
import { CHUNK_BYTES, LIMITS } from '../contract/limits.ts';
import { isPaged, listOf, MOST_PAGE_CHUNKS, pagesOf } from '../contract/log/directory.ts';
import { chunkName, type LogScope, pagesName } from '../contract/names.ts';
import { Fault } from '../contract/fault.ts';
import type { BundleIndex, Directory, PartReference } from '../contract/shapes.ts';

/** One parameter to be. */
export interface Chunk {
  name: string;
  value: string;
}

/** A part, ready for the store. */
export interface PreparedPart {
  reference: PartReference;
  /** Whether the newest entry names it already; then it is in the store, and no chunks are made. */
  reused: boolean;
  chunks: Chunk[];
}

/** A bundle, ready for the store. */
export interface Draft {
  index: PreparedPart;
  contents: BundleIndex;
  /** Sorted by scope. */
  parts: PreparedPart[];
  /** Where the index is new and large. */
  directory?: PreparedDirectory;
}

/** The pages of a large index, ready for the store. */
export interface PreparedDirectory {
  pages: PreparedPart[];
  /** The list of them. */
  chunks: Chunk[];
  /** What is to be signed; `account` and `region` are those of the log. */
  payload: Pick<Directory, 'index' | 'components' | 'pages'>;
}

/** What the newest entry names. */
export interface Previous {
  reference: PartReference;
  contents: BundleIndex;
}

/**
 * Compresses a bundle and cuts it into chunks. A part whose content the newest entry already names is taken from
 * there, so that it stays the same even where this version of Node.js compresses differently.
 * @param stage the components that get it, where not all do: the others keep what the newest entry gives them
 * @throws Fault for a part beyond the limits
 */
export async function prepare(
  bundle: Bundle,
  log: LogScope,
  previous?: Previous,
  stage?: ReadonlySet<string>,
): Promise<Draft> {
  const known = new Map<string, PartReference>();
  for (const reference of Object.values(previous?.contents.components ?? {}))
    known.set(`${reference.scope} ${reference.content}`, reference);
  const parts: PreparedPart[] = [];
  for (const { scope, content, bytes, components } of bundle.parts) {
    if (stage && previous && !components.some((component) => stage.has(component))) continue;
    const reference = known.get(`${scope} ${content}`);
    parts.push(reference ? { reference, reused: true, chunks: [] } : await pack(scope, content, bytes, log));
  }
  const references = new Map(
    parts.map(({ reference }) => [`${reference.scope} ${reference.content}`, reference]),
  );
  const contents = indexOf(
    bundle,
    references,
    stage && previous && { components: stage, before: previous.contents },
  );
  const same = previous?.reference.content === contents.content;
  const index = same
    ? { reference: previous.reference, reused: true, chunks: [] }
    : await pack('index', contents.content, contents.bytes, log);
  const directory = index.reused ? undefined : await directoryOf(index.reference, contents.value, log);
  return { index, contents: contents.value, parts, ...(directory && { directory }) };
}

/** The pages of an index; undefined where it is small, or has more pages than a directory has room for. */
async function directoryOf(
  index: PartReference,
  contents: BundleIndex,
  log: LogScope,
): Promise<PreparedDirectory | undefined> {
  if (!isPaged(index)) return undefined;
  const pages: PreparedPart[] = [];
  for (const page of pagesOf(contents)) {
    const bytes = canonicalBytes(page);
    pages.push(await pack('index', digestOf(bytes), bytes, log));
  }
  const bytes = canonicalBytes(
    listOf(
      log.environment,
      pages.map(({ reference }) => reference),
    ),
  );
  const list = await pack('index', digestOf(bytes), bytes, log);
  if (list.chunks.length > MOST_PAGE_CHUNKS) return undefined;
  return {
    pages,
    chunks: list.chunks.map(({ value }, chunk) => ({ name: pagesName(log, index, chunk), value })),
    payload: {
      index: index.content,
      components: Object.keys(contents.components).length,
      pages: list.reference,
    },
  };
}

/** All chunks of a draft: of what is new. */
export function chunksOf({ index, parts, directory }: Draft): Chunk[] {
  const more = directory ? [...directory.pages.flatMap(({ chunks }) => chunks), ...directory.chunks] : [];
  return [...[index, ...parts].flatMap(({ chunks }) => chunks), ...more];
}

async function pack(scope: string, content: string, bytes: Buffer, log: LogScope): Promise<PreparedPart> {
  if (bytes.length > LIMITS.partBytes) throw tooLarge(scope, bytes.length, LIMITS.partBytes);
  const compressed = await compress(bytes);
  if (compressed.length > LIMITS.partCompressedBytes)
    throw tooLarge(scope, compressed.length, LIMITS.partCompressedBytes);
  const reference: PartReference = {
    scope,
    content,
    part: digestOf(compressed),
    bytes: bytes.length,
    size: compressed.length,
    chunks: Math.ceil(compressed.length / CHUNK_BYTES),
  };
  const chunks = Array.from({ length: reference.chunks }, (_, index) => ({
    name: chunkName(log, reference, index),
    value: compressed.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES).toString('base64'),
  }));
  return { reference, reused: false, chunks };
}

function tooLarge(scope: string, bytes: number, limit: number): Fault {
  return new Fault(
    `the part of ${scope} is ${bytes} bytes, more than the ${limit} that a component takes`,
    'divide the environment, or use fewer and larger groups',
  );
}
