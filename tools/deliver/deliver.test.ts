import * as assert from 'uvu/assert';
import { assemble, type Bundle } from '../bundle/assemble.ts';
import { entryName } from '../contract/names.ts';
import type { Ack, Convergence, Ring } from '../contract/shapes.ts';
import { companyOf, IDENTITY, newSigner, NOON, publishing, trusting } from '../dev/delivery.ts';
import { memoryStore } from '../dev/memory.ts';
import { suite } from '../dev/suite.ts';
import { repositoryOf } from '../dev/world.ts';
import { publish } from '../publish/publish.ts';
import { convergence } from '../report/convergence.ts';
import { readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import { deliver, type Delivered } from './deliver.ts';
import { isLossesOnly } from './losses.ts';
import { stagesOf } from './stages.ts';
import { fetchState, partsOf } from '../publish/state.ts';

const test = suite('deliver');
const RINGS: Ring[] = [
  { id: 'canary', components: ['intermediate/canary'], bakeSeconds: 60 },
  { id: 'half', share: 0.5, bakeSeconds: 30 },
];

/** An environment of four intermediates and a connector, for these people. */
function bundleFor(...people: string[]): Bundle {
  return assemble(repositoryOf(worldFor(people)), 'dev');
}

function worldFor(people: readonly string[]) {
  const world = companyOf(people.map((name) => `${name}@example.com`));
  const environment = world.environments![0]!;
  environment.intermediates = ['canary', 'a', 'b', 'c'].map((id) => ({
    id,
    address: `${id}.example.com`,
    instanceType: 't4g.small',
    zone: 'eu-central-1a',
  }));
  return world;
}

/** The same, with a certificate revoked. */
function revoking(people: string[], fingerprint: string): Bundle {
  const certificates = [{ fingerprint, reason: 'stolen', date: '2026-06-01' }];
  return assemble(repositoryOf({ ...worldFor(people), revoked: { certificates } }), 'dev');
}

type Answer = 'enforce' | 'refuse' | 'silence';

/** A log, and instances that answer each look by what they are told to. */
function newScene(answers: (component: string, people: number) => Answer = () => 'enforce') {
  const [store, signer] = [memoryStore(), newSigner()];
  const trusted = trusting(signer);
  const acks = new Map<string, Ack>();
  const told: string[] = [];
  const lookedAt: number[] = [];
  let at = 0;
  const clock = { now: () => at, sleep: async (ms: number) => void (at += ms) };
  const look = async (): Promise<Convergence> => {
    const { newest, invalid } = await readLog(store, IDENTITY, trusted);
    const index = await fetchIndex(store, newest!.entry);
    assert.ok(index.ok);
    lookedAt.push(newest!.entry.sequence);
    for (const [component, { bytes }] of Object.entries(index.value.components)) {
      const { epoch, sequence } = newest!.entry;
      const position = { epoch, sequence, entry: newest!.digest };
      const answer = answers(component, bytes);
      const before = acks.get(component);
      if (answer === 'silence') continue;
      acks.set(component, {
        schemaVersion: 1,
        environment: 'dev',
        component,
        instance: 'i-1',
        state: answer === 'enforce' ? 'enforcing' : 'refused',
        ...(answer === 'enforce'
          ? { enforced: position }
          : {
              ...(before?.enforced && { enforced: before.enforced }),
              refused: position,
              reason: 'no memory',
            }),
        at: '2026-06-01T12:00:00Z',
        trustedKeys: [],
      });
    }
    const texts = [...acks].map(
      ([name, ack]) => [`/ztna/dev/1/ack/${name}/i-1`, JSON.stringify(ack)] as const,
    );
    return convergence(
      { log: IDENTITY, newest: newest!, invalid, contents: index.value, acks: new Map(texts) },
      NOON,
    );
  };
  const run = (bundle: Bundle, rings: Ring[] = RINGS): Promise<Delivered> =>
    deliver({
      ...publishing(store, signer, { bundle, clock }),
      rings,
      look,
      patienceSeconds: 300,
      tell: (text) => told.push(text),
    });
  const entry = async () => (await readLog(store, IDENTITY, trusted)).newest!.entry;
  const contents = async () => {
    const index = await fetchIndex(store, await entry());
    assert.ok(index.ok);
    return Object.entries(index.value.components).map(
      ([component, { content }]) => `${component} ${content.slice(0, 6)}`,
    );
  };
  const parts = async () => (await fetchState(store, await entry()))!.parts;
  return { store, signer, run, entry, contents, parts, told, acks, clock };
}

test('stages grow by the rings, and the last has everybody', () => {
  const all = ['c/1', 'c/2', 'c/3', 'c/4', 'c/5'];
  const rings: Ring[] = [
    { id: 'one', components: ['c/4', 'c/9'], bakeSeconds: 1 },
    { id: 'two', share: 0.5, bakeSeconds: 2 },
  ];
  assert.equal(stagesOf(rings, all), [
    { ring: 'one', components: ['c/4'], bakeSeconds: 1 },
    { ring: 'two', components: ['c/1', 'c/2', 'c/4'], bakeSeconds: 2 },
    { ring: 'rest', components: all, bakeSeconds: 0 },
  ]);
  assert.equal(
    stagesOf([], all).map(({ ring }) => ring),
    ['rest'],
  );
  const whole: Ring[] = [{ id: 'whole', share: 1, bakeSeconds: 9 }];
  assert.equal(
    stagesOf(whole, all).map(({ ring }) => ring),
    ['rest'],
  );
});

test('each ring enforces and bakes before the next gets it', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice'));
  assert.is((await scene.entry()).sequence, 1);
  const began = scene.clock.now();
  const { outcome } = await scene.run(bundleFor('alice', 'bob'));
  assert.is(outcome, 'in force');
  assert.equal([(await scene.entry()).sequence, (await scene.entry()).base], [4, undefined]);
  assert.ok(scene.clock.now() - began >= 90_000, 'both bakes were waited for');
  assert.match(
    scene.told.join('\n'),
    /canary: 1 of 5 .* entry 2 gets it[\s\S]*half: 3 of 5[\s\S]*rest: 5 of 5/,
  );
  assert.is((await scene.run(bundleFor('alice', 'bob'))).outcome, 'unchanged');
});

