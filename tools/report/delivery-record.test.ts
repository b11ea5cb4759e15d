import * as assert from 'uvu/assert';
import { LIMITS } from '../contract/limits.ts';
import { recordName } from '../contract/names.ts';
import { type Convergence, validateDeliveryRecord } from '../contract/shapes.ts';
import { memoryStore } from '../store/testing/memory-store.ts';
import { suite } from '../testing/suite.ts';
import { figuresOf, keepRecord, latencyOf, recordOf, recordsOf } from './delivery-record.ts';

const test = suite('report: how long deliveries take');
const MERGED = '2026-06-01T12:00:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(MERGED) + seconds * 1000).toISOString();

/** An environment of which connectors have had the newest entry in force for so many seconds after the merge. */
function converged(seconds: readonly number[], sequence = 7): Convergence {
  const components = seconds.map((one, index) => ({
    component: `connector/apps-${index}`,
    state: 'enforcing' as const,
    instances: [
      { instance: 'i-1', state: 'enforcing' as const, sequence, enforcedSince: after(one), at: after(one) },
    ],
  }));
  const newest = { sequence, entry: 'a'.repeat(64), commit: 'c'.repeat(40), reason: 'r', key: 'k' };
  const times = { issuedAt: after(20), expiresAt: after(9999), expired: false };
  return {
    ...{ environment: 'lab', epoch: 1, converged: true, notes: [], components },
    newest: { ...newest, ...times },
  };
}

test('half, nearly all and the worst, by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.equal(latencyOf(hundred), { p50: 50, p99: 99, most: 100 });
  assert.equal(latencyOf([3]), { p50: 3, p99: 3, most: 3 });
  assert.equal(latencyOf([]), { p50: 0, p99: 0, most: 0 });
});

test('a delivery counts from the merge, and those that it did not change are not counted', () => {
  const record = recordOf(converged([30, 40, -5000]), { kind: 'change', mergedAt: MERGED })!;
  assert.ok(validateDeliveryRecord(record));
  assert.equal(record.seconds, { p50: 30, p99: 40, most: 40 });
  assert.equal([record.instances, record.enforcedAt], [2, after(40)]);
  assert.is(record.where['connector/apps-2/i-1'], after(-5000));
  const unmerged = recordOf(converged([30, 40]), { kind: 'change' })!;
  assert.is(unmerged.seconds.most, 20);
});

test('a record of a thousand instances fits, with the latest of them and the figures of all', () => {
  const record = recordOf(converged(Array.from({ length: 1000 }, (_, index) => index)), {
    ...{ kind: 'change', mergedAt: MERGED },
  })!;
  assert.ok(validateDeliveryRecord(record));
  assert.ok(JSON.stringify(record).length <= LIMITS.valueCharacters);
  assert.is(record.instances, 1000);
  assert.is(record.where['connector/apps-999/i-1'], after(999));
  assert.equal(figuresOf([record]).merge, { p50: 499, p99: 989, most: 999 });
});

test('records are kept once each, what is none is left out, and revocations are told apart', async () => {
  const store = memoryStore();
  const log = { environment: 'lab', epoch: 1 };
  assert.equal(figuresOf(await recordsOf(store, log)), { deliveries: 0, revocations: 0 });
  await keepRecord(store, recordOf(converged([30], 7), { kind: 'change', mergedAt: MERGED })!);
  await keepRecord(store, recordOf(converged([99], 7), { kind: 'change', mergedAt: MERGED })!);
  await keepRecord(store, recordOf(converged([4, 5], 8), { kind: 'revocation', mergedAt: MERGED })!);
  store.values.set(recordName(log, 9), store.values.get(recordName(log, 8))!);
  store.values.set(recordName(log, 10), 'nonsense');
  const records = await recordsOf(store, log);
  assert.equal(
    records.map(({ sequence, seconds }) => [sequence, seconds.most]),
    [
      [7, 30],
      [8, 5],
    ],
  );
  const { deliveries, revocations, merge, revocation } = figuresOf(records);
  assert.equal([deliveries, revocations, merge!.most, revocation!.most], [2, 1, 30, 5]);
});

test.run();
