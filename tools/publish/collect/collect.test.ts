import * as assert from 'uvu/assert';
import { ackName, entryName, recordName } from '../../contract/names.ts';
import type { Ack } from '../../contract/shapes.ts';
import { bundleOf, IDENTITY, newSigner, NOON, publishing, trusting } from '../testing/publisher.ts';
import { memoryStore } from '../../store/testing/memory-store.ts';
import { suite } from '../../testing/suite.ts';
import { heartbeat, rollback } from '../append.ts';
import { collect, LOGGED_ENTRIES, type CollectOptions } from './collect.ts';
import { publish } from '../publish.ts';
import { fetchState } from '../state.ts';
import { listLog } from '../../store/log.ts';
import { verifyEntry } from '../../contract/log/entry.ts';

const test = suite('publish: collecting what is no longer used');
const signer = newSigner();
const trusted = trusting(signer);
const DAY = 24 * 3_600_000;

/** A log of six entries, each with other people. */
async function sixEntries() {
  const store = memoryStore();
  for (let entry = 1; entry <= 6; entry++)
    await publish(publishing(store, signer, { bundle: bundleOf(`person-${entry}@example.com`) }));
  return store;
}

const collecting = (store: ReturnType<typeof memoryStore>, rest: Partial<CollectOptions> = {}) =>
  collect({
    store,
    identity: IDENTITY,
    trusted,
    now: () => Date.now() + 2 * DAY,
    keep: 2,
    entries: 2,
    execute: true,
    clock: { now: () => 0, sleep: async () => {} },
    ...rest,
  });

/** Sequences of which everything can still be read. */
async function readable(store: ReturnType<typeof memoryStore>): Promise<number[]> {
  const found: number[] = [];
  for (const [sequence, text] of await listLog(store, IDENTITY)) {
    const verified = verifyEntry(text, sequence, IDENTITY, trusted);
    if (verified.ok && (await fetchState(store, verified.entry))) found.push(sequence);
  }
  return found.sort((a, b) => a - b);
}

const acking = (sequence: number, rest: Partial<Ack> = {}): string => {
  const enforced = { epoch: 1, sequence, entry: 'a'.repeat(64) };
  const ack: Ack = {
    schemaVersion: 1,
    environment: 'lab',
    component: 'intermediate/one',
    instance: 'i-1',
    state: 'enforcing',
    enforced,
    at: new Date(Date.now() + 2 * DAY).toISOString(),
    trustedKeys: [],
    ...rest,
  };
  return JSON.stringify(ack);
};

test('the newest entries and their parts stay, older ones go, and nothing else does', async () => {
  const store = await sixEntries();
  const before = store.values.size;
  const plan = await collecting(store, { execute: false });
  assert.is(store.values.size, before);
  const { kept, remove } = await collecting(store);
  assert.equal(remove, plan.remove);
  assert.equal(kept, [6, 5]);
  assert.equal(await readable(store), [5, 6]);
  assert.equal((await collecting(store)).remove, []);
  assert.is(store.values.size, before - remove.length);
});

test('entries stay when their parts go, so that what was wanted then can still be told; records of deliveries too', async () => {
  const store = await sixEntries();
  const names = Array.from({ length: 203 }, (_, index) => recordName(IDENTITY, index + 1));
  names.forEach((name) => store.values.set(name, '{}'));
  const { kept, remove } = await collecting(store, { entries: LOGGED_ENTRIES });
  assert.equal(kept, [6, 5]);
  assert.equal([...(await listLog(store, IDENTITY)).keys()].sort(), [1, 2, 3, 4, 5, 6]);
  assert.equal(await readable(store), [5, 6]);
  assert.equal(
    remove.filter((name) => name.includes('/record/')),
    names.slice(0, 3),
  );
});

test('nothing younger than a day goes', async () => {
  const store = await sixEntries();
  assert.equal((await collecting(store, { now: () => DAY - 60_000 })).remove, []);
});

test('what an instance enforces stays, and what a hold names', async () => {
  const store = await sixEntries();
  store.values.set(ackName(IDENTITY, 'intermediate/one', 'i-1'), acking(2));
  await rollback({ ...publishing(store, signer, { now: () => NOON }), to: 4 });
  assert.equal((await collecting(store, { keep: 1 })).kept, [7, 6, 4, 2]);
  assert.equal(await readable(store), [2, 4, 6, 7]);
});

