import { setTimeout } from 'node:timers/promises';
import type { PublicKey } from '../../../tools/contract/log/dsse.ts';
import type { Environment } from '../../../tools/contract/shapes.ts';
import type { Files, FilesSource } from './files.ts';
import { PublishedRepositories } from './repositories.ts';
import { readStore, UNREAD, unread, type StoreReading } from './store-reading.ts';
import type { FiguresOf } from './traffic.ts';
import type { Stores } from './store.ts';

/** By environment and sequence: milliseconds from an entry's issue until it was in force everywhere. */
export type EnforcedAfter = ReadonlyMap<string, StoreReading['enforcedAfter']>;

/** From where everything is read. */
export interface ReaderOptions {
  files: FilesSource;
  stores: Stores;
  trusted: (environment: Environment) => PublicKey[];
  /** Asks components, where they are on this machine. */
  figuresOf?: FiguresOf | undefined;
  /** What was seen before this one began. */
  enforcedAfter?: EnforcedAfter | undefined;
  /** The environments that are shown; all where none are named. */
  environments?: readonly string[] | undefined;
  /** Milliseconds between two looks at the stores. */
  pollMs: number;
  /** The same while somebody looks at what is live; it is often enough for both where it is not said. */
  watchedPollMs?: number | undefined;
  now: () => number;
  /** Told of what no reader expects: a defect, which ends nothing. */
  defect: (error: unknown) => void;
}

/** Everything that is known at a moment; never changed, only replaced. */
export interface Knowledge {
  /** Changes with everything else. */
  version: number;
  files: Files;
  stores: ReadonlyMap<string, StoreReading>;
}

/** The one reader of files and stores, however many look at what it knows. */
export class Reader {
  readonly published: PublishedRepositories;
  readonly options: ReaderOptions;
  #known: Knowledge | undefined;
  #running: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<() => void>();
  readonly #ending = new AbortController();
  #viewers = 0;

  constructor(options: ReaderOptions) {
    this.options = options;
    this.published = new PublishedRepositories(options.files.root);
  }

  /** What is known; undefined before the first reading. */
  known(): Knowledge | undefined {
    return this.#known;
  }

  /** Calls back after each change. @returns what ends that */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The same for somebody who looks at what is live. */
  watch(listener: () => void): () => void {
    const unsubscribe = this.subscribe(listener);
    this.#viewers++;
    return () => {
      this.#viewers--;
      unsubscribe();
    };
  }

  /** Whether it has ended. */
  isOver(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Reads everything once, and from then on whatever changes. */
  async start(): Promise<void> {
    const { signal } = this.#ending;
    // Watched before they are read: what changes in between is seen.
    this.options.files.watch(signal, () => void this.#guarded(() => this.#readFiles()));
    await this.#readFiles();
    await this.#readStores();
    this.#running = this.#poll(signal);
  }

  /** Reads the stores at once, as a person asked to try again. */
  async again(): Promise<void> {
    await this.#guarded(() => this.#readStores());
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    for (const listener of this.#listeners) listener();
    await this.#running;
    await this.options.stores.close();
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { pollMs, watchedPollMs = pollMs } = this.options;
      const pause = this.#viewers > 0 ? watchedPollMs : pollMs;
      await setTimeout(pause, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await this.#guarded(() => this.#readStores());
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    await work().catch(this.options.defect);
  }

  async #readFiles(): Promise<void> {
    const files = await this.options.files.read();
    if (files) this.#learn({ files });
  }

  async #readStores(): Promise<void> {
    const { files, stores } = this.#known!;
    const { environments: shown } = this.options;
    const environments = [...files.loaded.repository.environments.values()].filter(
      ({ value }) => !shown || shown.includes(value.id),
    );
    const read = await Promise.all(
      environments.map(
        async ({ value }) =>
          [value.id, await this.#readOne(value, stores.get(value.id) ?? this.#unread(value))] as const,
      ),
    );
    this.#see(new Map(read));
    if (read.some(([id, one]) => differs(stores.get(id), one)) || stores.size !== read.length)
      this.#learn({ stores: new Map(read) });
    // Ages are told from it, and nobody is told of it.
    else this.#known = { ...this.#known!, stores: new Map(read) };
  }

  /** Nothing is known of the store but what was seen before. */
  #unread({ id }: Environment): StoreReading {
    const seen = this.options.enforcedAfter?.get(id);
    return seen ? { ...UNREAD, enforcedAfter: seen } : UNREAD;
  }

  async #readOne(environment: Environment, before: StoreReading): Promise<StoreReading> {
    const { stores, trusted, now, files, figuresOf } = this.options;
    try {
      const store = await stores.of(environment);
      const asked = { environment, store, trusted: trusted(environment), root: files.root, figuresOf };
      return await readStore(asked, before, now());
    } catch (error) {
      await stores.forget(environment);
      return unread(before, error, now());
    }
  }

  /** Keeps the files that entries were published from. */
  #see(stores: ReadonlyMap<string, StoreReading>): void {
    for (const [environment, { observed, history }] of stores) {
      const row = history?.entries.find(({ newest }) => newest);
      if (row && observed?.contents)
        this.published.see(this.#known!.files.delivered, environment, row, observed.contents);
    }
  }

  #learn(what: Partial<Pick<Knowledge, 'files' | 'stores'>>): void {
    const { version, ...known } = this.#known ?? { version: 0, stores: new Map() };
    this.#known = { ...(known as Knowledge), ...what, version: version + 1 };
    for (const listener of this.#listeners) listener();
  }
}

/** Whether anybody would see that a store was read once more. */
function differs(before: StoreReading | undefined, after: StoreReading): boolean {
  const seen = (one: StoreReading | undefined) =>
    one && JSON.stringify([one.convergence, one.away, one.traffic, one.history, [...one.enforcedAfter]]);
  return seen(before) !== seen(after);
}
