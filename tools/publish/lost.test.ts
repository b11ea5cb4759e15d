import { brotliCompressSync, constants } from 'node:zlib';
import * as assert from 'uvu/assert';
import { proofOf } from '../contract/log/ack.ts';
import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import type { VerifiedEntry } from '../contract/log/entry.ts';
import type { Ack } from '../contract/shapes.ts';
import { ackName, entryName, headName } from '../contract/names.ts';
import { readLog } from '../store/log.ts';
import { type MemoryStore, memoryStore } from '../store/testing/memory-store.ts';
import { suite } from '../testing/suite.ts';
import { heartbeat, release, rollback } from './append.ts';
import { CLOCK_SKEW_MS, LONGEST_SILENCE_MS } from './clock.ts';
import { publish, type PublishOptions } from './publish.ts';
import { bundleOf, IDENTITY, newSigner, NOON, publishing, trusting } from './testing/publisher.ts';

const test = suite('publish: a store that is lost or old, and clocks that are wrong');
const signer = newSigner();
const keys = trusting(signer);
const DAY = 86_400_000;
const options = (store: MemoryStore, rest: Partial<PublishOptions> = {}) => publishing(store, signer, rest);
const change = { bundle: bundleOf('bob@example.com') };
const other = { bundle: bundleOf('eve@example.com') };
const sequenceOf = async (store: MemoryStore) =>
  (await readLog(store, IDENTITY, keys)).newest?.entry.sequence;

/** A log of three entries, the last of which an instance enforces. */
async function enforced(): Promise<MemoryStore> {
  const store = memoryStore();
  await publish(options(store));
  await publish(options(store, change));
  await publish(options(store));
  acked(store, (await readLog(store, IDENTITY, keys)).newest!);
  return store;
}

/** An instance says that it enforces an entry, and shows it; or something else instead. */
function acked(store: MemoryStore, shown: VerifiedEntry, change: Partial<Ack> = {}): void {
  const position = { epoch: 1, sequence: shown.entry.sequence, entry: shown.digest };
  const rest = { schemaVersion: 1, at: '2026-06-01T12:00:00Z', trustedKeys: [], state: 'enforcing' };
  const ack = {
    ...rest,
    environment: 'lab',
    component: 'intermediate/one',
    instance: 'i-1',
    enforced: position,
    proof: proofOf(shown),
    ...change,
  };
  store.values.set(ackName(IDENTITY, 'intermediate/one', 'i-1'), JSON.stringify(ack));
}

/** The store as it was with so many entries. */
function restored(store: MemoryStore, entries: number): MemoryStore {
  for (let sequence = entries + 1; sequence <= 3; sequence += 1)
    store.values.delete(entryName(IDENTITY, sequence));
  if (entries > 0) store.values.set(headName(IDENTITY), String(entries));
  else store.values.delete(headName(IDENTITY));
  return store;
}

test('below what an instance enforces nothing is appended, whatever is asked, and it is said what to do', async () => {
  for (const entries of [1, 2]) {
    const store = restored(await enforced(), entries);
    for (const work of [
      () => publish(options(store)),
      () => publish(options(store, { bundle: bundleOf('carol@example.com') })),
      () => heartbeat(options(store)),
      () => rollback({ ...options(store), to: 1 }),
      () => release({ ...options(store), undone: 1 }),
    ]) {
      const { plan } = await work();
      if (/is the newest|no hold/.test(plan.problem ?? '')) continue;
      assert.is(plan.action, 'refused');
      assert.match(
        plan.problem!,
        /the store is lost or an old copy: intermediate\/one\/i-1 enforces entry 3/,
      );
      assert.match(plan.remedy!, /raise the epoch to 2 in environment\.yaml by a pull request/);
    }
    assert.is(await sequenceOf(store), entries);
  }
});

test('a store that has lost its log is not taken for a new one', async () => {
  const store = restored(await enforced(), 0);
  assert.match((await publish(options(store))).plan.problem!, /lost.*the log has no entry/);
  const failed = await heartbeat(options(store)).then(
    () => 'it went through',
    (error: Error) => error.message,
  );
  assert.match(failed, /the store is lost/);
  const raised = await publish(options(store, { identity: { ...IDENTITY, epoch: 2 } }));
  assert.is(raised.plan.action, 'publish');
});

test('another entry in the place of what an instance enforces is an old copy that went on', async () => {
  const store = restored(await enforced(), 2);
  store.values.delete(ackName(IDENTITY, 'intermediate/one', 'i-1'));
  const { newest: lost } = await readLog(await enforced(), IDENTITY, keys);
  await publish(options(store, { bundle: bundleOf('eve@example.com'), reason: 'another' }));
  acked(store, lost!);
  const { problem } = (await publish(options(store))).plan;
  assert.match(problem!, new RegExp(`enforces entry 3 \\(${lost!.digest.slice(0, 12)}\\)`));
});

test('an ack of another epoch, under another name or below the newest says nothing; by force it is passed', async () => {
  const store = await enforced();
  assert.is((await publish(options(store, change))).plan.action, 'publish');
  restored(store, 2).values.delete(entryName(IDENTITY, 4));
  const far = store.values.get(ackName(IDENTITY, 'intermediate/one', 'i-1'))!;
  store.values.set(ackName(IDENTITY, 'intermediate/one', 'i-2'), far);
  store.values.set(ackName(IDENTITY, 'intermediate/one', 'i-1'), far.replace('"epoch":1', '"epoch":2'));
  assert.is((await publish(options(store, other))).plan.action, 'publish');
  store.values.delete(entryName(IDENTITY, 3));
  store.values.set(ackName(IDENTITY, 'intermediate/one', 'i-1'), far);
  assert.is((await publish(options(store, other))).plan.action, 'refused');
  assert.is((await publish(options(store, { ...other, force: true }))).plan.action, 'publish');
});