test('the acks of instances that are gone go, and with them what they pinned; those of live ones never', async () => {
  const store = await sixEntries();
  const name = (instance: string) => ackName(IDENTITY, 'intermediate/one', instance);
  const silent = new Date(Date.now() + 2 * DAY - 2_702_000).toISOString();
  const at = { epoch: 1, sequence: 4, entry: 'a'.repeat(64) };
  store.values.set(name('i-1'), acking(2));
  store.values.set(name('i-2'), acking(1, { instance: 'i-2', at: silent }));
  store.values.set(name('i-3'), acking(3, { instance: 'i-3', state: 'stopped', at: silent }));
  const waiting = { position: at, reason: 'no room', since: '2026-06-01T12:00:00Z' };
  store.values.set(name('i-4'), acking(2, { instance: 'i-4', state: 'waiting', waiting }));
  const { kept, remove } = await collecting(store, { keep: 1 });
  assert.equal(kept, [6, 4, 2]);
  assert.equal(remove.slice(0, 2), [name('i-2'), name('i-3')]);
  assert.equal(await readable(store), [2, 4, 6]);
  assert.equal(
    [...store.values.keys()].filter((one) => one.includes('/ack/')),
    [name('i-1'), name('i-4')],
  );
});

test('an instance that reports again while its ack is to be removed keeps it, and what it names', async () => {
  const store = await sixEntries();
  const name = ackName(IDENTITY, 'intermediate/one', 'i-1');
  const silent = new Date(Date.now()).toISOString();
  store.values.set(name, acking(2, { at: silent }));
  const progress = (step: string) => {
    if (step.startsWith('removing 0')) store.values.set(name, acking(2));
  };
  const { remove, notes } = await collecting(store, { keep: 1, progress });
  assert.equal(remove, []);
  assert.match(notes.join(), /reports again/);
  assert.equal(await readable(store), [1, 2, 3, 4, 5, 6]);
});

test('what a refusal would return to stays, however many heartbeats ago', async () => {
  const store = await sixEntries();
  const stage = new Set(['intermediate/one']);
  await publish(publishing(store, signer, { bundle: bundleOf('new@example.com'), stage }));
  for (let beat = 0; beat < 3; beat++) await heartbeat(publishing(store, signer));
  assert.equal((await collecting(store)).kept, [10, 9, 6]);
  assert.ok((await readable(store)).includes(6));
});

test('an ack or an index that cannot be read keeps everything, unless nobody has written the ack for long', async () => {
  const store = await sixEntries();
  const name = ackName(IDENTITY, 'intermediate/one', 'i-1');
  store.values.set(name, 'nonsense');
  assert.ok((await collecting(store, { execute: false })).remove.includes(name));
  store.modified.set(name, new Date(Date.now() + 2 * DAY));
  const { remove, notes } = await collecting(store);
  assert.equal(remove, []);
  assert.match(notes.join(), /i-1 cannot be read.*nothing is removed/);
  store.values.delete(ackName(IDENTITY, 'intermediate/one', 'i-1'));
  for (const name of [...store.values.keys()]) if (name.includes('/part/index/')) store.values.delete(name);
  assert.equal((await collecting(store)).remove, []);
});

test('an invalid entry above the oldest kept one stays as evidence', async () => {
  const store = await sixEntries();
  store.values.set(entryName(IDENTITY, 7), 'nonsense');
  assert.not((await collecting(store)).remove.includes(entryName(IDENTITY, 7)));
});

test('a rollback to what is being removed finds everything put back', async () => {
  for (const when of ['before', 'after'] as const) {
    const store = await sixEntries();
    const before = new Map(store.values);
    const { remove } = store;
    let batches = 0;
    store.remove = async (names) => {
      const back = () => rollback({ ...publishing(store, signer), to: 2 });
      batches += 1;
      if (batches > 1) return remove(names);
      // Its parts are there when it looks, and gone when it has appended.
      if (when === 'before') await back();
      await remove(names);
      if (when === 'before') return;
      const gone = new Map([...before].filter(([name]) => !store.values.has(name)));
      gone.forEach((value, name) => store.values.set(name, value));
      await back();
      gone.forEach((_, name) => store.values.delete(name));
    };
    const { notes } = await collecting(store);
    assert.match(notes.join(), /the rest stays.*were put back/);
    assert.is(batches, 1);
    assert.ok((await readable(store)).includes(7), `${when} the removal`);
  }
});

test('who names old parts puts back what is collected at that very moment', async () => {
  const store = await sixEntries();
  const { create } = store;
  let gone: string[] = [];
  store.create = async (name, value) => {
    const written = await create(name, value);
    const old = (one: string) => one.includes('/part/') && one !== name;
    // Everything that was there goes as the entry comes.
    if (name.includes('/log/')) gone = [...store.values.keys()].filter(old);
    gone.forEach((one) => name.includes('/log/') && store.values.delete(one));
    return written;
  };
  await rollback({ ...publishing(store, signer), to: 2 });
  assert.ok(gone.length > 0);
  assert.equal(await readable(store), [2, 7]);
});

test.run();
