import type { PublicKey } from '../contract/dsse.ts';
import { digestOf } from '../contract/canonical.ts';
import { indexIn, partIn, referenceOf } from '../contract/content.ts';
import { type LogIdentity, verifyEntry, type VerifiedEntry } from '../contract/entry.ts';
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
export interface Content {
  entry: VerifiedEntry;
  /** The index's canonical JSON. */
  indexText: string;
  /** The part's canonical JSON; absent where the entry has no part for the component, which means: deny. */
  partText?: string;
  part?: Part;
  position: Position;
}

/** Content, or why it is not to be had; `temporary` may be a matter of time. */
export type Obtained = { ok: true; content: Content } | { ok: false; temporary: boolean; reason: string };

/**
 * Fetches and verifies what a verified entry wants a component to enforce. What the content in force already has
 * is not fetched again.
 */
export async function obtain(
  store: ParameterStore,
  { identity, component }: Subject,
  entry: VerifiedEntry,
  current?: Content,
): Promise<Obtained> {
  const { environment } = identity;
  const indexText = await textOf(store, identity, entry.entry.index, current?.indexText);
  if (!indexText.ok) return indexText;
  const found = reference(indexText.text, environment, component);
  if (!found.ok) return { ...found, temporary: false };
  if (!found.value) return { ok: true, content: withoutPart(entry, indexText.text) };
  const partText = await textOf(store, identity, found.value, current?.partText);
  if (!partText.ok) return partText;
  return complete(entry, indexText.text, partText.text, environment, component, found.value.content);
}

/** What a slot holds. */
export interface Saved {
  sequence: number;
  envelope: string;
  index: string;
  part: string | null;
}

/** Content in the form in which a slot holds it. */
export function savedOf({ entry, indexText, partText }: Content): Saved {
  return { sequence: entry.entry.sequence, envelope: entry.text, index: indexText, part: partText ?? null };
}

/** Verifies what a slot holds as if it had just been fetched: the disk is believed as little as the store. */
export function restore(saved: Saved, { identity, trusted, component }: Subject): Obtained {
  const bad = (reason: string): Obtained => ({ ok: false, temporary: false, reason });
  if (typeof saved?.envelope !== 'string' || typeof saved.index !== 'string') return bad('it is no slot');
  const entry = verifyEntry(saved.envelope, saved.sequence, identity, trusted);
  if (!entry.ok) return bad(entry.reason);
  if (digestOf(saved.index) !== entry.entry.index.content) return bad('its index is not the one it names');
  const found = reference(saved.index, identity.environment, component);
  if (!found.ok) return bad(found.reason);
  if (!found.value) return { ok: true, content: withoutPart(entry, saved.index) };
  if (typeof saved.part !== 'string' || digestOf(saved.part) !== found.value.content)
    return bad('its part is not the one it names');
  return complete(entry, saved.index, saved.part, identity.environment, component, found.value.content);
}

type Text = { ok: true; text: string } | { ok: false; temporary: boolean; reason: string };

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
    : { ok: false, temporary: fetched.missing, reason: fetched.reason };
}

function reference(indexText: string, environment: string, component: string) {
  const index = indexIn(Buffer.from(indexText), environment);
  return index.ok ? referenceOf(index.value, component) : index;
}

function positionOf({ entry, digest }: VerifiedEntry): Position {
  return { epoch: entry.epoch, sequence: entry.sequence, entry: digest };
}

function withoutPart(entry: VerifiedEntry, indexText: string): Content {
  return { entry, indexText, position: positionOf(entry) };
}

function complete(
  entry: VerifiedEntry,
  indexText: string,
  partText: string,
  environment: string,
  component: string,
  content: string,
): Obtained {
  const part = partIn(Buffer.from(partText), environment, component);
  if (!part.ok) return { ok: false, temporary: false, reason: part.reason };
  const position = { ...positionOf(entry), content };
  return { ok: true, content: { entry, indexText, partText, part: part.value, position } };
}
