import type { PublicKey } from '../../contract/log/dsse.ts';
import { digestOf } from '../../contract/log/canonical.ts';
import { partIn } from '../../contract/log/content.ts';
import { type LogIdentity, verifyEntry, type VerifiedEntry } from '../../contract/log/entry.ts';
import type { Part, PartReference, Position } from '../../contract/shapes.ts';
import { fetchPart } from '../../store/part.ts';
import type { ParameterStore } from '../../store/store.ts';
import { fetchPage, type FoundPlace, type IndexCopy, type IndexPage, placeIn } from './index-copy.ts';

/** Whose content it is, and what is trusted. */
export interface Subject {
  identity: LogIdentity;
  trusted: readonly PublicKey[];
  component: string;
}

/** A verified entry with what it wants one component to enforce. */
export interface EntryContent {
  entry: VerifiedEntry;
  /** What of the index says where the part is. */
  index: IndexCopy;
  /** How many components the index has. */
  components: number;
  /** The part's canonical JSON; absent where the entry has no part for the component, which means: deny. */
  partText?: string;
  part?: Part;
  position: Position;
}

/**
 * Content, or why it is not to be had: `waiting` for something that is not there, or `refused` as it is proved bad by
 * digest, signature or schema.
 */
export type FetchResult = { ok: true; content: EntryContent } | Unfetched;

interface Unfetched {
  ok: false;
  outcome: 'waiting' | 'refused';
  reason: string;
}

/**
 * Fetches and verifies what a verified entry wants a component to enforce. What the content in force already has
 * is not fetched again.
 */
export async function fetchContent(
  store: ParameterStore,
  subject: Subject,
  entry: VerifiedEntry,
  current?: EntryContent,
): Promise<FetchResult> {
  const { identity } = subject;
  const index = await fetchIndexCopy(store, subject, entry.entry.index, current?.index);
  if (!index.ok) return index;
  const { reference } = index.place;
  if (!reference) return { ok: true, content: contentOf(entry, index) };
  const partText = await textOf(store, identity, reference, current?.partText);
  if (!partText.ok) return partText;
  return complete(subject, contentOf(entry, index), partText.text, reference.content);
}

/** What a slot holds. */
export interface ContentRecord {
  sequence: number;
  envelope: string;
  /** The whole index; empty where `pages` has what was read of it. */
  index: string;
  pages?: IndexPage;
  part: string | null;
}

/** Content in the form in which a slot holds it. */
export function contentRecordOf({ entry, index, partText }: EntryContent): ContentRecord {
  const copy = 'text' in index ? { index: index.text } : { index: '', pages: index };
  return { sequence: entry.entry.sequence, envelope: entry.text, ...copy, part: partText ?? null };
}

/** Verifies what a slot holds as if it had just been fetched: the disk is believed as little as the store. */
export function restore(record: ContentRecord, subject: Subject): FetchResult {
  const bad = (reason: string): FetchResult => ({ ok: false, outcome: 'refused', reason });
  if (typeof record?.envelope !== 'string' || typeof record.index !== 'string') return bad('it is no slot');
  const entry = verifyEntry(record.envelope, record.sequence, subject.identity, subject.trusted);
  if (!entry.ok) return bad(entry.reason);
  const copy = record.pages ?? { text: record.index };
  const place = placeIn(copy, entry.entry.index, subject);
  if (!place.ok) return bad(place.reason);
  const { reference } = place.value;
  const content = contentOf(entry, { copy, place: place.value });
  if (!reference) return { ok: true, content };
  if (typeof record.part !== 'string' || digestOf(record.part) !== reference.content)
    return bad('its part is not the one it names');
  return complete(subject, content, record.part, reference.content);
}

/** The index of an entry, as far as a component needs it: from the newest copy, by its page, or whole. */
async function fetchIndexCopy(
  store: ParameterStore,
  subject: Subject,
  wanted: PartReference,
  current: IndexCopy | undefined,
): Promise<({ ok: true } & FoundPlace) | Unfetched> {
  const known = current && placeIn(current, wanted, subject);
  if (current && known?.ok) return { ok: true, copy: current, place: known.value };
  const page = await fetchPage(store, subject, wanted, current);
  if (page) return { ok: true, ...page };
  const whole = await textOf(store, subject.identity, wanted, undefined);
  if (!whole.ok) return whole;
  const copy = { text: whole.text };
  const place = placeIn(copy, wanted, subject);
  return place.ok
    ? { ok: true, copy, place: place.value }
    : { ok: false, outcome: 'refused', reason: place.reason };
}

type Text = { ok: true; text: string } | Unfetched;

async function textOf(
  store: ParameterStore,
  identity: LogIdentity,
  wanted: PartReference,
  known: string | undefined,
): Promise<Text> {
  if (known !== undefined && digestOf(known) === wanted.content) return { ok: true, text: known };
  const fetched = await fetchPart(store, identity, wanted);
  return fetched.ok
    ? { ok: true, text: fetched.bytes.toString('utf8') }
    : { ok: false, outcome: fetched.missing ? 'waiting' : 'refused', reason: fetched.reason };
}

function contentOf(entry: VerifiedEntry, { copy, place }: FoundPlace): EntryContent {
  const { epoch, sequence } = entry.entry;
  const position = { epoch, sequence, entry: entry.digest };
  return { entry, index: copy, components: place.components, position };
}

function complete(
  { identity: { environment }, component }: Subject,
  content: EntryContent,
  partText: string,
  digest: string,
): FetchResult {
  const part = partIn(Buffer.from(partText), environment, component);
  if (!part.ok) return { ok: false, outcome: 'refused', reason: part.reason };
  const position = { ...content.position, content: digest };
  return { ok: true, content: { ...content, partText, part: part.value, position } };
}
