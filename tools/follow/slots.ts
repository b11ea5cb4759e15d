import { join } from 'node:path';
import type { Position } from '../contract/shapes.ts';
import { type EntryContent, restore, type ContentRecord, contentRecordOf, type Subject } from './fetch.ts';
import type { DurableFiles } from './durable-file.ts';

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
  /** The last known good content; absent at the first start, or where the slot does not verify. */
  content?: EntryContent;
  /** What was there and could not be used. */
  problem?: string;
}

/** Two slots for content, and the file that says which is in use: replaced in one step, it is the switch. */
export class Slots {
  #memory: Memory | undefined;

  constructor(
    readonly folder: string,
    readonly subject: Subject,
    readonly files: DurableFiles,
  ) {}

  /** Reads what is there, and verifies it anew. */
  async load(): Promise<SlotsAtStart> {
    const state = await this.#read<{ memory?: Memory; refused?: RefusedEntry }>('state.json');
    if (state === 'none') return {};
    if (state === 'unreadable' || !wellFormed(state))
      return { problem: `${this.folder}/state.json is unreadable` };
    this.#memory = state.memory;
    const { memory, refused } = state;
    const known = { ...(memory && { memory }), ...(refused && { refused }) };
    return memory ? { ...known, ...(await this.#content(memory)) } : known;
  }

  async #content({ slot, floor }: Memory): Promise<Pick<SlotsAtStart, 'content' | 'problem'>> {
    const record = await this.#read<ContentRecord>(`slot-${slot}.json`);
    if (record === 'none' || record === 'unreadable')
      return { problem: `slot ${slot} in ${this.folder} is ${record}` };
    // After the epoch was raised, what was in force stays so until the new log begins.
    const identity = { ...this.subject.identity, epoch: floor.epoch };
    const restored = restore(record, { ...this.subject, identity });
    if (!restored.ok)
      return { problem: `slot ${slot} in ${this.folder} does not verify: ${restored.reason}` };
    return restored.content.position.entry === floor.entry
      ? { content: restored.content }
      : { problem: `slot ${slot} in ${this.folder} holds another entry than it should` };
  }

  /** Writes content to the slot that is not in use. */
  async stage(content: EntryContent): Promise<void> {
    await this.files.write(
      join(this.folder, `slot-${this.#other()}.json`),
      JSON.stringify(contentRecordOf(content)),
    );
  }

  /** Puts the staged content in use, and raises the floor to it: from here on it is last known good. */
  async switchTo(content: EntryContent): Promise<void> {
    await this.#write({ slot: this.#other(), floor: content.position }, undefined);
  }

  /** Remembers that the component refused an entry. */
  async remember(refused: RefusedEntry): Promise<void> {
    await this.#write(this.#memory, refused);
  }

  async #write(memory: Memory | undefined, refused: RefusedEntry | undefined): Promise<void> {
    const text = JSON.stringify({ ...(memory && { memory }), ...(refused && { refused }) });
    await this.files.write(join(this.folder, 'state.json'), text);
    this.#memory = memory;
  }

  #other(): 'a' | 'b' {
    return this.#memory?.slot === 'a' ? 'b' : 'a';
  }

  async #read<T>(name: string): Promise<T | 'none' | 'unreadable'> {
    const text = await this.files.read(join(this.folder, name));
    if (text === undefined) return 'none';
    try {
      return JSON.parse(text) as T;
    } catch {
      return 'unreadable';
    }
  }
}

function wellFormed(state: { memory?: Memory; refused?: RefusedEntry } | null): boolean {
  if (state === null || typeof state !== 'object') return false;
  const { memory } = state;
  return (
    memory === undefined ||
    ((memory.slot === 'a' || memory.slot === 'b') &&
      Number.isSafeInteger(memory.floor?.sequence) &&
      Number.isSafeInteger(memory.floor.epoch) &&
      typeof memory.floor.entry === 'string')
  );
}
