import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import type { VerifiedEntry } from '../contract/log/entry.ts';
import { ackName } from '../contract/names.ts';
import { type Ack, validateHistory, validateStatus } from '../contract/shapes.ts';
import { bundleOf, IDENTITY, newSigner, NOON, trusting } from '../publish/testing/publisher.ts';
import { newScene, type FollowerScene } from '../follow/testing/scene.ts';
import { verifyEntry } from '../contract/log/entry.ts';
import { listAcks } from '../store/acks.ts';
import { listLog, readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import { statusText } from '../output/status.ts';
import { contentsByComponent } from '../bundle/assemble.ts';
import { environmentWith } from '../testing/repository.ts';
import { verdictOf } from '../deliver/verdict.ts';
import { convergence } from './convergence.ts';
import { driftOf } from './drift.ts';
import { convergenceOf, observe as observeLog } from './observe.ts';
import { history } from './history.ts';

const test = suite('report');

/** How far a scene has come; fails when the answer does not fit its schema. */
async function observe({ store, signer, at }: FollowerScene) {
  const { newest, invalid } = await readLog(store, IDENTITY, trusting(signer));
  const contents = newest && (await fetchIndex(store, newest.entry));
  const acks = await listAcks(store, IDENTITY, at);
  const observed = {
    log: IDENTITY,
    trusted: trusting(signer),
    invalid,
    acks,
    ...(newest && { newest }),
    ...(contents?.ok && { contents: contents.value }),
  };
  const result = convergence(observed, at);
  assert.ok(validateStatus({ environments: [result] }));
  return result;
}

const states = ({ components }: Awaited<ReturnType<typeof observe>>) =>
  Object.fromEntries(components.map(({ component, state }) => [component, state]));

/** Changes one ack in the store. */
function tell({ store }: FollowerScene, component: string, change: Partial<Ack>, instance = 'test'): void {
  const name = ackName(IDENTITY, component, instance);
  const ack = JSON.parse(store.values.get(ackName(IDENTITY, component, 'test'))!);
  store.values.set(name, JSON.stringify({ ...ack, instance, ...change }));
}

/** Both components of the company, following. */
async function following() {
  const scene = newScene();
  await scene.publish('alice');
  const one = await scene.start();
  const apps = await scene.start({
    component: 'connector/apps',
    folder: `${scene.folder}/a`,
    out: `${scene.folder}/b`,
  });
  return { scene, one, apps };
}

test('an environment converges as its components report', async () => {
  const { scene, one, apps } = await following();
  assert.equal(states(await observe(scene)), { 'connector/apps': 'silent', 'intermediate/one': 'silent' });
  await one.poll();
  const half = await observe(scene);
  assert.equal(states(half), { 'connector/apps': 'silent', 'intermediate/one': 'enforcing' });
  assert.not(half.converged);
  await apps.poll();
  assert.ok((await observe(scene)).converged);
  await scene.publish('bob');
  const behind = await observe(scene);
  assert.equal(states(behind), { 'connector/apps': 'behind', 'intermediate/one': 'behind' });
  assert.not(behind.converged);
});

test('who refuses, and why, is said', async () => {
  const { scene, one, apps } = await following();
  await Promise.all([one.poll(), apps.poll()]);
  await scene.publish('bob');
  await apps.poll();
  const position = { epoch: 1, sequence: 2, entry: 'a'.repeat(64) };
  tell(scene, 'intermediate/one', { state: 'refused', refused: position, reason: 'no memory' });
  const { converged, components } = await observe(scene);
  assert.not(converged);
  const [instance] = components.find(({ component }) => component === 'intermediate/one')!.instances;
  assert.equal(
    [instance!.state, instance!.sequence, instance!.refused, instance!.reason],
    ['refused', 1, 2, 'no memory'],
  );
});

test('what waits, has stopped or is gone is told apart, and the last two keep nothing from converging', async () => {
  const { scene, one, apps } = await following();
  await Promise.all([one.poll(), apps.poll()]);
  const position = { epoch: 1, sequence: 2, entry: 'a'.repeat(64) };
  const since = '2026-06-01T11:59:00Z';
  const silent = new Date(NOON - 901_000).toISOString();
  tell(scene, 'intermediate/one', { at: silent }, 'a-gone');
  tell(scene, 'intermediate/one', { state: 'stopped' }, 'b-stopped');
  const replaced = await observe(scene);
  assert.ok(replaced.converged);
  const ofOne = ({ components }: typeof replaced) =>
    components.find(({ component }) => component === 'intermediate/one')!;
  assert.equal(
    ofOne(replaced).instances.map(({ state }) => state),
    ['gone', 'stopped', 'enforcing'],
  );
  assert.match(
    replaced.notes.join(),
    /intermediate\/one\/a-gone has been silent since .* may enforce entry 1/,
  );
  assert.match(statusText({ environments: [replaced] }), /gone +entry 1 \(?.*last heard of at/);
  await scene.publish('bob');
  await apps.poll();
  tell(scene, 'intermediate/one', { state: 'waiting', waiting: { position, reason: 'no room', since } });
  const waiting = await observe(scene);
  assert.equal([waiting.converged, ofOne(waiting).state], [false, 'waiting']);
  const instance = ofOne(waiting).instances.at(-1)!;
  assert.equal([instance.sequence, instance.waiting, instance.since], [1, 2, since]);
  assert.match(
    statusText({ environments: [waiting] }),
    /waiting +entry 1 waits for 2 since 2026-06-01T11:59:00Z \(test, checked by its follower only\) no room/,
  );
  tell(scene, 'intermediate/one', { at: silent });
  assert.is(ofOne(await observe(scene)).state, 'gone');
});

test('what was enforced or refused elsewhere is no sequence of this log', async () => {
  const { scene, one, apps } = await following();
  await Promise.all([one.poll(), apps.poll()]);
  const entry = 'a'.repeat(64);
  const [earlier, forged] = [
    { epoch: 7, sequence: 500, entry },
    { epoch: 1, sequence: 99, entry },
  ];
  tell(scene, 'intermediate/one', {
    state: 'refused',
    enforced: earlier,
    refused: forged,
    reason: 'no entry',
  });
  const { components } = await observe(scene);
  const [instance] = components.find(({ component }) => component === 'intermediate/one')!.instances;
  assert.equal([instance!.state, instance!.sequence, instance!.refused], ['behind', undefined, undefined]);
});

test('another entry under the sequence of the newest, from before the store was lost, is not that entry', async () => {
  const { scene, one, apps } = await following();
  await Promise.all([one.poll(), apps.poll()]);
  const enforced = { epoch: 1, sequence: 1, entry: 'a'.repeat(64) };
  tell(scene, 'intermediate/one', { enforced });
  const { converged, components, notes } = await observe(scene);
  const [instance] = components.find(({ component }) => component === 'intermediate/one')!.instances;
  assert.equal([converged, instance!.state, instance!.sequence], [false, 'ahead', undefined]);
  assert.match(
    notes.join(),
    /intermediate\/one\/test says that it enforces entry 1, which .* does not prove it/,
  );
});

test('who enforces what an old copy of the store does not have is said to be ahead of it, not behind', async () => {
  const { scene, one, apps } = await following();
  await Promise.all([one.poll(), apps.poll()]);
  const log = [...scene.store.values].filter(([name]) => !name.includes('/ack/'));
  await scene.publish('bob');
  await Promise.all([one.poll(), apps.poll()]);
  for (const name of [...scene.store.values.keys()])
    if (!name.includes('/ack/')) scene.store.values.delete(name);
  for (const [name, value] of log) scene.store.values.set(name, value);
  const { newest, components, notes } = await observe(scene);
  assert.equal([newest!.sequence, ...components.map(({ state }) => state)], [1, 'ahead', 'ahead']);
  assert.match(notes.join(), /store is lost or an old copy: intermediate\/one\/test enforces entry 2, which/);
  const environment = { ...environmentWith('lab', []), ...IDENTITY };
  const observed = await observeLog(scene.store, environment, trusting(scene.signer), scene.at);
  const { drifts } = driftOf(observed, contentsByComponent(bundleOf('alice@example.com')), scene.at);
  assert.match(drifts.at(-1)!.message, /enforces what the log does not have.*it says entry 2, and shows it/);
});

test('an instance lives by the clock of the store, whatever its own clock says', async () => {
  const { scene, one, apps } = await following();
  await Promise.all([one.poll(), apps.poll()]);
  const name = ackName(IDENTITY, 'intermediate/one', 'test');
  const position = { epoch: 1, sequence: 1, entry: 'a'.repeat(64) };
  for (const off of [-3_600_000, 400 * 86_400_000]) {
    const at = new Date(NOON + off).toISOString();
    tell(scene, 'intermediate/one', { state: 'refused', refused: position, reason: 'no', at });
    scene.store.modified.set(name, new Date(NOON));
    const found = await observe(scene);
    const verdict = verdictOf(found, 1, ['intermediate/one', 'connector/apps']);
    assert.equal(verdict, { state: 'refused', component: 'intermediate/one', reason: 'no' });
    assert.is(found.components.at(-1)!.instances[0]!.at, '2026-06-01T12:00:00.000Z');
  }
  tell(scene, 'intermediate/one', {});
  scene.store.modified.set(name, new Date(NOON - 901_000));
  assert.is(states(await observe(scene))['intermediate/one'], 'gone');
});

test('a reason cannot give orders to a terminal or a workflow', async () => {
  const { scene, one, apps } = await following();
  await Promise.all([one.poll(), apps.poll()]);
  tell(scene, 'intermediate/one', { reason: 'oh\n::stop-commands::x\u001b[2J\u202egood' });
  const { components } = await observe(scene);
  const [instance] = components.find(({ component }) => component === 'intermediate/one')!.instances;
  assert.is(instance!.reason, 'oh ::stop-commands::x [2J good');
});

test('a component is what its worst instance is', async () => {
  const { scene, one, apps } = await following();
  await Promise.all([one.poll(), apps.poll()]);
  tell(
    scene,
    'intermediate/one',
    { state: 'denying', enforced: undefined } as unknown as Partial<Ack>,
    'other',
  );
  const { converged, components } = await observe(scene);
  assert.not(converged);
  const { state, instances } = components.find(({ component }) => component === 'intermediate/one')!;
  assert.is(state, 'denying');
  assert.equal(
    instances.map(({ instance, state }) => [instance, state]),
    [
      ['other', 'denying'],
      ['test', 'enforcing'],
    ],
  );
});

test('an expired entry that is enforced is stale, and still converged', async () => {
  const { scene, one, apps } = await following();
  scene.at = NOON + 49 * 3_600_000;
  await Promise.all([one.poll(), apps.poll()]);
  const result = await observe(scene);
  assert.ok(result.converged && result.newest!.expired);
  assert.equal(states(result), { 'connector/apps': 'stale', 'intermediate/one': 'stale' });
});

test('who is live, and what has expired, is told by the clock of the store where it says the time', async () => {
  const { scene, one, apps } = await following();
  await Promise.all([one.poll(), apps.poll()]);
  const environment = { ...environmentWith('lab', []), ...IDENTITY };
  const ahead = NOON + 400 * 86_400_000;
  const seen = () => convergenceOf(scene.store, environment, trusting(scene.signer), ahead);
  assert.not((await seen()).converged);
  scene.store.clock = NOON;
  const { converged, newest } = await seen();
  assert.equal([converged, newest!.expired], [true, false]);
  const observed = await observeLog(scene.store, environment, trusting(scene.signer), ahead);
  const told = driftOf(observed, contentsByComponent(bundleOf('alice@example.com')), ahead);
  assert.equal(told.drifts, []);
});

// Of an instance that lives and says nothing that can be read publishing and collecting keep everything: so it is waited
// for here too, and not told as if nobody had ever reported.
test('acks that are none, or speak for others, are said, waited for, and refuse nothing', async () => {
  const { scene, one } = await following();
  await one.poll();
  const ack = scene.store.values.get(ackName(IDENTITY, 'intermediate/one', 'test'))!;
  scene.store.values.set(ackName(IDENTITY, 'connector/apps', 'test'), ack);
  scene.store.values.set(ackName(IDENTITY, 'connector/apps', 'x'), '{');
  const result = await observe(scene);
  assert.is(states(result)['connector/apps'], 'waiting');
  assert.is(result.notes.length, 2);
  for (const instance of ['test', 'x'])
    scene.store.modified.set(ackName(IDENTITY, 'connector/apps', instance), new Date(NOON));
  const heard = await observe(scene);
  assert.equal([states(heard)['connector/apps'], heard.converged], ['waiting', false]);
  const verdict = verdictOf(heard, 1, ['connector/apps', 'intermediate/one']);
  assert.is(verdict.state, 'waiting');
  const missing = verdict.state === 'waiting' ? verdict.missing.join() : '';
  assert.match(missing, /connector\/apps test \(.* speaks for .*connector\/apps x \(.* is not an ack\)/);
  // Nor does it take away the refusal of an instance beside it.
  tell(scene, 'intermediate/one', {
    state: 'refused',
    refused: { epoch: 1, sequence: 1, entry: 'a'.repeat(64) },
  });
  assert.is(verdictOf(await observe(scene), 1, ['connector/apps', 'intermediate/one']).state, 'refused');
});

test('a component that the newest entry no longer names is removed, and keeps nothing from converging', async () => {
  const { scene, one, apps } = await following();
  await Promise.all([one.poll(), apps.poll()]);
  tell(scene, 'intermediate/one', {});
  const old = scene.store.values
    .get(ackName(IDENTITY, 'connector/apps', 'test'))!
    .replaceAll('/apps', '/gone');
  scene.store.values.set(ackName(IDENTITY, 'connector/gone', 'test'), old);
  const result = await observe(scene);
  assert.is(states(result)['connector/gone'], 'removed');
  assert.ok(result.converged);
});

test('nothing published is nothing converged; an index that is gone is said', async () => {
  const empty = await observe(newScene());
  assert.equal([empty.newest, empty.converged, empty.components], [null, false, []]);
  const { scene, one } = await following();
  await one.poll();
  for (const name of [...scene.store.values.keys()])
    if (name.includes('/index/')) scene.store.values.delete(name);
  const lost = await observe(scene);
  assert.not(lost.converged);
  assert.match(lost.notes.join(), /index of entry 1/);
});

test('history lists the newest first, with what is not valid or does not follow', async () => {
  const { scene } = await following();
  await scene.publish('bob', { reason: 'bob joins' });
  await scene.publish('carol');
  const text = scene.store.values.get('/ztna/lab/1/log/000000000003')!;
  scene.store.values.set('/ztna/lab/1/log/000000000004', text);
  const keys = trusting(scene.signer);
  const verified = [...(await listLog(scene.store, IDENTITY))].map(([sequence, entry]) =>
    verifyEntry(entry, sequence, IDENTITY, keys),
  );
  const result = history(IDENTITY, verified.reverse());
  assert.ok(validateHistory({ environments: [result] }));
  assert.equal(
    result.entries.map(({ sequence, valid, newest, reason }) => [sequence, valid, newest, reason]),
    [
      [4, false, undefined, undefined],
      [3, true, true, 'test'],
      [2, true, undefined, 'bob joins'],
      [1, true, undefined, 'test'],
    ],
  );
  assert.match(result.entries[0]!.problem!, /of sequence 3, expected 4/);
  assert.is(result.entries[1]!.problem, undefined);
  const gap = verified.filter((one) => !one.ok || one.entry.sequence !== 2);
  assert.match(history(IDENTITY, gap).entries[1]!.problem!, /does not follow entry 1/);
  const foreign = verifyEntry(text, 3, IDENTITY, trusting(newSigner()));
  assert.not((foreign as VerifiedEntry).ok);
});

test.run();
