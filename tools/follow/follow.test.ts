import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { canonicalBytes } from '../contract/log/canonical.ts';
import { seal } from '../contract/log/dsse.ts';
import { ackName, entryName, headName } from '../contract/names.ts';
import type { Ack, Entry } from '../contract/shapes.ts';
import { assemble } from '../bundle/assemble.ts';
import { companyOf, IDENTITY, newSigner, NOON, trusting } from '../publish/testing/publisher.ts';
import { newScene, type FollowerScene } from './testing/scene.ts';
import { faulty } from '../store/testing/memory-store.ts';
import { repositoryOf } from '../testing/repository.ts';
import { readLog } from '../store/log.ts';
import type { ParameterStore } from '../store/store.ts';

const test = suite('follow');
const HOUR = 3_600_000;

/** The newest valid entry of a scene's log. */
async function newestOf({ store, signer }: FollowerScene): Promise<Entry> {
  return (await readLog(store, IDENTITY, trusting(signer))).newest!.entry;
}

/** Puts a text in the place of the next entry, and moves the head to it. */
function place({ store }: FollowerScene, sequence: number, text: string): void {
  store.values.set(entryName(IDENTITY, sequence), text);
  store.values.set(headName(IDENTITY), String(sequence));
}

test('an entry comes into force and is acknowledged', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  assert.is(scene.enforcement(), undefined);
  await follower.poll();
  assert.equal(scene.granted(), ['alice@example.com']);
  const ack = scene.ack()!;
  assert.is(ack.state, 'enforcing');
  assert.is(ack.enforced!.sequence, 1);
  assert.is(ack.verifiedBy, 'file-check');
  assert.equal(ack.trustedKeys, [trusting(scene.signer)[0]!.digest]);
});

test('each next entry replaces it, however many there are', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  await scene.publish('bob');
  await follower.poll();
  assert.equal(scene.granted(), ['bob@example.com']);
  for (const name of 'abcdefghijklmnopqrstuvwxyz') await scene.publish(name);
  await follower.poll();
  assert.equal(scene.granted(), ['z@example.com']);
  assert.is(scene.ack()!.enforced!.sequence, 28);
});

test('a poll is one call while there is nothing new, and changes no file and no ack', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const calls: string[] = [];
  const store = faulty(
    scene.store,
    ({ operation, names }) => void calls.push(`${operation} ${names.length}`),
  );
  const follower = await scene.start({ store });
  await follower.poll();
  const [file, values] = [scene.enforcement(), new Map(scene.store.values)];
  calls.length = 0;
  for (let polls = 0; polls < 5; polls += 1) await follower.poll();
  assert.equal(calls, Array(5).fill('get 2'));
  assert.equal(scene.enforcement(), file);
  assert.equal(scene.store.values, values);
});

