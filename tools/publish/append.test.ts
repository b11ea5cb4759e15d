import * as assert from 'uvu/assert';
import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import { ackName } from '../contract/names.ts';
import { bundleOf, IDENTITY, newSigner, NOON, publishing, trusting } from './testing/publisher.ts';
import { memoryStore } from '../store/testing/memory-store.ts';
import { suite } from '../testing/suite.ts';
import { readLog } from '../store/log.ts';
import { heartbeat, release, rollback } from './append.ts';
import { publish } from './publish.ts';

const test = suite('publish: entries that want what an earlier one wanted');
const signer = newSigner();
const keys = trusting(signer);

const good = bundleOf('alice@example.com');
const bad = bundleOf('alice@example.com', 'mallory@example.com');

/** A log of two entries, the second of which gives mallory access. */
async function twoEntries() {
  const store = memoryStore();
  await publish(publishing(store, signer, { bundle: good, commit: '1'.repeat(40) }));
  await publish(publishing(store, signer, { bundle: bad, commit: '2'.repeat(40) }));
  const newest = async () => (await readLog(store, IDENTITY, keys)).newest!.entry;
  return { store, newest };
}

test('a heartbeat wants the same, later', async () => {
  const { store, newest } = await twoEntries();
  const before = await newest();
  const late = () => NOON + 3_600_000;
  const { plan } = await heartbeat(publishing(store, signer, { now: late, reason: 'heartbeat' }));
  const after = await newest();
  assert.is(after.sequence, 3);
  assert.equal([after.index, after.commit, plan.changed], [before.index, before.commit, []]);
  assert.is(Date.parse(after.expiresAt) - Date.parse(before.expiresAt), 3_600_000);
});

test('a rollback gives a higher sequence with older parts, and a hold; the revert ends it', async () => {
  const { store, newest } = await twoEntries();
  const { plan } = await rollback({ ...publishing(store, signer, { reason: 'mallory' }), to: 1 });
  const entry = await newest();
  assert.equal([entry.sequence, entry.commit, plan.changed], [3, '1'.repeat(40), ['intermediate/one']]);
  assert.equal(
    entry.holds.map(({ undone, kept, reason }) => [undone, kept, reason]),
    [[2, 1, 'mallory']],
  );
  const again = await publish(publishing(store, signer, { bundle: bad }));
  assert.match(again.plan.problem!, /gives mallory@example\.com/);
  await heartbeat(publishing(store, signer));
  assert.is((await newest()).holds.length, 1);
  await publish(publishing(store, signer, { bundle: good }));
  assert.equal([(await newest()).sequence, (await newest()).holds], [5, []]);
});

test('the reason of a refusal fits into an entry, whatever it is', async () => {
  const reasons = ['x'.repeat(199) + '\u{1f600}', '\u6f22', '\u0001', '"', '\\', '\u{1f600}', '\ud800', ' '];
  for (const reason of reasons) {
    const { store, newest } = await twoEntries();
    for (let turn = 1; turn <= 5; turn++) {
      const why = reason.repeat(200).slice(0, 200);
      await rollback({ ...publishing(store, signer, { reason: why }), to: turn, part: 'f'.repeat(64) });
      const entry = await newest();
      assert.is(entry.sequence, 2 + turn, JSON.stringify(reason));
      assert.match(entry.reason, /^[^\p{Cc}]{1,200}$/u);
    }
  }
});

test('a heartbeat between two steps of a delivery does not forget what all had before', async () => {
  const { store, newest } = await twoEntries();
  const stage = new Set(['intermediate/one']);
  await publish(publishing(store, signer, { bundle: bundleOf('eve@example.com'), stage }));
  await heartbeat(publishing(store, signer));
  assert.equal([(await newest()).sequence, (await newest()).base], [4, 2]);
  await rollback({ ...publishing(store, signer), to: 2 });
  assert.is((await newest()).base, undefined);
  await release({ ...publishing(store, signer), undone: 4 });
  assert.is((await newest()).base, undefined);
});

test('without --execute nothing is written', async () => {
  const { store, newest } = await twoEntries();
  const { plan, executed } = await rollback({ ...publishing(store, signer, { execute: false }), to: 1 });
  assert.equal([plan.action, executed, (await newest()).sequence], ['publish', false, 2]);
});

test('a hold is released by name, and the content may be published again', async () => {
  const { store, newest } = await twoEntries();
  await rollback({ ...publishing(store, signer), to: 1 });
  const wrong = await release({ ...publishing(store, signer), undone: 9 });
  assert.match(`${wrong.plan.problem}; ${wrong.plan.remedy}`, /no hold on entry 9; the holds are on: 2/);
  await release({ ...publishing(store, signer, { reason: 'mallory is fine' }), undone: 2 });
  assert.equal((await newest()).holds, []);
  const again = await publish(publishing(store, signer, { bundle: bad }));
  assert.is(again.plan.action, 'publish');
});

