import { join } from 'node:path';
import { digestOf } from '../contract/log/canonical.ts';
import { comparePositions } from '../contract/log/entry.ts';
import type { Envelope, Position } from '../contract/shapes.ts';
import { jsonIn } from '../contract/text.ts';
import {
  type EntryContent,
  restore,
  type ContentRecord,
  contentRecordOf,
  type Subject,
} from './content/fetch.ts';
import type { DurableFiles } from '../files/durable-file.ts';

/** A candidate that the component refused, and the run of the component that did. */
export interface RefusedEntry {
  position: Position;
  reason: string;
  run: string;
}

/** What a follower remembers, beside the content itself. */
export interface Memory {
  slot: 'a' | 'b';
  /** Nothing below this is ever enforced again. */
  floor: Position;
}

/** What a follower finds when it starts. */
export interface SlotsAtStart {
  memory?: Memory;
  refused?: RefusedEntry;
  /** The last known good content; absent at the first start, or where no slot has it. */
  content?: EntryContent;
  /** What was last known good where the component refuses `content`: then that was staged, and never in force. */
  fallback?: EntryContent;
  /** What was there and could not be used. */
  problem?: string;
  /** Whether not all files have what they should: to be repaired once the content is in force. */
  damaged?: boolean;
}

/** What is in `state.json`. */
interface SlotsState {
  memory?: Memory;
  refused?: RefusedEntry;
}

/** A file of a follower's own: what it says, that there is none, or why it cannot be used. */
type Found<T> = { value: T } | 'none' | { problem: string; error?: unknown };

type SlotName = Memory['slot'];

/**
 * Two slots for content, and the file that says which is in use: replaced in one step, it is the switch. Once content is
 * in use both slots have it, so that no damage to a single file takes away what is in force, or its floor.
 */
export class Slots {
  #memory: Memory | undefined;
  #refused: RefusedEntry | undefined;

  readonly folder: string;
  readonly subject: Subject;
  readonly files: DurableFiles;

  constructor(folder: string, subject: Subject, files: DurableFiles) {
    this.folder = folder;
    this.subject = subject;
    this.files = files;
  }