test('a connector gets its own part only', async () => {
  const scene = newScene('connector/apps');
  await scene.publish('alice');
  const read: string[] = [];
  const store = faulty(scene.store, ({ names }) => void read.push(...names));
  await (await scene.start({ store })).poll();
  assert.equal(
    scene.enforcement()!.connector!.services.map(({ id, backend }) => [id, backend]),
    [['web', 'web.internal']],
  );
  const parts = read.filter((name) => name.includes('/part/'));
  assert.ok(parts.length >= 2 && parts.every((name) => /\/part\/(index|connector\/apps)\//.test(name)));
});

const forgeries: Record<string, (entry: Entry, scene: FollowerScene) => Promise<string> | string> = {
  'signed by a stranger': (entry) => seal(canonicalBytes({ ...entry, sequence: 2 }), newSigner()),
  "signed by a stranger under the trusted key's id": (entry, { signer }) =>
    seal(canonicalBytes({ ...entry, sequence: 2 }), { ...newSigner(), id: signer.id }),
  'of another environment': (entry, { signer }) =>
    seal(canonicalBytes({ ...entry, sequence: 2, environment: 'live' }), signer),
  'of another account': (entry, { signer }) =>
    seal(canonicalBytes({ ...entry, sequence: 2, account: '999999999999' }), signer),
  'of another region': (entry, { signer }) =>
    seal(canonicalBytes({ ...entry, sequence: 2, region: 'eu-west-1' }), signer),
  'of another epoch': (entry, { signer }) =>
    seal(canonicalBytes({ ...entry, sequence: 2, epoch: 2 }), signer),
  'a replay of entry 1': (_, { store }) => store.values.get(entryName(IDENTITY, 1))!,
  'an entry of a later place': (entry, { signer }) => seal(canonicalBytes({ ...entry, sequence: 3 }), signer),
  'stripped of its signatures': async (entry, { signer }) => {
    const envelope = JSON.parse(await seal(canonicalBytes({ ...entry, sequence: 2 }), signer));
    return JSON.stringify({ ...envelope, signatures: [] });
  },
  'without signatures at all': async (entry, { signer }) => {
    const { signatures: _, ...rest } = JSON.parse(
      await seal(canonicalBytes({ ...entry, sequence: 2 }), signer),
    );
    return JSON.stringify(rest);
  },
  'not canonical': (entry, { signer }) =>
    seal(Buffer.from(JSON.stringify({ ...entry, sequence: 2 }, undefined, 2)), signer),
  'not JSON': () => '{',
  'far too long': async (entry, { signer }) =>
    (await seal(canonicalBytes({ ...entry, sequence: 2 }), signer)).padEnd(1_000_000),
};
for (const [what, forge] of Object.entries(forgeries)) {
  test(`an entry that is ${what} changes nothing, is reported, and does not stop the log`, async () => {
    const scene = newScene();
    await scene.publish('alice');
    const follower = await scene.start();
    await follower.poll();
    place(scene, 2, await forge(await newestOf(scene), scene));
    await follower.poll();
    await follower.poll();
    assert.equal(scene.granted(), ['alice@example.com']);
    assert.is(scene.ack()!.state, 'refused');
    assert.is(scene.ack()!.enforced!.sequence, 1);
    assert.is(scene.ack()!.refused!.sequence, 2);
    await scene.publish('bob');
    await follower.poll();
    assert.equal(scene.granted(), ['bob@example.com']);
    assert.is(scene.ack()!.state, 'enforcing');
    assert.is(scene.ack()!.enforced!.sequence, 3);
  });
}

test('what is forged beyond a gap keeps nobody from the entries that fill the gap', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  place(scene, 5, 'forged');
  await follower.poll();
  assert.equal([scene.ack()!.state, scene.ack()!.refused!.sequence], ['refused', 5]);
  scene.store.values.set(headName(IDENTITY), '1');
  for (const name of ['bob', 'carol', 'dave', 'erin']) {
    await scene.publish(name);
    await follower.poll();
    assert.equal(scene.granted(), [`${name}@example.com`]);
  }
  assert.is(scene.ack()!.enforced!.sequence, 6);
});

test('below the floor nothing is taken, also after a restart', async () => {
  const scene = newScene();
  await scene.publish('alice');
  await scene.publish('bob');
  await (await scene.start()).poll();
  scene.store.values.delete(entryName(IDENTITY, 2));
  scene.store.values.set(headName(IDENTITY), '1');
  const follower = await scene.start();
  await follower.poll();
  await follower.poll();
  assert.equal(scene.granted(), ['bob@example.com']);
  assert.is(scene.ack()!.enforced!.sequence, 2);
});

test('another entry in the place of the one in force is reported and not taken', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  const other = { ...(await newestOf(scene)), reason: 'a person was here' };
  place(scene, 1, await seal(canonicalBytes(other), scene.signer));
  const restarted = await scene.start();
  await restarted.poll();
  assert.match(scene.ack()!.reason!, /another one than that in force/);
  assert.is(scene.ack()!.state, 'refused');
  assert.equal(scene.granted(), ['alice@example.com']);
});

