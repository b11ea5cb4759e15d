import { directoryIn, directoryNames, isPaged, listIn } from '../contract/log/directory.ts';
import type { PublicKey } from '../contract/log/dsse.ts';
import type { LogIdentity } from '../contract/log/entry.ts';
import type { PartReference } from '../contract/shapes.ts';
import { unpack } from './part.ts';
import type { ParameterStore } from './store.ts';

/** The directory of a large index, as it was read and verified. */
export interface FoundDirectory {
  /** The envelope, and the list of pages, as the store has them. */
  directory: string;
  list: string;
  pages: readonly PartReference[];
  /** The names under which both are. */
  names: readonly string[];
}

/**
 * Reads the directory of a large index and its list of pages, by one call.
 * @returns undefined where the index is small, or where they are not to be had or not what they should be: the whole
 *   index tells everything
 */
export async function fetchDirectory(
  store: ParameterStore,
  { identity, trusted }: { identity: LogIdentity; trusted: readonly PublicKey[] },
  index: PartReference,
): Promise<FoundDirectory | undefined> {
  if (!isPaged(index)) return undefined;
  const names = directoryNames(identity, index);
  const found = await store.get([names.directory, ...names.pages]);
  const text = found.get(names.directory)?.value;
  const directory = directoryIn(text, trusted, identity, index);
  if (!directory || text === undefined) return undefined;
  const chunks = names.pages.slice(0, directory.pages.chunks);
  const compressed = chunks.map((name) => Buffer.from(found.get(name)?.value ?? '', 'base64'));
  const unpacked = await unpack(Buffer.concat(compressed), directory.pages);
  if (!unpacked.ok) return undefined;
  const list = unpacked.bytes.toString('utf8');
  const pages = listIn(directory, list);
  return pages && { directory: text, list, pages, names: [names.directory, ...chunks] };
}
