import * as assert from 'uvu/assert';
import { assemble } from '../bundle/assemble.ts';
import { Fault } from '../contract/fault.ts';
import type { Convergence } from '../contract/shapes.ts';
import { companyOf, IDENTITY, newSigner, NOON, publishing, trusting } from '../publish/testing/publisher.ts';
import { publish } from '../publish/publish.ts';
import { convergence } from '../report/convergence.ts';
import { readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import { memoryStore } from '../store/testing/memory-store.ts';
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
  return assemble(repositoryOf({ ...world, revoked: { certificates } }), 'dev');
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
      const ack = { schemaVersion: 1, environment: 'dev', component, instance: 'i', state: 'enforcing' };
      const text = JSON.stringify({ ...ack, enforced, at: '2026-06-01T12:00:00Z', trustedKeys: [] });
      return [`/ztna/dev/1/ack/${component}/i`, text];
    });
    const known = { log: IDENTITY, newest: newest!, invalid, contents: index.value };
    return convergence({ ...known, acks: new Map(answers ? acks : []) }, NOON);
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

test('an environment that cannot be prepared does not keep back the revocations before it', async () => {
  const one = await newDelivery('one', { people: ['ann'] }, { people: ['ann'], revoked: [STOLEN] });
  const { work } = await merge([one, new Fault('the key of two is away', 'try again')]);
  assert.is(work, 'the key of two is away');
  assert.ok(await revokedIn(one));
});

test.run();
