import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { type Cache, fileCache, memoryCache } from './cache.ts';
import { loadSources } from './load.ts';

const test = suite('load: the cache');
const folder = mkdtempSync(join(tmpdir(), 'ztna-cache-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const FILE = join(folder, 'cache/files');

const group = (id: string, description: string) => ({
  path: `policies/groups/${id}.yaml`,
  bytes: Buffer.from(`id: ${id}\ndescription: ${description}\nowner: platform\nmembers: [a@example.com]\n`),
});
const SOURCES = [group('one', 'One'), group('two', 'Two')];

/** Counts what a cache knew. */
function counting(cache: Cache): Cache & { hits: number } {
  const counted = {
    hits: 0,
    get(path: string, bytes: Buffer) {
      const value = cache.get(path, bytes);
      if (value !== undefined) counted.hits++;
      return value;
    },
    put: cache.put,
    save: cache.save,
  };
  return counted;
}

/** Loads by a cache and says what it knew; the outcome is what it is without. */
function hits(cache: Cache, sources = SOURCES): number {
  const counted = counting(cache);
  const [cached, plain] = [loadSources(sources, counted), loadSources(sources)];
  const values = ({ repository }: typeof cached) => [...repository.groups.values()].map(({ value }) => value);
  assert.equal([values(cached), cached.findings], [values(plain), plain.findings]);
  assert.equal(cached.texts, plain.texts);
  for (const [id, file] of cached.repository.groups)
    assert.equal(file.place(['owner']), plain.repository.groups.get(id)!.place(['owner']));
  counted.save();
  return counted.hits;
}

test('what was loaded once is known the next time, and what has changed is not', () => {
  assert.is(hits(fileCache(FILE)), 0);
  assert.is(hits(fileCache(FILE)), 2);
  assert.is(hits(fileCache(FILE), [SOURCES[0]!, group('two', 'Changed')]), 1);
  assert.is(hits(fileCache(FILE), [SOURCES[0]!]), 1);
});

test('a file elsewhere with the same bytes is another file', () => {
  hits(fileCache(FILE));
  const elsewhere = { path: 'policies/groups/three.yaml', bytes: SOURCES[0]!.bytes };
  const { findings } = loadSources([elsewhere], fileCache(FILE));
  assert.match(findings[0]!.message, /is not the file's name/);
});

test('a file with findings is read each time', () => {
  const broken = { path: 'policies/groups/four.yaml', bytes: Buffer.from('id: four\n') };
  assert.is(hits(fileCache(FILE), [broken]), 0);
  assert.is(hits(fileCache(FILE), [broken]), 0);
});

test('a cache that is lost, cut off, altered or of another version is none', () => {
  hits(fileCache(FILE));
  const text = readFileSync(FILE, 'utf8');
  assert.is(hits(fileCache(FILE)), 2);
  for (const wrong of [
    text.slice(0, -20),
    text.replace('One', 'Two'),
    text.replace(/^./, 'x'),
    '',
    'nonsense\n{}',
  ]) {
    writeFileSync(FILE, wrong);
    assert.is(hits(fileCache(FILE)), 0);
  }
  rmSync(FILE);
  assert.is(hits(fileCache(FILE)), 0);
});

test('where it cannot be written, nothing but time is lost', () => {
  const blocked = join(folder, 'blocked');
  writeFileSync(blocked, '');
  assert.is(hits(fileCache(join(blocked, 'files'))), 0);
});

test('a cache in memory knows what the last load used', () => {
  const cache = memoryCache();
  assert.equal([hits(cache), hits(cache), hits(cache, [SOURCES[0]!]), hits(cache)], [0, 2, 1, 1]);
});

test.run();