test('a part that is damaged or missing leaves what was in force, until it is repaired', async () => {
  for (const scope of ['index', 'intermediate']) {
    for (const damage of ['missing', 'changed', 'bloated']) {
      const scene = newScene();
      await scene.publish('alice');
      const follower = await scene.start();
      await follower.poll();
      const before = new Set(scene.store.values.keys());
      await scene.publish('bob');
      const chunk = [...scene.store.values.keys()].find(
        (name) => !before.has(name) && name.includes(`/part/${scope}/`),
      )!;
      const value = scene.store.values.get(chunk)!;
      if (damage === 'missing') scene.store.values.delete(chunk);
      if (damage === 'changed') scene.store.values.set(chunk, `${value.slice(0, -8)}AAAAAAA=`);
      if (damage === 'bloated') scene.store.values.set(chunk, 'A'.repeat(1_000_000));
      await follower.poll();
      assert.equal(scene.granted(), ['alice@example.com'], `${scope} ${damage}`);
      const { state, refused, waiting } = scene.ack()!;
      // What is not there may come; what is there and is wrong is refused.
      assert.is(state, damage === 'missing' ? 'waiting' : 'refused');
      assert.is((damage === 'missing' ? waiting!.position : refused)!.sequence, 2);
      assert.is(Boolean(waiting) && Boolean(refused), false);
      scene.store.values.set(chunk, value);
      await follower.poll();
      assert.equal(scene.granted(), ['bob@example.com']);
      assert.is(scene.ack()!.state, 'enforcing');
    }
  }
});

test('a crash at any call of taking an entry loses nothing', async () => {
  let crashes = 0;
  for (const kind of ['before', 'after'] as const) {
    for (let at = 1, more = true; more; at += 1) {
      const scene = newScene();
      await scene.publish('alice');
      await (await scene.start()).poll();
      await scene.publish('bob');
      more = false;
      const store = faulty(scene.store, ({ index }) => (index === at ? ((more = true), kind) : undefined));
      const follower = await scene.start({ store });
      await follower.poll();
      assert.ok(['alice@example.com', 'bob@example.com'].includes(scene.granted().join()));
      crashes += more ? 1 : 0;
      const restarted = await scene.start();
      await restarted.poll();
      assert.equal(scene.granted(), ['bob@example.com']);
      assert.is(scene.ack()!.enforced!.sequence, 2);
    }
  }
  assert.ok(crashes >= 8, `${crashes} crashes`);
});

test('with the store away the lease is still renewed, and work goes on when it is back', async () => {
  const scene = newScene();
  await scene.publish('alice');
  let away = false;
  const store = faulty(scene.store, () => (away ? 'before' : undefined));
  const follower = await scene.start({ store });
  await follower.poll();
  away = true;
  const pauses: number[] = [];
  for (let minute = 0; minute < 60; minute += 1) {
    scene.at += 60_000;
    pauses.push(await follower.poll());
    await follower.leaseKeeper.renew();
    assert.ok(Date.parse(scene.enforcement()!.notAfter) > scene.at + 60_000);
  }
  assert.equal(scene.granted(), ['alice@example.com']);
  assert.ok(pauses[1]! > pauses[0]! && Math.max(...pauses) <= 60_000);
  await scene.publish('bob');
  away = false;
  await follower.poll();
  assert.equal(scene.granted(), ['bob@example.com']);
  const types = scene.events.map(({ type }) => type);
  assert.is(types.filter((type) => type === 'away').length, 1);
  assert.ok(types.includes('back'));
});

test('at a start with the store away, last known good is in force at once', async () => {
  const scene = newScene();
  await scene.publish('alice');
  await (await scene.start()).poll();
  scene.at += 10 * HOUR;
  const follower = await scene.start({ store: faulty(scene.store, () => 'before') });
  assert.ok(Date.parse(scene.enforcement()!.notAfter) > scene.at);
  assert.equal(scene.granted(), ['alice@example.com']);
  assert.is(follower.ack().state, 'enforcing');
});

