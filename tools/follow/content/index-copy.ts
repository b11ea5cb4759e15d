import { digestOf } from '../../contract/log/canonical.ts';
import { type ContentResult, indexIn, referenceOf } from '../../contract/log/content.ts';
import { directoryIn, listIn, pageOf } from '../../contract/log/directory.ts';
import type { PartReference } from '../../contract/shapes.ts';
import { fetchDirectory } from '../../store/directory.ts';
import { fetchPart } from '../../store/part.ts';
import type { ParameterStore } from '../../store/store.ts';
import type { Subject } from './fetch.ts';

/** What is kept of an index: all of it, or of a large one what leads to the component. */
export type IndexCopy = { text: string } | IndexPage;

/** What leads to a component in a large index: the signed directory, the list of pages that it names, and one page of that. */
export interface IndexPage {
  directory: string;
  list: string;
  page: string;
}

/** Where a component's part is; without a reference the index has none for it, which means: deny. */
export interface IndexPlace {
  reference: PartReference | undefined;
  /** How many components the index has. */
  components: number;
}

/** A copy of an index, and what it says. */
export interface FoundPlace {
  copy: IndexCopy;
  place: IndexPlace;
}

/** Verifies a copy of the index that a verified entry names, and finds the component in it. */
export function placeIn(copy: IndexCopy, wanted: PartReference, subject: Subject): ContentResult<IndexPlace> {
  return 'text' in copy ? placeInWhole(copy.text, wanted, subject) : placeInPage(copy, wanted, subject);
}

function placeInWhole(text: string, wanted: PartReference, subject: Subject): ContentResult<IndexPlace> {
  if (digestOf(text) !== wanted.content) return bad('its index is not the one it names');
  return lookUp(text, subject);
}

function placeInPage(
  { directory: envelope, list, page }: IndexPage,
  wanted: PartReference,
  subject: Subject,
): ContentResult<IndexPlace> {
  if (![envelope, list, page].every((text) => typeof text === 'string')) return bad('it is no slot');
  const directory = directoryIn(envelope, subject.trusted, subject.identity, wanted);
  const pages = directory && listIn(directory, list);
  const reference = pages?.[pageOf(subject.component, pages.length)];
  if (!directory || !reference) return bad('its pages are not those of the index it names');
  if (digestOf(page) !== reference.content) return bad('its page is not of the index it names');
  const found = lookUp(page, subject);
  return found.ok ? { ok: true, value: { ...found.value, components: directory.components } } : found;
}

function lookUp(text: string, { identity, component }: Subject): ContentResult<IndexPlace> {
  const index = indexIn(Buffer.from(text), identity.environment);
  if (!index.ok) return index;
  const reference = referenceOf(index.value, component);
  if (!reference.ok) return reference;
  const components = Object.keys(index.value.components).length;
  return { ok: true, value: { reference: reference.value, components } };
}

/**
 * Fetches what leads to a component in a large index, by two calls. Undefined where the index is small, or where
 * directory, list or page are not to be had or not what they should be: then the whole index tells.
 */
export async function fetchPage(
  store: ParameterStore,
  subject: Subject,
  wanted: PartReference,
  current: IndexCopy | undefined,
): Promise<FoundPlace | undefined> {
  const found = await fetchDirectory(store, subject, wanted);
  if (!found) return undefined;
  const { directory, list, pages } = found;
  const page = await pageText(store, subject, pages[pageOf(subject.component, pages.length)]!, current);
  if (page === undefined) return undefined;
  const copy = { directory, list, page };
  const place = placeInPage(copy, wanted, subject);
  return place.ok ? { copy, place: place.value } : undefined;
}

async function pageText(
  store: ParameterStore,
  { identity }: Subject,
  reference: PartReference,
  current: IndexCopy | undefined,
): Promise<string | undefined> {
  if (current && 'page' in current && digestOf(current.page) === reference.content) return current.page;
  const fetched = await fetchPart(store, identity, reference);
  return fetched.ok ? fetched.bytes.toString('utf8') : undefined;
}

function bad(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}