test('a refusal returns the canaries to what they had, and holds what was refused', async () => {
  const large = bundleFor('alice', 'bob', 'mallory');
  const size = large.parts.at(-1)!.bytes.length;
  const scene = newScene((component, bytes) =>
    component.startsWith('intermediate/') && bytes >= size ? 'refuse' : 'enforce',
  );
  await scene.run(bundleFor('alice'));
  const before = await scene.contents();
  const halted = await scene.run(large);
  assert.equal(
    [halted.outcome, 'component' in halted && halted.component],
    ['halted', 'intermediate/canary'],
  );
  const entry = await scene.entry();
  assert.equal([entry.sequence, entry.holds[0]!.undone, entry.holds[0]!.kept], [3, 2, 1]);
  assert.match(entry.holds[0]!.reason, /intermediate\/canary refused entry 2: no memory/);
  assert.equal(await scene.contents(), before);
  const again = await scene.run(large);
  assert.match('problem' in again ? again.problem : '', /the part that was refused in entry 2/);
  assert.is((await scene.run(bundleFor('alice', 'bob'))).outcome, 'in force');
});

test('silence never promotes, and another run goes on from there', async () => {
  let silent = true;
  const scene = newScene((component) =>
    silent && component === 'intermediate/canary' ? 'silence' : 'enforce',
  );
  await scene.run(bundleFor('alice'), []);
  const stuck = await scene.run(bundleFor('alice', 'bob'));
  assert.equal(stuck, { outcome: 'silent', missing: ['intermediate/canary'], sequence: 2 });
  assert.is((await scene.entry()).base, 1);
  silent = false;
  assert.equal(await scene.run(bundleFor('alice', 'bob')), { outcome: 'in force', sequence: 4 });
});