test('a head that is missing, absurd, behind or ahead keeps nobody from the newest entry', async () => {
  for (const head of [undefined, 'x', '0', '1', '777']) {
    for (const known of [false, true]) {
      const scene = newScene();
      await scene.publish('alice');
      if (known) await (await scene.start()).poll();
      for (const name of ['bob', 'carol', 'dave']) await scene.publish(name);
      if (head === undefined) scene.store.values.delete(headName(IDENTITY));
      else scene.store.values.set(headName(IDENTITY), head);
      await (await scene.start()).poll();
      assert.equal(scene.granted(), ['dave@example.com'], `head ${head}`);
    }
  }
});

test('a follower that knows nothing begins at the head, though earlier entries are gone', async () => {
  const scene = newScene();
  for (const name of ['alice', 'bob', 'carol']) await scene.publish(name);
  scene.store.values.delete(entryName(IDENTITY, 1));
  scene.store.values.delete(entryName(IDENTITY, 2));
  await (await scene.start()).poll();
  assert.equal(scene.granted(), ['carol@example.com']);
  scene.store.values.delete(headName(IDENTITY));
  const other = await scene.start({ folder: `${scene.folder}/other` });
  await other.poll();
  assert.is(scene.ack()!.enforced!.sequence, 3);
});

test('an expired entry stays in force and is reported as stale, where onStale says keep', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  scene.at += 49 * HOUR;
  await follower.leaseKeeper.renew();
  await follower.poll();
  assert.equal(scene.granted(), ['alice@example.com']);
  assert.is(scene.ack()!.state, 'stale');
  await scene.heartbeat();
  await follower.poll();
  assert.is(scene.ack()!.state, 'enforcing');
});

test('where onStale says deny, access ends at that hour, and comes back with the next entry', async () => {
  const scene = newScene();
  const world = companyOf(['alice@example.com']);
  world.environments![0]!.bundle.onStale = { action: 'deny', afterHours: 2 };
  const bundle = assemble(repositoryOf(world), 'lab');
  await scene.publish(bundle);
  const follower = await scene.start();
  await follower.poll();
  const end = NOON + 50 * HOUR;
  scene.at = end - 60_000;
  await follower.leaseKeeper.renew();
  assert.is(Date.parse(scene.enforcement()!.notAfter), end);
  assert.equal(scene.granted(), ['alice@example.com']);
  scene.at = end;
  await follower.leaseKeeper.renew();
  await follower.poll();
  assert.equal(scene.granted(), []);
  assert.is(scene.ack()!.state, 'denying');
  assert.match(scene.ack()!.reason!, /onStale/);
  await scene.heartbeat();
  await follower.poll();
  assert.equal(scene.granted(), ['alice@example.com']);
});

test('without state, an entry that expired is taken within the grace, and not after', async () => {
  const scene = newScene();
  await scene.publish('alice');
  scene.at += 49 * HOUR;
  await (await scene.start()).poll();
  assert.is(scene.ack()!.state, 'stale');
  const late = newScene();
  await late.publish('alice');
  late.at += 49 * HOUR;
  await (await late.start({ graceMs: HOUR / 2 })).poll();
  assert.is(late.ack()!.state, 'denying');
  assert.match(late.ack()!.reason!, /expired/);
  assert.is(late.enforcement(), undefined);
});

test('what the deployment demands at least is the floor of a start without state', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start({ minimum: { epoch: 1, sequence: 2 } });
  await follower.poll();
  assert.is(scene.enforcement(), undefined);
  assert.match(scene.ack()!.reason!, /below the minimum 1\/2/);
  await scene.publish('bob');
  await follower.poll();
  assert.equal(scene.granted(), ['bob@example.com']);
});

test('a new epoch begins a new log, and until it does the old one stays in force', async () => {
  const scene = newScene();
  await scene.publish('alice');
  await scene.publish('bob');
  await (await scene.start()).poll();
  const identity = { ...IDENTITY, epoch: 2 };
  const follower = await scene.start({ identity });
  await follower.poll();
  assert.equal(scene.granted(), ['bob@example.com']);
  await scene.publish('carol', { identity });
  await follower.poll();
  assert.equal(scene.granted(), ['carol@example.com']);
  assert.equal([scene.enforcement()!.epoch, scene.enforcement()!.sequence], [2, 1]);
  const backwards = await scene.start();
  await backwards.poll();
  assert.equal(scene.granted(), ['carol@example.com']);
});