  /**
   * Reads what is there, and verifies it anew.
   * @throws the disk's own error where nothing can be read that says what was in force: that is not a first start
   */
  async load(): Promise<SlotsAtStart> {
    const state = await this.#read('state.json', stateIn);
    if (state === 'none') return {};
    if ('problem' in state) return this.#fromSlots(state);
    const { memory, refused } = state.value;
    [this.#memory, this.#refused] = [memory, refused];
    const known = { ...(memory && { memory }), ...(refused && { refused }) };
    return memory ? { ...known, ...(await this.#inUse(memory)) } : known;
  }

  /** The content of the floor, from whichever slot has it. */
  async #inUse(memory: Memory): Promise<Pick<SlotsAtStart, 'content' | 'problem' | 'damaged'>> {
    const isFloor = (found: FoundSlot): found is { value: SlotContent } =>
      'value' in found &&
      comparePositions(found.value.content.position, memory.floor) === 0 &&
      found.value.content.position.entry === memory.floor.entry;
    const [used, other] = [await this.#slot(memory.slot), await this.#slot(otherThan(memory.slot))];
    if (isFloor(used)) {
      // What was only staged is in the other slot too, after a crash: then nothing is wrong.
      const problem = 'problem' in other && other.exists ? `${other.problem}; it is written anew` : undefined;
      return { content: used.value.content, damaged: !isFloor(other), ...(problem && { problem }) };
    }
    const problem =
      'problem' in used ? used.problem : `${this.#name(memory.slot)} holds another entry than it should`;
    if (!isFloor(other)) return { problem };
    this.#memory = { ...memory, slot: otherThan(memory.slot) };
    return {
      content: other.value.content,
      damaged: true,
      problem: `${problem}; the other slot has the same entry, and is used`,
    };
  }

  /** Without the file that says which slot is in use: the newest entry that a slot has is not below any floor. */
  async #fromSlots({ problem, error }: { problem: string; error?: unknown }): Promise<SlotsAtStart> {
    const slots = [await this.#slot('a'), await this.#slot('b')];
    const [best, next] = slots
      .flatMap((one) => ('value' in one ? [one.value] : []))
      .sort((one, other) => comparePositions(other.content.position, one.content.position));
    const failed = [error, ...slots.map((one) => 'problem' in one && one.error)].find(Boolean);
    if (!best && failed) throw failed;
    if (!best) return { problem: `${problem}, and no slot verifies: it begins anew` };
    this.#memory = { slot: best.slot, floor: best.content.position };
    const { sequence, entry } = best.content.position;
    const differs = next && next.content.position.entry !== entry;
    return {
      memory: this.#memory,
      content: best.content,
      damaged: true,
      ...(differs && { fallback: next.content }),
      problem: `${problem}; ${this.#name(best.slot)} has entry ${sequence}, and is used`,
    };
  }

  /** What a slot has, verified as of the epoch that it says: after the epoch was raised, it stays in force until the new log begins. */
  async #slot(slot: SlotName): Promise<FoundSlot> {
    const name = this.#name(slot);
    const record = await this.#read(`slot-${slot}.json`, (value) => value as ContentRecord);
    if (record === 'none') return { problem: `${name} is none`, exists: false };
    if ('problem' in record) return { ...record, exists: true };
    const identity = { ...this.subject.identity, epoch: epochIn(record.value) };
    const restored = restore(record.value, { ...this.subject, identity });
    return restored.ok
      ? { value: { slot, content: restored.content } }
      : { problem: `${name} does not verify: ${restored.reason}`, exists: true };
  }

  /** Writes content to the slot that is not in use. */
  async stage(content: EntryContent): Promise<void> {
    const path = join(this.folder, `slot-${otherThan(this.#memory?.slot)}.json`);
    await this.files.write(path, JSON.stringify(contentRecordOf(content)));
  }

  /** Puts the staged content in use, and raises the floor to it: from here on it is last known good. */
  async switchTo(content: EntryContent): Promise<void> {
    await this.#write({ slot: otherThan(this.#memory?.slot), floor: content.position }, undefined);
  }

  /** Puts the content of the other slot in use, the one of which was never in force. */
  async fallBackTo(content: EntryContent, refused: RefusedEntry): Promise<void> {
    await this.#write({ slot: otherThan(this.#memory?.slot), floor: content.position }, refused);
  }

  /** Makes everything whole again around the content in use. */
  async repair(content: EntryContent): Promise<void> {
    await this.#write(this.#memory, this.#refused);
    await this.stage(content);
  }

  /** Remembers that the component refused an entry. */
  async remember(refused: RefusedEntry): Promise<void> {
    await this.#write(this.#memory, refused);
  }

  async #write(memory: Memory | undefined, refused: RefusedEntry | undefined): Promise<void> {
    const state: SlotsState = { ...(memory && { memory }), ...(refused && { refused }) };
    const text = JSON.stringify({ ...state, check: checkOf(state) });
    await this.files.write(join(this.folder, 'state.json'), text);
    [this.#memory, this.#refused] = [memory, refused];
  }

  #name(slot: SlotName): string {
    return `slot ${slot} in ${this.folder}`;
  }

  async #read<T>(name: string, parse: (value: unknown) => T | undefined): Promise<Found<T>> {
    const problem = `${this.folder}/${name} is unreadable`;
    try {
      const text = await this.files.read(join(this.folder, name));
      if (text === undefined) return 'none';
      const value = parse(jsonIn(text));
      return value === undefined ? { problem } : { value };
    } catch (error) {
      return { problem: `${problem}: ${(error as Error).message}`, error };
    }
  }
}

/** What a slot has, or why that is nothing. */
type FoundSlot = { value: SlotContent } | { problem: string; exists: boolean; error?: unknown };

/** What a slot has that verifies. */
interface SlotContent {
  slot: SlotName;
  content: EntryContent;
}

function otherThan(slot: SlotName | undefined): SlotName {
  return slot === 'a' ? 'b' : 'a';
}

/** The epoch that an envelope says of itself, to be verified; 0, which no entry has, for anything else. */
function epochIn(record: ContentRecord | null): number {
  const envelope = jsonIn(typeof record?.envelope === 'string' ? record.envelope : '') as Partial<Envelope>;
  const payload = typeof envelope?.payload === 'string' ? envelope.payload : '';
  const entry = jsonIn(Buffer.from(payload, 'base64').toString()) as { epoch?: unknown } | null | undefined;
  return Number.isSafeInteger(entry?.epoch) ? (entry!.epoch as number) : 0;
}

function checkOf(state: SlotsState): string {
  return digestOf(JSON.stringify(state));
}

/** The state in a file: one that is whole, by its own check where it has one. */
function stateIn(value: unknown): SlotsState | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const { check, ...state } = value as SlotsState & { check?: string };
  if (check !== undefined && check !== checkOf(state)) return undefined;
  return isWellFormed(state) ? state : undefined;
}

function isWellFormed({ memory }: SlotsState): boolean {
  return (
    memory === undefined ||
    ((memory.slot === 'a' || memory.slot === 'b') &&
      Number.isSafeInteger(memory.floor?.sequence) &&
      Number.isSafeInteger(memory.floor.epoch) &&
      typeof memory.floor.entry === 'string')
  );
}