test('an entry that an instance says it enforces and cannot show keeps nobody from publishing, and is said', async () => {
  const stranger = newSigner('stranger');
  const elsewhere = memoryStore();
  await publish(publishing(elsewhere, stranger));
  const foreign = (await readLog(elsewhere, IDENTITY, trusting(stranger))).newest!;
  const store = await enforced();
  const newest = (await readLog(store, IDENTITY, keys)).newest!;
  const far = { epoch: 1, sequence: 999_999, entry: 'e'.repeat(64) };
  const bomb = brotliCompressSync(Buffer.alloc(1 << 20), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
  }).toString('base64');
  const { payload, signature } = proofOf(newest);
  const made = canonicalBytes({ ...newest.entry, sequence: 999_999 });
  const forged = { entry: digestOf(made), payload: packed(made) };
  const claims: Partial<Ack>[] = [
    { enforced: far },
    { enforced: far, proof: { payload, signature } },
    { enforced: { ...far, entry: newest.digest }, proof: { payload, signature } },
    { enforced: { ...far, entry: forged.entry }, proof: { payload: forged.payload, signature } },
    { enforced: { ...far, sequence: 3, entry: foreign.digest }, proof: proofOf(foreign) },
    { enforced: far, proof: { payload: bomb, signature } },
    { enforced: far, proof: { payload: 'AAAA', signature: 'AAAA' } },
  ];
  for (const claim of claims) {
    acked(store, newest, claim);
    const slept: number[] = [];
    const clock = { now: () => 0, sleep: async (ms: number) => void slept.push(ms) };
    for (const work of [
      () => publish(options(store, { ...change, clock, execute: false })),
      () => heartbeat(options(store, { clock, execute: false })),
      () => rollback({ ...options(store, { clock, execute: false }), to: 1 }),
    ]) {
      const { plan } = await work();
      assert.equal([plan.action, plan.problem, slept], ['publish', undefined, []]);
      assert.match(plan.notes.join('\n'), /intermediate\/one\/i-1 says .* which the log does not have, and/);
    }
  }
});

const packed = (bytes: Buffer): string => brotliCompressSync(bytes).toString('base64');

test('an entry that is only not visible yet is waited for', async () => {
  const store = await enforced();
  const [name, text] = [entryName(IDENTITY, 3), store.values.get(entryName(IDENTITY, 3))!];
  store.values.delete(name);
  const slept: number[] = [];
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds);
    if (slept.length === 3) store.values.set(name, text);
  };
  const { plan } = await publish(options(store, { ...change, clock: { now: () => 0, sleep } }));
  assert.equal([plan.action, plan.entry?.sequence, slept], ['publish', 4, [100, 200, 400]]);
});

const all = (store: MemoryStore, rest: Partial<PublishOptions>) => [
  () => publish(options(store, { ...change, ...rest })),
  () => heartbeat(options(store, rest)),
];

test("a clock that is not the store's signs nothing, behind or ahead, also by force", async () => {
  const store = memoryStore();
  await publish(options(store));
  store.clock = NOON;
  for (const off of [-8 * DAY, -2 * CLOCK_SKEW_MS, 2 * CLOCK_SKEW_MS, 400 * DAY])
    for (const force of [false, true])
      for (const work of all(store, { now: () => NOON + off, force })) {
        const { plan } = await work();
        assert.match(`${plan.problem}`, /this machine's clock says .* the store's 2026-06-01T12:00:00/);
        assert.match(plan.remedy!, /clock right/);
      }
  assert.is(await sequenceOf(store), 1);
  for (const work of all(store, { now: () => NOON + CLOCK_SKEW_MS - 1 }))
    assert.is((await work()).plan.action, 'publish');
});

test('where the store says no time, the newest entry bounds it on both sides, unless forced', async () => {
  const ends = NOON + 48 * 3_600_000;
  for (const at of [NOON - 8 * DAY, ends + LONGEST_SILENCE_MS + 1, NOON + 400 * DAY]) {
    const store = memoryStore();
    await publish(options(store));
    for (const work of all(store, { now: () => at }))
      assert.match(
        (await work()).plan.problem!,
        /this machine's clock says .* and entry 1 (was issued|expired) at/,
      );
    assert.is(await sequenceOf(store), 1);
    for (const work of all(store, { now: () => at, force: true }))
      assert.is((await work()).plan.action, 'publish');
  }
  const store = memoryStore();
  await publish(options(store));
  for (const work of all(store, { now: () => ends + LONGEST_SILENCE_MS }))
    assert.is((await work()).plan.action, 'publish');
});

test('after an entry that was signed far ahead, a publisher that agrees with the store goes on', async () => {
  const store = memoryStore();
  await publish(options(store, { now: () => NOON + 400 * DAY }));
  assert.is((await heartbeat(options(store))).plan.action, 'refused');
  store.clock = NOON;
  const { plan } = await heartbeat(options(store));
  assert.equal([plan.action, plan.entry?.issuedAt], ['publish', '2026-06-01T12:00:00.000Z']);
});

test.run();