test('a component that the newest entry does not name is denied', async () => {
  const scene = newScene('connector/apps');
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  assert.ok(scene.enforcement());
  const world = companyOf(['alice@example.com']);
  world.environments![0]!.connectors = [];
  await scene.publish(assemble(repositoryOf(world), 'lab'));
  await follower.poll();
  assert.is(scene.enforcement(), undefined);
  assert.is(scene.ack()!.state, 'denying');
  assert.match(scene.ack()!.reason!, /no part/);
  await scene.start();
  assert.is(scene.enforcement(), undefined);
  await scene.publish('alice');
  await follower.poll();
  assert.ok(scene.enforcement());
});

test('an ack that cannot be written is written later, and does not hold anything up', async () => {
  const scene = newScene();
  await scene.publish('alice');
  let deaf = true;
  const store = faulty(scene.store, ({ operation }) => (operation === 'put' && deaf ? 'before' : undefined));
  const follower = await scene.start({ store });
  await follower.poll();
  assert.equal(scene.granted(), ['alice@example.com']);
  assert.is(scene.ack(), undefined);
  deaf = false;
  scene.at += 60_000;
  await follower.report();
  assert.is(scene.ack()!.state, 'enforcing');
});

test('acks wait their turn, so that all components do not write at once', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start({ ackSpreadMs: 10_000 });
  await follower.poll();
  assert.is(scene.ack(), undefined);
  scene.at += 5000;
  await follower.report();
  assert.is(scene.ack()!.state, 'enforcing');
});

test('acks are spread by how many instances share the writes of the component, and by the rate', async () => {
  /** Seconds until a follower beside so many others of its component reports, by a dice that always says the middle. */
  const reportedAfter = async (others: number, writes?: number): Promise<number> => {
    const scene = newScene();
    const company = companyOf(['alice@example.com']);
    const [environment] = company.environments!;
    if (writes) environment!.bundle.storeRates = { reads: 1000, writes };
    await scene.publish(assemble(repositoryOf(company), 'lab'));
    await (await scene.start()).poll();
    const text = JSON.stringify(scene.ack());
    const said = (instance: string) => text.replace('"instance":"test"', `"instance":"${instance}"`);
    for (let one = 0; one < others; one += 1)
      scene.store.values.set(ackName(IDENTITY, 'intermediate/one', `other-${one}`), said(`other-${one}`));
    const gone = new Date(NOON - 86_400_000);
    scene.store.values.set(ackName(IDENTITY, 'intermediate/one', 'gone'), said('gone'));
    scene.store.modified.set(ackName(IDENTITY, 'intermediate/one', 'gone'), gone);
    scene.store.values.delete(ackName(IDENTITY, 'intermediate/one', 'test'));
    const follower = await scene.start({ spreads: true });
    await follower.poll();
    let seconds = 0;
    for (; !scene.ack(); seconds += 1) {
      scene.at += 1000;
      await follower.report();
    }
    return seconds;
  };
  // Two components, a write a second for all acks.
  assert.is(await reportedAfter(0), 1);
  assert.is(await reportedAfter(9), 10);
  assert.is(await reportedAfter(9, 30), 1);
});

test('a wall clock that is set back delays no ack and no renewal', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start({ ackSpreadMs: 10_000 });
  await follower.poll();
  scene.at -= 3_600_000;
  scene.at += 5000;
  await follower.report();
  assert.is(scene.ack()!.state, 'enforcing');
  const { at } = scene.ack()!;
  scene.at -= 3_600_000;
  scene.at += 300_000;
  await follower.report();
  assert.is(Date.parse(scene.ack()!.at), Date.parse(at) - 3_300_000);
});

test('a restart says nothing that the store has already', async () => {
  const scene = newScene();
  await scene.publish('alice');
  await (await scene.start()).poll();
  const writes: string[] = [];
  const store = faulty(
    scene.store,
    ({ operation, names }) => void (operation === 'put' && writes.push(...names)),
  );
  await (await scene.start({ store })).poll();
  assert.equal(writes, []);
});

