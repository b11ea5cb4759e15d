import { watch, type FSWatcher } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FOLDERS } from '../load/sources.ts';

/** Editors save in several steps: a change is looked at when nothing else has changed for so long. */
const QUIET_MS = 40;
/** Some file systems tell of no changes; so often everything is looked at anyway. */
const ANYWAY_MS = 5000;

/**
 * Calls back after each change below the repository's folders, until aborted.
 * @param changed told when the change was first seen, in milliseconds
 */
export async function watchFolders(
  root: string,
  signal: AbortSignal,
  changed: (seen: number) => void,
): Promise<void> {
  let first: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const folders = new Folders(root, () => {
    first ??= Date.now();
    clearTimeout(timer);
    timer = setTimeout(() => {
      const seen = first!;
      first = undefined;
      void folders.look();
      changed(seen);
    }, QUIET_MS);
  });
  const anyway = setInterval(() => {
    void folders.look();
    changed(Date.now());
  }, ANYWAY_MS);
  const end = (): void => {
    clearTimeout(timer);
    clearInterval(anyway);
    folders.close();
  };
  if (signal.aborted) return end();
  signal.addEventListener('abort', end);
  await folders.look();
}

/**
 * Watches each folder by itself: Node 20's recursive watching loses sight of a file that is replaced, which is how
 * most editors save.
 */
class Folders {
  readonly #watchers = new Map<string, FSWatcher>();
  #closed = false;

  readonly root: string;
  readonly changed: () => void;

  constructor(root: string, changed: () => void) {
    this.root = root;
    this.changed = changed;
  }

  /** Finds the folders there are now, and watches those that are new. */
  async look(): Promise<void> {
    const found = new Set<string>();
    for (const folder of FOLDERS) await collect(join(this.root, folder), found);
    if (this.#closed) return;
    for (const [folder, watcher] of this.#watchers) if (!found.has(folder)) this.#forget(folder, watcher);
    for (const folder of found) if (!this.#watchers.has(folder)) this.#watch(folder);
  }

  /** Ends all watching. */
  close(): void {
    this.#closed = true;
    for (const [folder, watcher] of this.#watchers) this.#forget(folder, watcher);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, this.changed);
      watcher.on('error', () => this.#forget(folder, watcher));
      this.#watchers.set(folder, watcher);
    } catch {
      // The folder is gone again, or the system has no watches left: looking anyway sees its changes.
    }
  }

  #forget(folder: string, watcher: FSWatcher): void {
    watcher.close();
    this.#watchers.delete(folder);
  }
}

async function collect(folder: string, found: Set<string>): Promise<void> {
  // What cannot be read has nothing to watch; loading the files, which comes next, says so.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return;
  found.add(folder);
  for (const entry of entries) if (entry.isDirectory()) await collect(join(folder, entry.name), found);
}
