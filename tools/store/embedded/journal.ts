import { writeAtomically } from '../../files/durable-file.ts';
import { PRIVATE } from '../../files/own-files.ts';
import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../contract/fault.ts';

/*
 * The journal is one file of lines. The first names the format; each further line is one batch of changes,
 * `<16 hex digits of its SHA-256> <JSON array>`, written and synced before the next one begins. So a line that is
 * not whole can only be the last, and nobody was told that it was written; anywhere else it is damage.
 */
const HEADER = 'ztna-store 1\n';
const NEWLINE = 0x0a;

/** Below this many bytes a journal is not worth writing anew. */
const COMPACT_BYTES = 4 * 1024 * 1024;

/** What the journal is of. */
export interface JournaledState<Change> {
  apply(change: Change): void;
  /** The changes that make the present state from nothing. */
  changes(): Iterable<Change>;
  /** How many those are. */
  readonly records: number;
}

export interface JournalOptions {
  /** Asked before every write; rejects when the folder is no longer ours. */
  guard?: () => Promise<void>;
  /** Bytes from which a journal that is mostly history is written anew. */
  compactBytes?: number;
}

/** Changes on disk, in order: what `durable` has promised survives the end of the process and of the power. */
export class Journal<Change> {
  /** Bytes at the end that were not whole when it was opened, and were cut off. */
  readonly torn: number;
  readonly #folder: string;
  readonly #state: JournaledState<Change>;
  readonly #options: JournalOptions;
  #file: FileHandle;
  #bytes: number;
  #records: number;
  #pending: Change[] = [];
  #written: Promise<void> = Promise.resolve();

  private constructor(folder: string, state: JournaledState<Change>, options: JournalOptions, start: Start) {
    this.#folder = folder;
    this.#state = state;
    this.#options = options;
    this.#file = start.file;
    this.#bytes = start.bytes;
    this.#records = start.records;
    this.torn = start.torn;
  }

  /**
   * Opens the journal of a folder, or begins one, and applies every change in it to `state`.
   * Throws Fault when it is damaged before its last line.
   */
  static async open<Change>(folder: string, state: JournaledState<Change>, options: JournalOptions = {}) {
    const path = join(folder, 'journal');
    const bytes = await readFile(path).catch(absent);
    if (!bytes) await replace(folder, Buffer.from(HEADER));
    const read = replay(bytes ?? Buffer.from(HEADER), state, path);
    const file = await open(path, 'r+');
    if (read.torn > 0) {
      await file.truncate(read.bytes);
      await file.sync();
    }
    return new Journal(folder, state, options, { ...read, file });
  }

  /** Takes a change; it is on disk once `durable` resolves. */
  append(change: Change): void {
    this.#pending.push(change);
  }

  /**
   * Resolves when every change taken so far is on disk. Those taken while a write is under way go together in the
   * next one. After a failed write it rejects for ever, because memory is then ahead of the disk.
   */
  durable(): Promise<void> {
    if (this.#pending.length > 0) {
      this.#written = this.#written.then(() => this.#flush());
      this.#written.catch(() => {});
    }
    return this.#written;
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    await this.durable().catch(() => {});
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    const batch = this.#pending;
    if (batch.length === 0) return;
    await this.#options.guard?.();
    this.#pending = [];
    this.#records += batch.length;
    if (
      this.#bytes > (this.#options.compactBytes ?? COMPACT_BYTES) &&
      this.#records > 2 * this.#state.records
    )
      return this.#compact();
    const line = frame(batch);
    await writeAll(this.#file, line, this.#bytes);
    await this.#file.datasync();
    this.#bytes += line.length;
  }

  /** Writes the present state, which holds all that is pending, in place of its history. */
  async #compact(): Promise<void> {
    this.#pending = [];
    const lines: Buffer[] = [Buffer.from(HEADER)];
    for (const change of this.#state.changes()) lines.push(frame([change]));
    const all = Buffer.concat(lines);
    this.#records = lines.length - 1;
    const file = await replace(this.#folder, all);
    await this.#file.close();
    this.#file = await open(file, 'r+');
    this.#bytes = all.length;
  }
}

interface Start {
  file: FileHandle;
  bytes: number;
  records: number;
  torn: number;
}

function frame(batch: readonly unknown[]): Buffer {
  const text = JSON.stringify(batch);
  return Buffer.from(`${digest(text)} ${text}\n`);
}

function digest(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Applies the whole lines of a journal; says how far they go. */
function replay<Change>(bytes: Buffer, state: JournaledState<Change>, path: string): Omit<Start, 'file'> {
  if (bytes.subarray(0, HEADER.length).toString() !== HEADER)
    throw new Fault(
      `${path} is not a journal of this store: it does not begin with "${HEADER.trim()}"`,
      AWAY,
    );
  let at = HEADER.length;
  let records = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(NEWLINE, at);
    const batch = end < 0 ? undefined : unframe(bytes.subarray(at, end));
    if (!batch) break;
    for (const change of batch) state.apply(change as Change);
    records += batch.length;
    at = end + 1;
  }
  if (wholeLineAfter(bytes, at))
    throw new Fault(
      `${path} is damaged at byte ${at}, and what follows is not: writes that were acknowledged are lost`,
      AWAY,
    );
  return { bytes: at, records, torn: bytes.length - at };
}

const AWAY = 'put a copy of it back, or move it away to begin with an empty store';

/** The batch in a line, if the line is whole. */
function unframe(line: Buffer): unknown[] | undefined {
  const text = line.subarray(17);
  return line[16] === 0x20 && line.subarray(0, 16).toString('latin1') === digest(text)
    ? (JSON.parse(text.toString()) as unknown[])
    : undefined;
}

function wholeLineAfter(bytes: Buffer, at: number): boolean {
  for (let end = bytes.indexOf(NEWLINE, at); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
    if (unframe(bytes.subarray(at, end))) return true;
    at = end + 1;
  }
  return false;
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** Puts a journal in place whole: written beside it, synced, renamed, and the folder synced. */
async function replace(folder: string, bytes: Buffer): Promise<string> {
  const path = join(folder, 'journal');
  await writeAtomically(path, bytes, PRIVATE);
  return path;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