test('a refusal after a restart still returns to what all had before', async () => {
  let answer: Answer = 'silence';
  const scene = newScene((component) => (component === 'intermediate/canary' ? answer : 'enforce'));
  answer = 'enforce';
  await scene.run(bundleFor('alice'), []);
  const before = await scene.contents();
  answer = 'silence';
  await scene.run(bundleFor('alice', 'bob'));
  answer = 'refuse';
  assert.is((await scene.run(bundleFor('alice', 'bob'))).outcome, 'halted');
  assert.equal(await scene.contents(), before);
});

test('what only takes access away goes to everybody at once', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice', 'bob'));
  const began = scene.clock.now();
  assert.equal(await scene.run(bundleFor('alice')), { outcome: 'in force', sequence: 2 });
  assert.is(scene.clock.now(), began);
  assert.match(scene.told.join('\n'), /only takes access away/);
});

test('a stolen laptop waits for no ring, also while a delivery is under way, and a halt does not bring it back', async () => {
  let answer: Answer = 'enforce';
  const scene = newScene((component) => (component === 'intermediate/canary' ? answer : 'enforce'));
  const stolen = 'e'.repeat(64);
  await scene.run(bundleFor('alice'), []);
  answer = 'silence';
  await scene.run(bundleFor('alice', 'bob'));
  assert.is((await scene.entry()).base, 1);
  answer = 'refuse';
  const halted = await scene.run(revoking(['alice', 'bob'], stolen));
  assert.match(
    scene.told.join('\n'),
    /entry 3 revokes certificates on every component, before anything else/,
  );
  assert.is(halted.outcome, 'halted');
  const revoked = [...(await scene.parts()).values()].flatMap((part) =>
    part.kind === 'intermediate' ? [part.revoked] : [],
  );
  assert.equal(revoked, [[stolen], [stolen], [stolen], [stolen]]);
  answer = 'enforce';
  const before = scene.told.length;
  await scene.run(revoking(['alice'], stolen));
  assert.not.match(scene.told.slice(before).join(), /revokes/);
});

test('only losses are losses', () => {
  const parts = (bundle: Bundle) => partsOf(bundle);
  const [one, two] = [parts(bundleFor('alice')), parts(bundleFor('alice', 'bob'))];
  assert.equal(
    [isLossesOnly(two, one, NOON), isLossesOnly(one, two, NOON), isLossesOnly(one, one, NOON)],
    [true, false, true],
  );
  const changed = (component: string, change: object) =>
    new Map(
      [...one].map(([name, part]) => [name, name === component ? ({ ...part, ...change } as never) : part]),
    );
  const services = [
    { id: 'web', protocol: 'tcp', ports: [[443, 443]], virtualIp: '10.100.0.2', backend: 'evil.internal' },
  ];
  assert.not(isLossesOnly(one, changed('connector/apps', { services }), NOON));
  assert.ok(isLossesOnly(one, changed('connector/apps', { services: [] }), NOON));
  const revoked = changed('intermediate/a', { revoked: ['f'.repeat(64)] });
  assert.ok(isLossesOnly(one, revoked, NOON));
  assert.not(isLossesOnly(revoked, one, NOON));
  assert.not(isLossesOnly(one, changed('intermediate/a', { virtualNetwork: '10.0.0.0/8' }), NOON));
});

test('an entry that stands above all is never overwritten', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice'));
  scene.store.values.set(entryName(IDENTITY, 2), 'nonsense');
  await publish(publishing(scene.store, scene.signer, { bundle: bundleFor('bob') }));
  assert.is(scene.store.values.get(entryName(IDENTITY, 2)), 'nonsense');
});

test.run();
