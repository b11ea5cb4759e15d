import type { PublicKey } from '../contract/log/dsse.ts';
import { digestOf } from '../contract/log/canonical.ts';
import { indexIn, partIn, referenceOf } from '../contract/log/content.ts';
import { type LogIdentity, verifyEntry, type VerifiedEntry } from '../contract/log/entry.ts';
import type { Part, PartReference, Position } from '../contract/shapes.ts';
import { fetchPart } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';

/** Whose content it is, and what is trusted. */
export interface Subject {
  identity: LogIdentity;
  trusted: readonly PublicKey[];
  component: string;
}

/** A verified entry with what it wants one component to enforce. */
export interface EntryContent {
  entry: VerifiedEntry;
  /** The index's canonical JSON. */
  indexText: string;
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
  { identity, component }: Subject,
  entry: VerifiedEntry,
  current?: EntryContent,
): Promise<FetchResult> {
  const { environment } = identity;
  const indexText = await textOf(store, identity, entry.entry.index, current?.indexText);
  if (!indexText.ok) return indexText;
  const found = reference(indexText.text, environment, component);
  if (!found.ok) return { ...found, outcome: 'refused' };
  if (!found.value) return { ok: true, content: withoutPart(entry, indexText.text) };
  const partText = await textOf(store, identity, found.value, current?.partText);
  if (!partText.ok) return partText;
  return complete(entry, indexText.text, partText.text, environment, component, found.value.content);
}

/** What a slot holds. */
export interface ContentRecord {
  sequence: number;
  envelope: string;
  index: string;
  part: string | null;
}

/** Content in the form in which a slot holds it. */
export function contentRecordOf({ entry, indexText, partText }: EntryContent): ContentRecord {
  return { sequence: entry.entry.sequence, envelope: entry.text, index: indexText, part: partText ?? null };
}

/** Verifies what a slot holds as if it had just been fetched: the disk is believed as little as the store. */
export function restore(record: ContentRecord, { identity, trusted, component }: Subject): FetchResult {
  const bad = (reason: string): FetchResult => ({ ok: false, outcome: 'refused', reason });
  if (typeof record?.envelope !== 'string' || typeof record.index !== 'string') return bad('it is no slot');
  const entry = verifyEntry(record.envelope, record.sequence, identity, trusted);
  if (!entry.ok) return bad(entry.reason);
  if (digestOf(record.index) !== entry.entry.index.content) return bad('its index is not the one it names');
  const found = reference(record.index, identity.environment, component);
  if (!found.ok) return bad(found.reason);
  if (!found.value) return { ok: true, content: withoutPart(entry, record.index) };
  if (typeof record.part !== 'string' || digestOf(record.part) !== found.value.content)
    return bad('its part is not the one it names');
  return complete(entry, record.index, record.part, identity.environment, component, found.value.content);
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

function reference(indexText: string, environment: string, component: string) {
  const index = indexIn(Buffer.from(indexText), environment);
  return index.ok ? referenceOf(index.value, component) : index;
}

function positionOf({ entry, digest }: VerifiedEntry): Position {
  return { epoch: entry.epoch, sequence: entry.sequence, entry: digest };
}

function withoutPart(entry: VerifiedEntry, indexText: string): EntryContent {
  return { entry, indexText, position: positionOf(entry) };
}

function complete(
  entry: VerifiedEntry,
  indexText: string,
  partText: string,
  environment: string,
  component: string,
  content: string,
): FetchResult {
  const part = partIn(Buffer.from(partText), environment, component);
  if (!part.ok) return { ok: false, outcome: 'refused', reason: part.reason };
  const position = { ...positionOf(entry), content };
  return { ok: true, content: { entry, indexText, partText, part: part.value, position } };
}
