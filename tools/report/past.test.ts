import * as assert from 'uvu/assert';
import type { StoredAck } from '../store/acks.ts';
import { entryName } from '../contract/names.ts';
import type { DeliveryRecord } from '../contract/shapes.ts';
import { heartbeat } from '../publish/append.ts';
import { publish, type PublishOptions } from '../publish/publish.ts';
import { bundleOf, IDENTITY, newSigner, NOON, publishing, trusting } from '../publish/testing/publisher.ts';
import { memoryStore } from '../store/testing/memory-store.ts';
import { suite } from '../testing/suite.ts';
import { decidedAt, enforcedWhere, pastEntry, provenEntries } from './past.ts';

const test = suite('report: what a log said before');
const HOUR = 3_600_000;
const [old, fresh] = [newSigner('old'), newSigner('fresh')];

/** Entries at noon and each hour after it: alice; the same; alice and bob, by another key; alice. */
async function logged() {
  const store = memoryStore();
  const at = (hour: number, signer = fresh, rest: Partial<PublishOptions> = {}): PublishOptions => ({
    ...publishing(store, signer, { now: () => NOON + hour * HOUR, ...rest }),
    trusted: trusting(old, fresh),
  });
  await publish(at(0, old, { bundle: bundleOf('alice') }));
  await heartbeat(at(1, old));
  await publish(at(2, fresh, { bundle: bundleOf('alice', 'bob') }));
  await publish(at(3, fresh, { bundle: bundleOf('alice') }));
  return { store, at };
}

test('entries of a key that is trusted no more are proven by those that came after them', async () => {
  const { store } = await logged();
  const proofs = (await provenEntries(store, IDENTITY, trusting(fresh))).map((one) => [
    one.entry.sequence,
    one.proof,
  ]);
  assert.equal(proofs, [
    [1, 'chain'],
    [2, 'chain'],
    [3, 'signature'],
    [4, 'signature'],
  ]);
  // What nobody names who is trusted, and what was changed, is no entry.
  assert.equal(await provenEntries(store, IDENTITY, trusting(newSigner())), []);
  const name = entryName(IDENTITY, 2);
  store.values.set(name, store.values.get(entryName(IDENTITY, 1))!);
  const left = await provenEntries(store, IDENTITY, trusting(fresh));
  assert.equal(
    left.map(({ entry }) => entry.sequence),
    [3, 4],
  );
});

test('the newest of an instant decides, or the one that is named', async () => {
  const { store, at } = await logged();
  const { trusted } = at(0);
  const decided = async (when: Parameters<typeof decidedAt>[3]) => {
    const { one, all } = await decidedAt(store, IDENTITY, trusted, when);
    return one && [one.entry.sequence, pastEntry(one, all, 'store').replacedAt];
  };
  assert.equal(await decided({ instant: NOON }), [1, '2026-06-01T13:00:00.000Z']);
  assert.equal(await decided({ instant: NOON + 2.5 * HOUR }), [3, '2026-06-01T15:00:00.000Z']);
  assert.equal(await decided({ instant: NOON + 99 * HOUR }), [4, undefined]);
  assert.equal(await decided({ sequence: 2 }), [2, '2026-06-01T14:00:00.000Z']);
  assert.is(await decided({ instant: NOON - 1 }), undefined);
});

test('what is collected is said to be, and is never taken for nothing', async () => {
  const { store, at } = await logged();
  const { trusted } = at(0);
  for (const sequence of [1, 2]) store.values.delete(entryName(IDENTITY, sequence));
  const said = (when: Parameters<typeof decidedAt>[3]) =>
    decidedAt(store, IDENTITY, trusted, when).then(() => '', String);
  assert.match(await said({ instant: NOON }), /is collected: the oldest that the log has is 3/);
  assert.match(await said({ sequence: 1 }), /there is no entry 1: the oldest .* is 3/);
});

test('what was before an epoch began is in the log of the one before it', async () => {
  const { store, at } = await logged();
  const identity = { ...IDENTITY, epoch: 2 };
  await publish(at(9, fresh, { identity, bundle: bundleOf('carol') }));
  const { one } = await decidedAt(store, identity, at(0).trusted, { instant: NOON + 4 * HOUR });
  assert.equal([one!.entry.epoch, one!.entry.sequence], [1, 4]);
});

test('where it was in force: entries that want the same count as one, as long as no other is between them', async () => {
  const { store, at } = await logged();
  const all = await provenEntries(store, IDENTITY, at(0).trusted);
  const position = (sequence: number) => ({ epoch: 1, sequence, entry: all[sequence - 1]!.digest });
  const ack = (instance: string, sequence: number): StoredAck =>
    ({ instance, ack: { enforced: position(sequence), enforcedSince: `since-${sequence}` } }) as never;
  const record = (sequence: number): DeliveryRecord =>
    ({ sequence, entry: position(sequence).entry, where: { [`r-${sequence}`]: 'then' } }) as never;
  const acks = [1, 2, 3, 4].map((sequence) => ack(`i-${sequence}`, sequence));
  const records = [1, 3, 4].map(record);
  const where = (sequence: number) =>
    enforcedWhere(all[sequence - 1]!, all, acks, records).map(
      ({ instance, since }) => `${instance} ${since}`,
    );
  assert.equal(where(1), ['i-1 since-1', 'i-2 since-2', 'r-1 then']);
  assert.equal(where(2), where(1));
  assert.equal(where(3), ['i-3 since-3', 'r-3 then']);
  assert.equal(where(4), ['i-4 since-4', 'r-4 then']);
});

test.run();
