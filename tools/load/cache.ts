import { ownFolder, replaceFile } from '../files/own-files.ts';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Values of files that had no fault, known by path and content. */
export interface Cache {
  /** The value of a file with this path and these bytes; undefined where it is not known. */
  get(path: string, bytes: Buffer): unknown;
  /** Keeps the value of a file without fault. */
  put(path: string, bytes: Buffer, value: unknown): void;
  /** Writes what this run used, where that is not what was there. */
  save(): void;
}

/**
 * A cache in a file. It is for the tools that made it only, and an index that is lost, cut off or altered by
 * accident is none: it costs time and nothing else. Publishing and the check of a pull request use no cache.
 */
export function fileCache(file: string): Cache {
  const version = toolVersion();
  const known = readBack(file, version);
  return cacheOf(known, (used, fresh) => {
    if (fresh === 0 && known.size <= KEPT * used.size) return;
    // What other commands used is kept with it: of two branches by turns, neither is read anew each time.
    const all = known.size <= KEPT * used.size ? new Map([...known, ...used]) : used;
    writeOut(file, version, all);
  });
}

/** Values are kept as long as there are at most so many times as many as the last command used. */
const KEPT = 2;

/** A cache for as long as the process runs: it has what the last load used. */
export function memoryCache(): Cache {
  let last: Cache | undefined;
  const begin = (known: ReadonlyMap<string, unknown>): Cache =>
    cacheOf(known, (used) => void (last = begin(used)));
  last = begin(new Map());
  return {
    get: (path, bytes) => last!.get(path, bytes),
    put: (path, bytes, value) => last!.put(path, bytes, value),
    save: () => last!.save(),
  };
}

function cacheOf(
  known: ReadonlyMap<string, unknown>,
  keep: (used: ReadonlyMap<string, unknown>, fresh: number) => void,
): Cache {
  const used = new Map<string, unknown>();
  let fresh = 0;
  return {
    get(path, bytes) {
      const key = keyOf(path, bytes);
      const value = used.get(key) ?? known.get(key);
      if (value !== undefined) used.set(key, value);
      return value;
    },
    put(path, bytes, value) {
      used.set(keyOf(path, bytes), value);
      fresh += 1;
    },
    save() {
      keep(used, fresh);
    },
  };
}

function keyOf(path: string, bytes: Buffer): string {
  return createHash('sha256').update(path).update('\0').update(bytes).digest('base64url');
}

/** Set where the tools are bundled (`bin/bundle.js`): a digest of what decides a file's value. */
declare const LOADER_DIGEST: string | undefined;

/** For tools that run from their sources: nothing tells which those are, so no other process may use the values. */
const unbundled = randomUUID();

/** Changes with everything that decides what a file's value is: the loader, the validators, the YAML reader. */
const toolVersion = (): string => (typeof LOADER_DIGEST === 'string' ? LOADER_DIGEST : unbundled);

const digest = (body: string): string => createHash('sha256').update(body).digest('hex');

function readBack(file: string, version: string): Map<string, unknown> {
  try {
    const text = readFileSync(file, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== `${version} ${digest(body)}`) return new Map();
    return new Map(Object.entries(JSON.parse(body) as Record<string, unknown>));
  } catch {
    // A cache that cannot be read costs this run its time, and nothing else: every file is read anyway.
    return new Map();
  }
}

function writeOut(file: string, version: string, values: ReadonlyMap<string, unknown>): void {
  try {
    ownFolder(dirname(file));
    const body = JSON.stringify(Object.fromEntries(values));
    replaceFile(file, `${version} ${digest(body)}\n${body}`);
  } catch {
    // A disk that is full or read-only costs the next run its time, and this one nothing.
  }
}