test('an entry that is the newest, does not exist, or has lost its parts cannot be rolled back to', async () => {
  const { store } = await twoEntries();
  const problem = async (to: number) => (await rollback({ ...publishing(store, signer), to })).plan.problem!;
  assert.match(await problem(2), /is the newest/);
  assert.match(await problem(0), /no valid entry 0/);
  for (const name of [...store.values.keys()]) if (name.includes('/part/')) store.values.delete(name);
  assert.match(await problem(1), /are gone/);
});

test('a key is not changed before every instance trusts it', async () => {
  const store = memoryStore();
  const next = newSigner('next');
  const both = { trusted: trusting(signer, next) };
  const digest = (one: typeof signer) => trusting(one)[0]!.digest;
  const { digest: entry } = await publish(publishing(store, signer, both));
  const ack = (instance: string, trustedKeys: string[], at = '2026-06-01T12:00:00Z'): void => {
    const value = { schemaVersion: 1, environment: 'lab', component: 'intermediate/one', instance };
    const enforced = { epoch: 1, sequence: 1, entry };
    const rest = { state: 'enforcing', enforced, at, trustedKeys };
    store.values.set(ackName(IDENTITY, 'intermediate/one', instance), JSON.stringify({ ...value, ...rest }));
  };
  ack('i-1', [digest(signer), digest(next)]);
  ack('i-2', [digest(signer)]);
  const early = await publish(publishing(store, next, { ...both, bundle: bad }));
  assert.match(early.plan.problem!, /^intermediate\/one\/i-2 does not trust the signing key yet/);
  assert.match((await heartbeat(publishing(store, next, both))).plan.problem!, /i-2 does not trust/);
  ack('i-2', [digest(signer), digest(next)]);
  assert.ok((await publish(publishing(store, next, { ...both, bundle: bad }))).executed);
});

test('an instance that is gone keeps no key from being changed, and it is said that it may still enforce', async () => {
  const store = memoryStore();
  const next = newSigner('next');
  const both = { trusted: trusting(signer, next) };
  const { digest: entry } = await publish(publishing(store, signer, both));
  const ack = {
    schemaVersion: 1,
    environment: 'lab',
    component: 'intermediate/one',
    instance: 'i-1',
    state: 'enforcing',
    enforced: { epoch: 1, sequence: 1, entry },
    at: '2026-06-01T11:00:00Z',
    trustedKeys: [],
  };
  const name = ackName(IDENTITY, 'intermediate/one', 'i-1');
  store.values.set(name, JSON.stringify(ack));
  const beat = await heartbeat(publishing(store, next, both));
  const other = await publish(publishing(store, next, { ...both, bundle: bad }));
  for (const { plan, executed } of [beat, other]) {
    assert.ok(executed);
    assert.match(plan.notes.join(), /intermediate\/one\/i-1 has been silent since .* may enforce entry 1/);
  }
  // Nobody can tell what an ack that cannot be read trusts.
  store.values.set(name, 'nonsense');
  store.modified.set(name, new Date(NOON));
  const unread = await heartbeat(publishing(store, signer, both));
  assert.match(unread.plan.problem!, /i-1 does not trust/);
});

test('going back to before a revocation says which certificates are accepted again', async () => {
  const { store } = await twoEntries();
  const parts = good.parts.map((part) => {
    const value =
      part.value.kind === 'intermediate' ? { ...part.value, revoked: ['e'.repeat(64)] } : part.value;
    const bytes = canonicalBytes(value);
    return { ...part, value, bytes, content: digestOf(bytes) };
  });
  await publish(publishing(store, signer, { bundle: { ...good, parts } }));
  const { plan } = await rollback({ ...publishing(store, signer), to: 2 });
  assert.match(plan.notes.join(), /the revoked certificate eeeeeeeeeeee is accepted again.*npx ztna merge/);
  const forth = await rollback({ ...publishing(store, signer), to: 3 });
  assert.equal(forth.plan.notes, ['the hold on entry 3 ends: entry 3 contains its change']);
});

test('a key that nobody trusts signs nothing: going back must not only seem to have worked', async () => {
  const { store } = await twoEntries();
  const size = store.values.size;
  const options = publishing(store, newSigner('other'), { trusted: keys });
  for (const attempt of [
    () => heartbeat(options),
    () => rollback({ ...options, to: 1 }),
    () => release({ ...options, undone: 1 }),
  ]) {
    const failed = await attempt().then(
      () => 'it went through',
      (error: Error) => error.message,
    );
    assert.match(failed, /no follower would trust the signing key other/);
  }
  assert.is(store.values.size, size);
});

test.run();
