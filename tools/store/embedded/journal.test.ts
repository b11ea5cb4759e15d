import { appendFile, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { Journal, type JournalOptions } from './journal.ts';
import { Fault } from '../../contract/fault.ts';

const test = suite('embedded store: journal');

/** A state that is a set of words: a change is a word. */
class Words {
  readonly all: string[] = [];
  apply(word: string) {
    if (!this.all.includes(word)) this.all.push(word);
  }
  changes() {
    return this.all;
  }
  get records() {
    return this.all.length;
  }
}

function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'journal-'));
}

async function opened(where: string, options?: JournalOptions) {
  const words = new Words();
  const journal = await Journal.open(where, words, options);
  const add = (word: string) => {
    words.apply(word);
    journal.append(word);
    return journal.durable();
  };
  return { words, journal, add };
}

async function reread(where: string): Promise<string[]> {
  const { words, journal } = await opened(where);
  await journal.close();
  return words.all;
}

async function written(...batches: string[]): Promise<string> {
  const where = await folder();
  const { journal, add } = await opened(where);
  for (const word of batches) await add(word);
  await journal.close();
  return where;
}

test('what was durable is there again, in order', async () => {
  assert.equal(await reread(await written('b', 'a', 'line\nend', '\u4e16')), [
    'b',
    'a',
    'line\nend',
    '\u4e16',
  ]);
  assert.equal(await reread(await folder()), []);
});

test('a last line that was cut anywhere is dropped, and nothing else', async () => {
  const where = await written('one', 'two', 'three, which is longer than what comes after it');
  const path = join(where, 'journal');
  const whole = await readFile(path);
  const last = whole.lastIndexOf('\n', whole.length - 2) + 1;
  for (let end = last; end < whole.length; end += 1) {
    await writeFile(path, whole.subarray(0, end));
    const { words, journal, add } = await opened(where);
    assert.equal(words.all, ['one', 'two'], `cut at ${end}`);
    assert.is(journal.torn, end - last);
    await add('four');
    await journal.close();
    assert.equal(await reread(where), ['one', 'two', 'four'], `cut at ${end}`);
    assert.is((await readFile(path)).indexOf('longer'), -1, `cut at ${end}`);
  }
});

test('garbage after the last line is dropped', async () => {
  for (const garbage of ['\0'.repeat(4096), 'x\ny\nz\n', '0123456789abcdef []\n', '\n\n\n']) {
    const where = await written('one', 'two');
    await appendFile(join(where, 'journal'), garbage);
    assert.equal(await reread(where), ['one', 'two']);
  }
});

test('any byte changed before the last line is damage that is told, never lost writes', async () => {
  const where = await written('one', 'two', 'three');
  const path = join(where, 'journal');
  const whole = await readFile(path);
  const last = whole.lastIndexOf('\n', whole.length - 2);
  for (let at = 0; at < last; at += 1) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    await writeFile(path, damaged);
    const error = await opened(where).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.instance(error, Fault, `byte ${at}`);
    assert.match((error as Fault).message, /journal is (damaged at byte \d+|not a journal)/);
    assert.match((error as Fault).remedy, /copy of it back/);
    assert.is(Buffer.compare(await readFile(path), damaged), 0, 'it must stay as it was found');
  }
});

test('changes taken during a write go together in the next one', async () => {
  const where = await folder();
  let writes = 0;
  const guard = async () => void (writes += 1);
  const { journal, add } = await opened(where, { guard });
  await Promise.all(Array.from({ length: 100 }, (_, word) => add(String(word))));
  await journal.close();
  assert.ok(writes <= 2, `${writes} writes`);
  assert.is((await reread(where)).length, 100);
});

test('who asks during a write waits for it, although he wrote nothing', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const { journal, add } = await opened(await folder(), { guard: () => gate });
  const order: string[] = [];
  const writing = add('word').then(() => order.push('written'));
  const reading = journal.durable().then(() => order.push('read'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(order, []);
  release();
  await Promise.all([writing, reading]);
  assert.equal(order, ['written', 'read']);
  await journal.close();
});

test('after a write that failed nothing is promised any more', async () => {
  const where = await folder();
  let broken = false;
  const guard = () => (broken ? Promise.reject(new Error('the disk is gone')) : Promise.resolve());
  const { journal, add } = await opened(where, { guard });
  await add('one');
  broken = true;
  const failures: unknown[] = [];
  await add('two').catch((error: Error) => failures.push(error.message));
  broken = false;
  await journal.durable().catch((error: Error) => failures.push(error.message));
  await add('three').catch((error: Error) => failures.push(error.message));
  assert.equal(
    failures,
    Array.from({ length: 3 }, () => 'the disk is gone'),
  );
  await journal.close();
  assert.equal(await reread(where), ['one']);
});

test('a journal that is mostly history is written anew', async () => {
  const where = await folder();
  const { journal, add } = await opened(where, { compactBytes: 2000 });
  for (let write = 0; write < 500; write += 1) await add(`word ${write % 7}`);
  await journal.close();
  assert.ok((await stat(join(where, 'journal'))).size < 4000);
  assert.equal(
    (await reread(where)).sort(),
    Array.from({ length: 7 }, (_, word) => `word ${word}`),
  );
});

test('a rewriting that was cut short changes nothing', async () => {
  const where = await written('one', 'two');
  await writeFile(join(where, 'journal.next'), 'ztna-store 1\nhalf a li');
  assert.equal(await reread(where), ['one', 'two']);
});

test('a file that is something else is left alone', async () => {
  const where = await folder();
  await writeFile(join(where, 'journal'), 'my notes\n');
  const error = await opened(where).then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  assert.instance(error, Fault);
  assert.is(await readFile(join(where, 'journal'), 'utf8'), 'my notes\n');
});

test.run();
