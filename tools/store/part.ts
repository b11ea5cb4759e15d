import { digestOf } from '../contract/log/canonical.ts';
import { decompress } from '../contract/log/compression.ts';
import { indexIn, type ContentResult } from '../contract/log/content.ts';
import { CHUNK_BYTES, LIMITS } from '../contract/limits.ts';
import { chunkName, logRoot, type LogScope } from '../contract/names.ts';
import type { BundleIndex, Entry, PartReference } from '../contract/shapes.ts';
import type { Parameter, ParameterStore } from './store.ts';

/** A part's canonical bytes, or why they are not to be had. `missing` may be a matter of time. */
export type PartResult = { ok: true; bytes: Buffer } | { ok: false; missing: boolean; reason: string };

/** The names of a part's chunks. */
export function chunkNames(scope: LogScope, reference: PartReference): string[] {
  return Array.from({ length: reference.chunks }, (_, index) => chunkName(scope, reference, index));
}

/**
 * Fetches a part by the names that its reference gives, and nothing is believed of what comes back: sizes are
 * bounded before anything is put together, the digest is checked before decompressing, and again after.
 * @param reference from a verified entry, or from an index that one names
 */
export async function fetchPart(
  store: ParameterStore,
  scope: LogScope,
  reference: PartReference,
): Promise<PartResult> {
  return (await fetchParts(store, scope, [reference]))[0]!;
}

/**
 * Parts that were read and verified, by where they are and their digests: what is under such a name stays right, so one
 * command need not read it twice.
 */
export type PartMemory = Map<string, KnownPart>;

/** A part that was read: its canonical bytes, and its chunks as the store has them. */
export interface KnownPart {
  bytes: Buffer;
  chunks: readonly { name: string; value: string }[];
}

const keyOf = (log: LogScope, { scope, part, content }: PartReference): string =>
  `${logRoot(log)} ${scope} ${part} ${content}`;

/** The chunks of parts that were read; undefined where one was not. */
export function knownChunks(
  known: PartMemory,
  log: LogScope,
  references: readonly PartReference[],
): KnownPart['chunks'] | undefined {
  const parts = references.map((one) => known.get(keyOf(log, one)));
  return parts.every((one) => one !== undefined) ? parts.flatMap(({ chunks }) => chunks) : undefined;
}

/**
 * Fetches several parts as `fetchPart` does each, ten chunks a call whatever parts they are of, and those that are known
 * not at all. @returns one result for each reference, in the same order
 */
export async function fetchParts(
  store: ParameterStore,
  scope: LogScope,
  references: readonly PartReference[],
  known: PartMemory = new Map(),
): Promise<PartResult[]> {
  const wanted = new Map<string, PartReference>();
  for (const one of references) if (!known.has(keyOf(scope, one))) wanted.set(keyOf(scope, one), one);
  const sound = [...wanted.values()].filter((one) => sizeProblem(one) === undefined);
  const names = sound.flatMap((one) => chunkNames(scope, one));
  const found = names.length > 0 ? await store.get(names) : new Map<string, Parameter>();
  const results = new Map<string, PartResult>();
  for (const [key, reference] of wanted) {
    const result = await partFrom(found, scope, reference);
    results.set(key, result);
    if (!result.ok) continue;
    const chunks = chunkNames(scope, reference).map((name) => ({ name, value: found.get(name)!.value }));
    known.set(key, { bytes: result.bytes, chunks });
  }
  return references.map((one) => {
    const part = known.get(keyOf(scope, one));
    return part ? { ok: true, bytes: part.bytes } : results.get(keyOf(scope, one))!;
  });
}

async function partFrom(
  found: ReadonlyMap<string, Parameter>,
  scope: LogScope,
  reference: PartReference,
): Promise<PartResult> {
  const wrong = sizeProblem(reference);
  if (wrong) return bad(wrong);
  const names = chunkNames(scope, reference);
  const chunks: Buffer[] = [];
  for (const [index, name] of names.entries()) {
    const value = found.get(name)?.value;
    if (value === undefined) return { ok: false, missing: true, reason: `${name} is not there` };
    if (value.length !== chunkLength(reference, index)) return bad(`${name} is not of the length it must be`);
    chunks.push(Buffer.from(value, 'base64'));
  }
  return unpack(Buffer.concat(chunks), reference);
}

/** Checks and decompresses a part's compressed bytes. */
export async function unpack(compressed: Buffer, reference: PartReference): Promise<PartResult> {
  if (compressed.length !== reference.size || digestOf(compressed) !== reference.part)
    return bad(`the chunks of ${reference.scope} are not those of part ${reference.part}`);
  const bytes = await decompress(compressed, reference.bytes);
  if (bytes?.length !== reference.bytes) return bad(`part ${reference.part} is not of the size it must be`);
  if (digestOf(bytes) !== reference.content) return bad(`part ${reference.part} does not hold its content`);
  return { ok: true, bytes };
}

function bad(reason: string): PartResult {
  return { ok: false, missing: false, reason };
}

function sizeProblem({ scope, bytes, size, chunks }: PartReference): string | undefined {
  if (bytes > LIMITS.partBytes || size > LIMITS.partCompressedBytes)
    return `the part of ${scope} is too large`;
  return chunks === Math.ceil(size / CHUNK_BYTES)
    ? undefined
    : `the part of ${scope} has a wrong number of chunks`;
}

/** Characters of base64 in a chunk. */
function chunkLength({ size, chunks }: PartReference, index: number): number {
  const bytes = index < chunks - 1 ? CHUNK_BYTES : size - CHUNK_BYTES * (chunks - 1);
  return Math.ceil(bytes / 3) * 4;
}

/** The index that a verified entry names. */
export async function fetchIndex(
  store: ParameterStore,
  entry: Entry,
  known?: PartMemory,
): Promise<ContentResult<BundleIndex>> {
  const [fetched] = (await fetchParts(store, entry, [entry.index], known)) as [PartResult];
  return fetched.ok ? indexIn(fetched.bytes, entry.environment) : fetched;
}
