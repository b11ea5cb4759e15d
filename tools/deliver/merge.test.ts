import * as assert from 'uvu/assert';
import { assemble } from '../bundle/assemble.ts';
import { Fault } from '../contract/fault.ts';
import { proofOf } from '../contract/log/ack.ts';
import type { Convergence } from '../contract/shapes.ts';
import { companyOf, IDENTITY, newSigner, NOON, publishing, trusting } from '../publish/testing/publisher.ts';
import { heartbeat, rollback } from '../publish/append.ts';
import { publish } from '../publish/publish.ts';
import { fetchState } from '../publish/state.ts';
import { convergence } from '../report/convergence.ts';
import { entryAt, readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import { storedAcks } from '../store/testing/acks.ts';
import { type MemoryStore, memoryStore } from '../store/testing/memory-store.ts';
import { repositoryOf } from '../testing/repository.ts';
import { suite } from '../testing/suite.ts';
import type { DeliveryOutcome, DeliverOptions } from './deliver.ts';
import { readEnvironment } from './environment-plan.ts';
import { mergeInto } from './merge.ts';

const test = suite('deliver: a merge of several environments');

interface Delivery extends DeliverOptions {
  name: string;
}

interface Change {
  people: string[];
  revoked?: string[];
}

const bundleOf = ({ people, revoked = [] }: Change) => {
  const certificates = revoked.map((fingerprint) => ({ fingerprint, reason: 'stolen', date: '2026-06-01' }));
  const world = companyOf(people.map((name) => `${name}@example.com`));
  return assemble(repositoryOf({ ...world, revoked: { certificates } }), 'lab');
};

/** A delivery onto what is published, to components of which all answer, or none does. */
async function newDelivery(name: string, before: Change, after: Change, answers = true): Promise<Delivery> {
  const [store, signer] = [memoryStore(), newSigner()];
  const trusted = trusting(signer);
  let at = 0;
  const clock = { now: () => at, sleep: async (ms: number) => void (at += ms) };
  await publish(publishing(store, signer, { bundle: bundleOf(before) }));
  const look = async (): Promise<Convergence> => {
    const { newest, invalid } = await readLog(store, IDENTITY, trusted);
    const index = await fetchIndex(store, newest!.entry);
    assert.ok(index.ok);
    const enforced = { epoch: 1, sequence: newest!.entry.sequence, entry: newest!.digest };
    const acks = Object.keys(index.value.components).map((component): [string, string] => {
      const ack = { schemaVersion: 1, environment: 'lab', component, instance: 'i', state: 'enforcing' };
      const text = JSON.stringify({ ...ack, enforced, at: '2026-06-01T12:00:00Z', trustedKeys: [] });
      return [`/ztna/lab/1/ack/${component}/i`, text];
    });
    const known = { log: IDENTITY, trusted, newest: newest!, invalid, contents: index.value };
    return convergence({ ...known, acks: await storedAcks(IDENTITY, answers ? acks : [], NOON) }, NOON);
  };
  return {
    ...publishing(store, signer, { bundle: bundleOf(after), clock, now: () => NOON }),
    name,
    rings: [],
    look,
    patienceSeconds: 60,
    tell: () => {},
  };
}

/** Merges, and says what became of each. */
async function merge(deliveries: (Delivery | Error)[], lossesOnly = false) {
  const told: string[] = [];
  const prepared = deliveries.map((one) => async () => {
    if (one instanceof Error) throw one;
    return one;
  });
  const work = mergeInto(prepared, {
    lossesOnly,
    settled: async ({ name }: Delivery, { outcome }: DeliveryOutcome) => void told.push(`${name} ${outcome}`),
    left: ({ name }) => void told.push(`${name} left`),
  });
  return { work: await work.then(String, (error: Error) => error.message), told };
}

const revokedIn = async ({ store, identity, trusted, bundle, now }: Delivery) =>
  (await readEnvironment({ store, identity, trusted, bundle, now, rings: [] })).revocations === undefined;

const GAIN: [Change, Change] = [{ people: ['ann'] }, { people: ['ann', 'bob'] }];
const LOSS: [Change, Change] = [{ people: ['ann', 'bob'] }, { people: ['ann'] }];
const STOLEN = 'a'.repeat(64);

test('an environment is begun when those before it are fine', async () => {
  const fine = [await newDelivery('one', ...GAIN), await newDelivery('two', ...GAIN)];
  assert.equal((await merge(fine)).told, ['one in force', 'two in force']);
  const silent = [await newDelivery('one', ...GAIN, false), await newDelivery('two', ...GAIN)];
  assert.equal((await merge(silent)).told, ['one waiting']);
});

test('a loss goes first, and waits for nobody', async () => {
  const deliveries = [await newDelivery('one', ...GAIN, false), await newDelivery('two', ...LOSS)];
  assert.equal((await merge(deliveries)).told, ['two in force', 'one waiting']);
});

test('where only losses are asked for, the rest is left', async () => {
  const deliveries = [await newDelivery('one', ...GAIN), await newDelivery('two', ...LOSS)];
  assert.equal((await merge(deliveries, true)).told, ['one left', 'two in force']);
});

test('a certificate is revoked everywhere at once, also behind an environment that does not answer', async () => {
  const after = { people: ['ann', 'bob'], revoked: [STOLEN] };
  const deliveries = [
    await newDelivery('one', { people: ['ann'] }, after, false),
    await newDelivery('two', { people: ['ann'] }, after),
  ];
  assert.equal((await merge(deliveries)).told, ['one waiting']);
  assert.equal(await Promise.all(deliveries.map(revokedIn)), [true, true]);
});

test('an environment whose revocation is refused is settled once; the others are revoked', async () => {
  const after = { people: ['ann', 'bob'], revoked: [STOLEN] };
  const refusing = {
    ...(await newDelivery('one', { people: ['ann'] }, after)),
    commit: `${'c'.repeat(40)}-dirty`,
    dirtyAllowed: false,
  };
  const other = await newDelivery('two', { people: ['ann'] }, after);
  assert.equal((await merge([refusing, other])).told, ['one refused']);
  assert.ok(await revokedIn(other));
});

/** A delivery that begins another epoch of what was published before. */
async function newEpoch(name: string, before: Change, after: Change): Promise<Delivery> {
  const delivery = await newDelivery(name, before, after);
  const identity = { ...IDENTITY, epoch: 2 };
  const { store, trusted } = delivery;
  const look = async (): Promise<Convergence> => {
    const { newest, invalid } = await readLog(store, identity, trusted);
    const index = await fetchIndex(store, newest!.entry);
    assert.ok(index.ok);
    const enforced = { epoch: 2, sequence: newest!.entry.sequence, entry: newest!.digest };
    const acks = Object.keys(index.value.components).map((component): [string, string] => {
      const ack = { schemaVersion: 1, environment: 'lab', component, instance: 'i', state: 'enforcing' };
      const text = JSON.stringify({ ...ack, enforced, at: '2026-06-01T12:00:00Z', trustedKeys: [] });
      return [`/ztna/lab/2/ack/${component}/i`, text];
    });
    const known = { log: identity, trusted, newest: newest!, invalid, contents: index.value };
    return convergence({ ...known, acks: await storedAcks(identity, acks, NOON) }, NOON);
  };
  const rings = [{ id: 'canary', components: ['intermediate/one'], bakeSeconds: 1 }];
  return { ...delivery, identity, rings, look };
}

test('an epoch begins with what the one before had, and walks the rings from there', async () => {
  const told: string[] = [];
  const delivery = { ...(await newEpoch('one', ...GAIN)), tell: (text: string) => void told.push(text) };
  assert.equal((await merge([delivery])).told, ['one in force']);
  assert.match(
    told.join('\n'),
    /^epoch 2 begins with what epoch 1 had\ncanary: 1 of 2 components: entry 2 gets it[\s\S]*rest: 2 of 2/,
  );
  const first = await entryAt(delivery.store, delivery.identity, delivery.trusted, 1);
  const parts = [...(await fetchState(delivery.store, first!.entry))!.parts.values()];
  assert.match(JSON.stringify(parts), /ann@/);
  assert.not.match(JSON.stringify(parts), /bob@/);
});

test('an epoch keeps the holds of the one before', async () => {
  const delivery = await newEpoch('one', { people: ['ann'] }, { people: ['ann', 'eve', 'bob'] });
  const old = { ...delivery, identity: IDENTITY, execute: true };
  await publish({ ...old, bundle: bundleOf({ people: ['ann', 'eve'] }) });
  await rollback({ ...old, to: 1 });
  assert.equal((await merge([delivery])).told, ['one refused']);
  const { newest } = await readLog(delivery.store, delivery.identity, delivery.trusted);
  assert.equal(
    [newest!.entry.sequence, newest!.entry.holds.map(({ undone, epoch }) => [undone, epoch])],
    [1, [[2, 1]]],
  );
});

test('an epoch after a store that is an old copy begins without it', async () => {
  const told: string[] = [];
  const delivery = { ...(await newEpoch('one', ...LOSS)), tell: (text: string) => void told.push(text) };
  // Another entry came, was enforced, and is not in the copy.
  const { identity, trusted } = delivery;
  const store = delivery.store as MemoryStore;
  const copy = new Map(store.values);
  await heartbeat({ ...delivery, identity: { ...identity, epoch: 1 }, execute: true });
  const second = (await readLog(store, { ...identity, epoch: 1 }, trusted)).newest!;
  store.values.clear();
  for (const [name, value] of copy) store.values.set(name, value);
  const enforced = { epoch: 1, sequence: 2, entry: second.digest };
  const proof = proofOf(second);
  const ack = { schemaVersion: 1, environment: 'lab', component: 'intermediate/one', instance: 'i', proof };
  const rest = { state: 'enforcing', at: '2026-06-01T12:00:00Z', trustedKeys: [], enforced };
  await delivery.store.put('/ztna/lab/1/ack/intermediate/one/i', JSON.stringify({ ...ack, ...rest }));
  assert.equal((await merge([delivery])).told, ['one in force']);
  assert.match(told.join('\n'), /everybody gets it at once: what is left of epoch 1 is an old copy/);
  const { newest } = await readLog(delivery.store, delivery.identity, delivery.trusted);
  assert.is(newest!.entry.sequence, 1);
});

test('what is taken away under a hold waits for no environment before', async () => {
  const one = await newDelivery('one', ...GAIN, false);
  const two = await newDelivery('two', { people: ['ann', 'bob'] }, { people: ['ann', 'eve'] });
  await publish({ ...two, bundle: bundleOf({ people: ['ann', 'bob', 'eve'] }), execute: true });
  await rollback({ ...two, to: 1, execute: true });
  assert.equal((await merge([one, two], true)).told, ['one left', 'two left']);
  const { newest } = await readLog(two.store, two.identity, two.trusted);
  const parts = [...(await fetchState(two.store, newest!.entry))!.parts.values()];
  const allowed = parts.flatMap((part) =>
    part.kind === 'intermediate'
      ? part.access.policies.flatMap(({ classes }) => classes.flatMap((one) => part.access.classes[one]!))
      : [],
  );
  assert.equal([newest!.entry.sequence, newest!.entry.holds.length, allowed], [4, 1, ['ann@example.com']]);
});

test('an environment that cannot be prepared does not keep back the revocations before it', async () => {
  const one = await newDelivery('one', { people: ['ann'] }, { people: ['ann'], revoked: [STOLEN] });
  const { work } = await merge([one, new Fault('the key of two is away', 'try again')]);
  assert.is(work, 'the key of two is away');
  assert.ok(await revokedIn(one));
});

test('an environment that cannot be prepared, or whose store is away, keeps back no loss and no revocation of another', async () => {
  const away = await newDelivery('one', ...GAIN);
  const list = (): never => {
    throw new Fault('the store of one is away', 'try again');
  };
  const store = { ...away.store, get: async () => list(), list };
  const two = await newDelivery('two', ...LOSS);
  const three = await newDelivery(
    'three',
    { people: ['ann'] },
    { people: ['ann', 'bob'], revoked: [STOLEN] },
  );
  const { work, told } = await merge([
    { ...away, store },
    new Fault('a key is away', 'try again'),
    two,
    three,
  ]);
  assert.equal([work, told], ['the store of one is away', ['two in force']]);
  assert.ok(await revokedIn(three));
});

test('a loss does not wait for the components of an environment before', async () => {
  const [silent, two] = [await newDelivery('one', ...LOSS, false), await newDelivery('two', ...LOSS)];
  assert.equal((await merge([silent, two])).told, ['two in force', 'one waiting']);
});

test.run();
