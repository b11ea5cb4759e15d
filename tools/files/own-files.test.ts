import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Fault } from '../contract/fault.ts';
import { fileCache } from '../load/cache.ts';
import { createKey } from '../publish/keys/keys.ts';
import { suite } from '../testing/suite.ts';
import { writeAtomically } from './durable-file.ts';
import { appendText, createFile, FOR_GROUP, freshName, ownFolder, PUBLIC, replaceFile } from './own-files.ts';

const test = suite('files: those that are ours alone');
const root = mkdtempSync(join(tmpdir(), 'ztna-own-'));
test.after(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => {
  const folder = join(root, String((count += 1)));
  mkdirSync(folder);
  return folder;
};
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('a folder is for us alone, with those above it, and one that was open is closed', () => {
  const above = join(fresh(), 'a');
  ownFolder(join(above, 'b'));
  assert.equal([modeOf(above), modeOf(join(above, 'b'))], ['700', '700']);
  chmodSync(above, 0o755);
  ownFolder(above);
  assert.is(modeOf(above), '700');
});

if (process.geteuid?.() === 0)
  test('a link of another user in the place of a folder is refused, one of our own leads where we said', () => {
    const folder = fresh();
    symlinkSync(fresh(), join(folder, 'own'));
    ownFolder(join(folder, 'own'));
    symlinkSync(fresh(), join(folder, 'theirs'));
    lchownSync(join(folder, 'theirs'), 65534, 65534);
    assert.throws(
      () => ownFolder(join(folder, 'theirs')),
      (error: Error) => error instanceof Fault,
    );
  });

/** Ways to replace a file. */
const WRITERS: Readonly<Record<string, (path: string, text: string) => void | Promise<void>>> = {
  'at once': (path, text) => replaceFile(path, text),
  durably: (path, text) => writeAtomically(path, text),
};
for (const [how, write] of Object.entries(WRITERS))
  test(`what is in the way of a temporary file is not written through: ${how}`, async () => {
    const folder = fresh();
    const [path, victim] = [join(folder, 'state'), join(fresh(), 'victim')];
    writeFileSync(victim, 'theirs');
    symlinkSync(victim, freshName(path));
    await write(path, 'ours');
    assert.is(readFileSync(victim, 'utf8'), 'theirs');
    assert.is(readFileSync(path, 'utf8'), 'ours');
    assert.equal(readdirSync(folder), ['state']);
    // A link in the place of the file itself is replaced, and not followed either.
    rmSync(path);
    symlinkSync(victim, path);
    await write(path, 'again');
    assert.is(readFileSync(victim, 'utf8'), 'theirs');
  });

test('a file is for us, for our group or for everybody, whatever it was before', () => {
  const path = join(fresh(), 'file');
  writeFileSync(path, '', { mode: 0o666 });
  chmodSync(path, 0o666);
  replaceFile(path, 'a');
  assert.is(modeOf(path), '600');
  replaceFile(path, 'a', FOR_GROUP);
  assert.is(modeOf(path), '640');
  replaceFile(path, 'a', PUBLIC);
  assert.is(modeOf(path), '644');
});

test('a file that must not be there is made once, and neither made nor appended to through a link', () => {
  const path = join(fresh(), 'key');
  assert.ok(createFile(path, 'a'));
  assert.not(createFile(path, 'b'));
  assert.is(readFileSync(path, 'utf8'), 'a');
  const dangling = join(fresh(), 'link');
  const target = join(fresh(), 'target');
  symlinkSync(target, dangling);
  assert.not(createFile(dangling, 'a'));
  assert.throws(() => appendText(dangling, 'a'), /ELOOP/);
  assert.not(existsSync(target));
  appendText(path, 'c');
  assert.is(readFileSync(path, 'utf8'), 'ac');
});

test('what is kept between runs is in folders that nobody else enters', () => {
  const state = join(fresh(), '.ztna');
  const cache = fileCache(join(state, 'cache', 'files'));
  cache.put('a.yaml', Buffer.from('a'), { a: 1 });
  cache.save();
  createKey(join(state, 'keys', 'local.pem'));
  for (const folder of ['', 'cache', 'keys']) assert.is(modeOf(join(state, folder)), '700', folder);
});

test.run();