/** The writes of acks, by an otherwise whole store. */
function acksWritten(scene: FollowerScene) {
  const acks: Ack[] = [];
  const store: ParameterStore = {
    ...scene.store,
    async put(name, value) {
      if (name.includes('/ack/')) acks.push(JSON.parse(value) as Ack);
      return scene.store.put(name, value);
    },
  };
  return { acks, store };
}

test('an ack is renewed within what it promises, and not again and again', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const { acks, store } = acksWritten(scene);
  const follower = await scene.start({ store });
  await follower.poll();
  assert.is(acks[0]!.renewSeconds, 300);
  for (let seconds = 0; seconds < 3600; seconds += 10) {
    scene.at += 10_000;
    await follower.leaseKeeper.renew();
    await follower.report();
    assert.ok(scene.at - Date.parse(scene.ack()!.at) <= 300_000);
  }
  assert.ok(acks.length <= 1 + 3600 / 200, `${acks.length} acks in an hour`);
  assert.ok(acks.every(({ state }) => state === 'enforcing'));
});

test('a restart renews when it is time, also where the clock was set back before', async () => {
  const scene = newScene();
  await scene.publish('alice');
  await (await scene.start()).poll();
  scene.at += 290_000;
  const { acks, store } = acksWritten(scene);
  const follower = await scene.start({ store });
  await follower.poll();
  assert.is(acks.length, 1);
  scene.at -= 7_200_000;
  await (await scene.start({ store })).poll();
  assert.is(scene.ack()!.at, new Date(scene.at).toISOString());
});

test('one that stops says so, and reports no more; when it is back it says that too', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  await follower.stop();
  assert.equal([scene.ack()!.state, scene.ack()!.enforced!.sequence], ['stopped', 1]);
  scene.at += 3_600_000;
  await follower.poll();
  assert.is(scene.ack()!.state, 'stopped');
  await (await scene.start()).poll();
  assert.is(scene.ack()!.state, 'enforcing');
});

test('a log that cannot be read is waited for, and says so while acks can be written', async () => {
  const scene = newScene();
  await scene.publish('alice');
  let deaf = false;
  const store = faulty(scene.store, ({ operation }) => (operation === 'get' && deaf ? 'before' : undefined));
  const follower = await scene.start({ store });
  await follower.poll();
  deaf = true;
  const since = new Date(scene.at).toISOString();
  await follower.poll();
  scene.at += 20_000;
  await follower.poll();
  const { state, enforced, waiting } = scene.ack()!;
  assert.equal(
    [state, enforced!.sequence, waiting!.position, waiting!.since],
    ['waiting', 1, undefined, since],
  );
  assert.match(waiting!.reason, /the log cannot be read/);
  deaf = false;
  await follower.poll();
  assert.equal([scene.ack()!.state, scene.ack()!.waiting], ['enforcing', undefined]);
});

test('what a new instance waits for is no denial: nothing was in force yet', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const chunk = [...scene.store.values.keys()].find((name) => name.includes('/part/intermediate/'))!;
  const value = scene.store.values.get(chunk)!;
  scene.store.values.delete(chunk);
  const follower = await scene.start();
  await follower.poll();
  const { state, enforced, refused, waiting } = scene.ack()!;
  assert.equal([state, enforced, refused, waiting!.position!.sequence], ['waiting', undefined, undefined, 1]);
  scene.store.values.set(chunk, value);
  await follower.poll();
  assert.is(scene.ack()!.state, 'enforcing');
});

test('of several trusted keys any one may sign, of either algorithm', async () => {
  const scene = newScene();
  const kms = newSigner('kms', 'ecdsa-p256');
  const trusted = trusting(scene.signer, kms);
  await scene.publish('alice', { trusted });
  const follower = await scene.start({ trusted });
  await follower.poll();
  await scene.publish('bob', { trusted, signer: kms });
  await follower.poll();
  assert.equal(scene.granted(), ['bob@example.com']);
});

test.run();
