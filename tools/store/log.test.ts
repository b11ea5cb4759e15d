import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { entryName, headName } from '../contract/names.ts';
import { bundleOf, IDENTITY, newSigner, publishing, trusting } from '../publish/testing/publisher.ts';
import { memoryStore } from './testing/memory-store.ts';
import { publish } from '../publish/publish.ts';
import { readLog } from './log.ts';

const test = suite('store: log');
const signer = newSigner();

/** A store with two entries. */
async function twoEntries() {
  const store = memoryStore();
  for (const name of ['alice', 'bob'])
    await publish(publishing(store, signer, { bundle: bundleOf(`${name}@example.com`) }));
  return store;
}

test('all who append contend for the first free name after the newest entry, wherever they began to look', async () => {
  const store = await twoEntries();
  store.values.set(entryName(IDENTITY, 3), 'forged');
  store.values.set(entryName(IDENTITY, 7), 'forged');
  for (const head of [undefined, '1', '2', '3', '7', '999']) {
    if (head === undefined) store.values.delete(headName(IDENTITY));
    else store.values.set(headName(IDENTITY), head);
    const log = await readLog(store, IDENTITY, trusting(signer));
    assert.equal([log.newest!.entry.sequence, log.next], [2, 4], `head ${head}`);
  }
});

test('where no entry verifies, nothing is appended below what is there', async () => {
  const store = await twoEntries();
  store.values.delete(entryName(IDENTITY, 1));
  const log = await readLog(store, IDENTITY, trusting(newSigner()));
  assert.equal([log.newest, log.next, log.invalid.length], [undefined, 3, 1]);
});

test.run();
