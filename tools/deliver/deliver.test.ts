import * as assert from 'uvu/assert';
import { assemble, type Bundle } from '../bundle/assemble.ts';
import { entryName } from '../contract/names.ts';
import type { Ack, Convergence, IntermediatePart, Revoked, Ring } from '../contract/shapes.ts';
import { companyOf, IDENTITY, newSigner, NOON, publishing, trusting } from '../publish/testing/publisher.ts';
import { storedAcks } from '../store/testing/acks.ts';
import { memoryStore } from '../store/testing/memory-store.ts';
import { CERTIFICATES } from '../testing/certificates.ts';
import { suite } from '../testing/suite.ts';
import { repositoryOf } from '../testing/repository.ts';
import { heartbeat, rollback } from '../publish/append.ts';
import { publish } from '../publish/publish.ts';
import { convergence } from '../report/convergence.ts';
import { entryAt, readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import { deliver, type DeliveryOutcome, type DeliverOptions, takeFirst, type WireProof } from './deliver.ts';
import type { StageVerdict } from './verdict.ts';
import { type EnvironmentPlan, readEnvironment } from './environment-plan.ts';
import { isLossesOnly } from '../publish/losses.ts';
import { stagesOf } from './stages.ts';
import { fetchState, partsOf } from '../publish/state.ts';

const test = suite('deliver');
const RINGS: Ring[] = [
  { id: 'canary', components: ['intermediate/canary'], bakeSeconds: 60 },
  { id: 'half', share: 0.5, bakeSeconds: 30 },
];

/** An environment of four intermediates and a connector, for these people. */
function bundleFor(...people: string[]): Bundle {
  return assemble(repositoryOf(worldFor(people)), 'lab');
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
  return assemble(repositoryOf({ ...worldFor(people), revoked: { certificates } }), 'lab');
}

type Answer = 'enforce' | 'refuse' | 'wait' | 'silence';

/** A log, and instances that answer each look by what they are told to. */
function newScene(answers: (component: string, people: number) => Answer = () => 'enforce') {
  const [store, signer] = [memoryStore(), newSigner()];
  const trusted = trusting(signer);
  const acks = new Map<string, Ack>();
  const told: string[] = [];
  /** Acks of other instances, which stay as they are; and what else happens before and after a look. */
  const others: Ack[] = [];
  const happens: { before: (looks: number) => Promise<void>; after: () => Promise<void> } = {
    before: async () => {},
    after: async () => {},
  };
  let looks = 0;
  let at = 0;
  const clock = { now: () => at, sleep: async (ms: number) => void (at += ms) };
  const look = async (): Promise<Convergence> => {
    const { newest, invalid } = await readLog(store, IDENTITY, trusted);
    const index = await fetchIndex(store, newest!.entry);
    assert.ok(index.ok);
    await happens.before((looks += 1));
    for (const [component, { bytes }] of Object.entries(index.value.components)) {
      const { epoch, sequence } = newest!.entry;
      const position = { epoch, sequence, entry: newest!.digest };
      const answer = answers(component, bytes);
      const before = acks.get(component);
      if (answer === 'silence') continue;
      acks.set(component, {
        schemaVersion: 1,
        environment: 'lab',
        component,
        instance: 'i-1',
        state: { enforce: 'enforcing', refuse: 'refused', wait: 'waiting' }[answer] as Ack['state'],
        ...(answer === 'enforce'
          ? { enforced: position }
          : {
              ...(before?.enforced && { enforced: before.enforced }),
              ...(answer === 'refuse'
                ? { refused: position, reason: 'no memory' }
                : { waiting: { position, reason: 'no room', since: '2026-06-01T12:00:00Z' } }),
            }),
        at: new Date(NOON + at).toISOString(),
        trustedKeys: [],
      });
    }
    const texts = [...acks.values(), ...others].map(
      (ack) => [`/ztna/lab/1/ack/${ack.component}/${ack.instance}`, JSON.stringify(ack)] as const,
    );
    await happens.after();
    const stored = await storedAcks(IDENTITY, texts, NOON + at);
    const known = { log: IDENTITY, trusted, newest: newest!, invalid, contents: index.value };
    return convergence({ ...known, acks: stored }, NOON + at);
  };
  const run = (
    bundle: Bundle,
    rings: Ring[] = RINGS,
    now = NOON,
    proof?: WireProof,
  ): Promise<DeliveryOutcome> => ofPlan(bundle, rings, now, (options) => readEnvironment(options), proof);
  const ofPlan = async (
    bundle: Bundle,
    rings: Ring[],
    now: number,
    read: (options: DeliverOptions) => Promise<EnvironmentPlan>,
    proof?: WireProof,
  ): Promise<DeliveryOutcome> => {
    const options: DeliverOptions = {
      ...(proof && { proof }),
      ...publishing(store, signer, { bundle, clock, now: () => now }),
      rings,
      look,
      patienceSeconds: 300,
      tell: (text) => told.push(text),
    };
    return deliver(await read(options), options);
  };
  const entry = async () => (await readLog(store, IDENTITY, trusted)).newest!.entry;
  const contents = async () => {
    const index = await fetchIndex(store, await entry());
    assert.ok(index.ok);
    return Object.entries(index.value.components).map(
      ([component, { content }]) => `${component} ${content.slice(0, 6)}`,
    );
  };
  const parts = async () => (await fetchState(store, await entry()))!.parts;
  return { store, signer, run, ofPlan, entry, contents, parts, told, acks, others, happens, clock };
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

/** A ring of all whom a change of access concerns: the others, a connector, have nothing new by it. */
const CONCERNED: Ring[] = [
  { id: 'all', components: ['canary', 'a', 'b', 'c'].map((id) => `intermediate/${id}`), bakeSeconds: 1 },
];

test('what a ring has and no other needs is what all have: a refusal later on returns to it', async () => {
  let answer: Answer = 'enforce';
  const scene = newScene((component) => (component === 'intermediate/a' ? answer : 'enforce'));
  await scene.run(bundleFor('alice'), CONCERNED);
  assert.is((await scene.run(bundleFor('bob'), CONCERNED)).outcome, 'in force');
  assert.equal([(await scene.entry()).sequence, (await scene.entry()).base], [3, undefined]);
  const had = await scene.contents();
  assert.is((await scene.run(bundleFor('bob'), CONCERNED)).outcome, 'unchanged');
  answer = 'refuse';
  const halted = await scene.run(bundleFor('bob', 'carol'), CONCERNED);
  assert.is(halted.outcome, 'halted');
  assert.equal(await scene.contents(), had, 'alice does not come back');
});

test('who refuses what an earlier run gave is taken it away again, when all of it was given', async () => {
  let answer: Answer = 'enforce';
  const scene = newScene((component) => (component === 'intermediate/a' ? answer : 'enforce'));
  await scene.run(bundleFor('alice'), []);
  answer = 'wait';
  const had = await scene.contents();
  assert.is((await scene.run(bundleFor('alice', 'bob'), CONCERNED)).outcome, 'waiting');
  answer = 'refuse';
  const halted = await scene.run(bundleFor('alice', 'bob'), CONCERNED);
  assert.equal([halted.outcome, 'kept' in halted && halted.kept], ['halted', 1]);
  assert.equal([await scene.contents(), (await scene.entry()).holds.length], [had, 1]);
});

/** A proof that notes which components it tries, and says what it is told to. */
function proofThat(verdict: (stage: number) => StageVerdict, lacks?: ReturnType<WireProof['lacks']>) {
  const tried: string[][] = [];
  const of: WireProof['of'] = async (_, fresh) => verdict(tried.push([...fresh]));
  return { tried, proof: { lacks: () => lacks, of } satisfies WireProof };
}

test('each ring is proved before the next gets it, and a contradiction halts as a refusal does', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice'));
  const before = await scene.contents();
  const reason = 'probes.yaml:7: wiki 443: expected reached, found denied';
  const wire = { state: 'refused', component: 'intermediate/canary', reason, wire: true } as const;
  const contradicted = proofThat(() => wire);
  const halted = await scene.run(bundleFor('alice', 'bob'), RINGS, NOON, contradicted.proof);
  assert.equal(
    [halted.outcome, 'reason' in halted && halted.reason, contradicted.tried],
    ['halted', reason, [['intermediate/canary']]],
  );
  assert.equal(await scene.contents(), before);
  assert.match(
    (await scene.entry()).holds[0]!.reason,
    /canary does not do what is in entry 2: probes\.yaml:7/,
  );
});

test('what could not be proved is not promoted, and not undone; the next run proves it', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice'));
  const untried = proofThat(() => ({ state: 'waiting', missing: ['no server answers'] }));
  const waiting = await scene.run(bundleFor('alice', 'bob'), RINGS, NOON, untried.proof);
  assert.equal(
    [waiting.outcome, 'missing' in waiting && waiting.missing, (await scene.entry()).holds],
    ['waiting', ['no server answers'], []],
  );
  const proved = proofThat(() => ({ state: 'enforced', notes: [] }));
  assert.is((await scene.run(bundleFor('alice', 'bob'), RINGS, NOON, proved.proof)).outcome, 'in force');
  assert.equal(proved.tried.flat().sort(), [...new Set(proved.tried.flat())].sort(), 'each once');
  assert.is(proved.tried.length, 3);
});

test('a proof that cannot be had refuses before anybody gets anything; what takes access away needs none', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice', 'bob'));
  const lacking = proofThat(() => ({ state: 'waiting', missing: ['x'] }), {
    problem: 'no agent',
    remedy: 'x',
  });
  const refused = await scene.run(bundleFor('alice', 'bob', 'carol'), RINGS, NOON, lacking.proof);
  assert.equal(refused, { outcome: 'refused', problem: 'no agent', remedy: 'x' });
  assert.is((await scene.entry()).sequence, 1);
  assert.is((await scene.run(bundleFor('alice'), RINGS, NOON, lacking.proof)).outcome, 'in force');
  assert.equal(lacking.tried, []);
});

test('silence never promotes, and another run goes on from there', async () => {
  let silent = true;
  const scene = newScene((component) =>
    silent && component === 'intermediate/canary' ? 'silence' : 'enforce',
  );
  await scene.run(bundleFor('alice'), []);
  const stuck = await scene.run(bundleFor('alice', 'bob'));
  assert.equal(stuck, { outcome: 'waiting', missing: ['intermediate/canary'], sequence: 2, others: 4 });
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
  assert.equal(await scene.run(bundleFor('alice')), { outcome: 'in force', sequence: 2, lossesOnly: true });
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
  assert.match(scene.told.join('\n'), /entry 3 revokes on every component, before anything else/);
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

test('one component that refuses a loss does not give it back to everybody', async () => {
  let answer: Answer = 'enforce';
  const scene = newScene((component) => (component === 'connector/apps' ? answer : 'enforce'));
  await scene.run(bundleFor('alice', 'bob'));
  answer = 'refuse';
  const halted = await scene.run(bundleFor('alice'));
  assert.equal(halted, {
    outcome: 'halted',
    component: 'connector/apps',
    reason: 'no memory',
    sequence: 2,
  });
  assert.equal([(await scene.entry()).sequence, (await scene.entry()).holds], [2, []]);
  const again = await scene.run(bundleFor('alice'));
  assert.equal([again.outcome, (await scene.entry()).sequence], ['halted', 2]);
});

test('an instance that answers late is waited for, although a revocation has just come between', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice'));
  const slow = scene.acks.get('intermediate/canary')!;
  scene.others.push({ ...slow, instance: 'i-2' });
  const stuck = await scene.run(revoking(['alice', 'bob'], 'e'.repeat(64)));
  assert.equal(
    [stuck.outcome, 'missing' in stuck && stuck.missing],
    ['waiting', ['intermediate/canary i-2']],
  );
});

test('an instance that is gone or has stopped is not waited for, whatever it last said', async () => {
  for (const state of ['enforcing', 'refused', 'denying', 'stopped'] as const) {
    const scene = newScene();
    await scene.run(bundleFor('alice'));
    const { enforced: position, ...ack } = scene.acks.get('intermediate/canary')!;
    const refused = state === 'refused' && { refused: { ...position!, sequence: 99 }, reason: 'no memory' };
    const at = state === 'stopped' ? ack.at : new Date(NOON - 2_701_000).toISOString();
    const enforced = state !== 'denying' && { enforced: position! };
    scene.others.push({ ...ack, ...enforced, ...refused, instance: 'i-2', state, at });
    assert.is((await scene.run(bundleFor('alice', 'bob'))).outcome, 'in force', state);
    const told = scene.told.filter((text) => /canary\/i-2 has been silent since .* entry 1/.test(text));
    assert.is(told.length, ['enforcing', 'refused'].includes(state) ? 1 : 0, state);
    assert.is((await scene.run(bundleFor('alice'))).outcome, 'in force', state);
  }
});

test('a base that heartbeats keep does not make a replaced instance live for ever', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice'));
  scene.others.push({ ...scene.acks.get('intermediate/canary')!, instance: 'i-2' });
  // The task dies while a delivery is under way: it and the next one wait until it is gone.
  const stuck = await scene.run(bundleFor('alice', 'bob'), RINGS);
  assert.equal([stuck.outcome, (await scene.entry()).base], ['waiting', 1]);
  for (let beat = 0; beat < 3; beat += 1) await heartbeat(publishing(scene.store, scene.signer));
  assert.is((await scene.entry()).base, 1);
  await scene.clock.sleep(2_700_000);
  assert.is((await scene.run(bundleFor('alice', 'bob'))).outcome, 'in force');
});

test('what one cannot take yet ends a delivery after its patience, with no hold and nothing undone', async () => {
  let answer: Answer = 'enforce';
  const scene = newScene((component) => (component === 'connector/apps' ? answer : 'enforce'));
  await scene.run(bundleFor('alice'));
  answer = 'wait';
  const began = scene.clock.now();
  assert.equal(await scene.run(bundleFor('alice', 'bob')), {
    outcome: 'waiting',
    missing: ['connector/apps i-1 (no room)'],
    sequence: 3,
    others: 2,
  });
  assert.ok(scene.clock.now() - began >= 300_000);
  assert.equal([(await scene.entry()).sequence, (await scene.entry()).holds], [3, []]);
  answer = 'enforce';
  assert.is((await scene.run(bundleFor('alice', 'bob'))).outcome, 'in force');
  answer = 'wait';
  const everybody = await scene.run(bundleFor('alice'));
  assert.equal([everybody.outcome, 'others' in everybody && everybody.others], ['waiting', 0]);
});

test('an instance that took a stage and then allows nothing is waited for: it has not refused it', async () => {
  const scene = newScene((component) => (component === 'intermediate/canary' ? 'silence' : 'enforce'));
  await publish(publishing(scene.store, scene.signer, { bundle: bundleFor('alice') }));
  const { epoch } = await scene.entry();
  const ack: Ack = {
    schemaVersion: 1,
    environment: 'lab',
    component: 'intermediate/canary',
    instance: 'i-2',
    state: 'enforcing',
    at: '2026-06-01T12:00:00Z',
    trustedKeys: [],
  };
  scene.others.push(ack);
  scene.happens.before = async (looks) => {
    const enforced = { epoch, sequence: (await scene.entry()).sequence, entry: 'a'.repeat(64) };
    scene.others[0] = looks > 3 ? { ...ack, state: 'denying', reason: 'it crashed' } : { ...ack, enforced };
  };
  const waiting = await scene.run(bundleFor('alice', 'bob'));
  assert.equal(
    [waiting.outcome, 'missing' in waiting && waiting.missing],
    ['waiting', ['intermediate/canary i-2 (it crashed)']],
  );
  assert.equal((await scene.entry()).holds, []);
});

test('who goes back while a refusal is noticed is not undone, and what all had is not put on hold', async () => {
  let answer: Answer = 'enforce';
  const scene = newScene((component) => (component === 'intermediate/canary' ? answer : 'enforce'));
  await scene.run(bundleFor('alice'));
  answer = 'refuse';
  let back = false;
  scene.happens.after = async () => {
    if ((await scene.entry()).sequence !== 2 || back) return;
    back = true;
    await rollback({ ...publishing(scene.store, scene.signer, { reason: 'INC-7' }), to: 1 });
  };
  assert.is((await scene.run(bundleFor('alice', 'bob'))).outcome, 'halted');
  const { sequence, holds } = await scene.entry();
  assert.equal([sequence, holds.map(({ reason, part }) => [reason, part])], [3, [['INC-7', undefined]]]);
});

test('a delivery that another publisher undoes while it ends is not said to be in force', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice'));
  scene.happens.after = async () => {
    if ((await scene.entry()).sequence !== 4) return;
    await rollback({ ...publishing(scene.store, scene.signer, { reason: 'INC-7' }), to: 1 });
  };
  const undone = await scene.run(bundleFor('alice', 'bob'));
  assert.match(
    'problem' in undone ? undone.problem : undone.outcome,
    /entry 5 .* wants something else: INC-7/,
  );
});

test('a hold on what only the last step would get forbids the first', async () => {
  const scene = newScene((component, bytes) =>
    component === 'connector/apps' && bytes >= large ? 'refuse' : 'enforce',
  );
  const wide = (): Bundle => {
    const world = worldFor(['alice', 'bob']);
    world.services!.push({
      ...world.services![0]!,
      id: 'wiki',
      description: 'wiki',
      virtualIp: '10.100.0.9',
    });
    const { services } = world.environments![0]!.connectors![0]!;
    services.push({ ...services[0]!, service: 'wiki' } as never);
    return assemble(repositoryOf(world), 'lab');
  };
  const large = wide().parts.find(({ scope }) => scope === 'connector/apps')!.bytes.length;
  await scene.run(bundleFor('alice'));
  assert.is((await scene.run(wide())).outcome, 'halted');
  const { sequence } = await scene.entry();
  const again = await scene.run(wide());
  assert.match('problem' in again ? again.problem : again.outcome, /the part that was refused/);
  assert.is((await scene.entry()).sequence, sequence);
});

test('what is in force already, and refused, is said and nothing else', async () => {
  let answer: Answer = 'enforce';
  const scene = newScene((component) => (component === 'intermediate/canary' ? answer : 'enforce'));
  await scene.run(bundleFor('alice'));
  await publish(publishing(scene.store, scene.signer, { bundle: bundleFor('alice', 'bob') }));
  answer = 'refuse';
  const halted = await scene.run(bundleFor('alice', 'bob'));
  assert.equal([halted.outcome, (await scene.entry()).sequence], ['halted', 2]);
});

test('after a rollback to before a revocation, the next delivery revokes although the rest is on hold', async () => {
  const scene = newScene();
  const stolen = 'e'.repeat(64);
  await scene.run(bundleFor('alice'));
  await scene.run(revoking(['alice', 'bob'], stolen));
  await rollback({ ...publishing(scene.store, scene.signer), to: 1 });
  const again = await scene.run(revoking(['alice', 'bob'], stolen));
  assert.match('problem' in again ? again.problem : again.outcome, /gives bob@example.com/);
  for (const part of (await scene.parts()).values())
    if (part.kind === 'intermediate') assert.equal(part.revoked, [stolen]);
});

test('while a change is on hold, what the next one takes away is delivered, and the hold stays', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice', 'bob'));
  await scene.run(bundleFor('alice', 'bob', 'mallory'));
  await rollback({ ...publishing(scene.store, scene.signer), to: 1 });
  const people = async () =>
    [...(await scene.parts()).values()].flatMap((part) =>
      part.kind === 'intermediate' ? [part.access.classes.flat().sort().join(' ')] : [],
    );
  for (const rings of [RINGS, []]) {
    const before = scene.told.length;
    const again = await scene.run(bundleFor('alice', 'mallory'), rings);
    assert.match('problem' in again ? again.problem : again.outcome, /^it gives mallory/);
    assert.is((await scene.entry()).holds.length, 1);
    const taken = /takes away what this takes away, on every component/.test(scene.told.slice(before).join());
    assert.is(taken, rings.length > 0, 'once');
  }
  const allows = [...(await scene.parts()).values()].flatMap((part) =>
    part.kind === 'intermediate'
      ? part.access.policies.flatMap(({ classes }) => classes.flatMap((one) => part.access.classes[one]!))
      : [],
  );
  assert.equal([...new Set(allows)], ['alice@example.com'], (await people()).join());
  assert.is(
    (await scene.run(bundleFor('alice', 'bob'))).outcome,
    'in force',
    'with the revert all is as it was',
  );
});

test('what goes first is made again where another publisher was first: it is never put over what that wants', async () => {
  const scene = newScene();
  const stolen = 'e'.repeat(64);
  /** Goes first, as it was planned before something happened. @returns the parts that are wanted afterwards */
  const late = async (bundle: Bundle, happening: () => Promise<unknown>) => {
    await scene.ofPlan(bundle, [], NOON, async (options) => {
      const plan = await readEnvironment(options);
      await happening();
      await takeFirst(plan, options);
      return readEnvironment({ ...options, bundle: bundleFor('nobody') });
    });
  };
  const allowed = async (sequence: number) => {
    const found = await entryAt(scene.store, IDENTITY, trusting(scene.signer), sequence);
    return [...(await fetchState(scene.store, found!.entry))!.parts.values()].flatMap((part) =>
      part.kind === 'intermediate'
        ? [[...part.access.classes.flat().sort(), ...part.revoked].join(' ').replaceAll('@example.com', '')]
        : [],
    )[0];
  };
  await scene.run(bundleFor('alice', 'bob'));
  await scene.run(bundleFor('alice', 'bob', 'mallory'));
  const { sequence } = await scene.entry();
  const again = { ...publishing(scene.store, scene.signer), to: sequence };
  await rollback({ ...again, to: 1 });
  await late(bundleFor('alice', 'mallory'), () => rollback(again));
  assert.is(await allowed(sequence + 2), 'alice bob mallory');
  assert.not.ok(scene.told.some((text) => text.includes('takes away what this takes away')));
  const before = (await scene.entry()).sequence;
  await late(revoking(['alice'], stolen), () =>
    publish(publishing(scene.store, scene.signer, { bundle: bundleFor('alice', 'eve') })),
  );
  assert.is(await allowed(before + 2), `alice eve ${stolen}`);
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

test('a principal or client CA that is revoked is a loss, and back again none', () => {
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
  const one = partsOf(bundleFor('alice'));
  const changed = (change: object) =>
    new Map(
      [...one].map(([id, part]) => [id, id === 'intermediate/a' ? ({ ...part, ...change } as never) : part]),
    );
  const [old] = (one.get('intermediate/a') as IntermediatePart).clientCas!;
  const none = changed({ clientCas: [] });
  const revoked = changed({ clientCas: [], revokedCas: [old] });
  const principal = changed({ revokedPrincipals: ['alice@example.com'] });
  for (const less of [none, revoked, principal]) {
    assert.ok(isLossesOnly(one, less, NOON));
    assert.not(isLossesOnly(less, one, NOON));
  }
  assert.not(isLossesOnly(changed({ clientCas: [a] }), changed({ clientCas: [b] }), NOON));
  const serving = (services: string[]) => changed({ connectors: [{ id: 'apps', services }] });
  assert.ok(isLossesOnly(serving(['web', 'wiki']), serving(['web']), NOON));
  assert.not(isLossesOnly(serving(['web']), serving(['web', 'wiki']), NOON));
});

test('revoked principals and client CAs go before anything else, beside the old CAs and people that stay', async () => {
  const scene = newScene();
  const [lasting, month] = [CERTIFICATES.lasting, CERTIFICATES.lastsAMonth];
  const bundle = (people: string[], cas: string[], revoked: Revoked) => {
    const world = worldFor(people);
    world.environments![0]!.clientCas = cas.map((certificate, index) => ({ id: `ca-${index}`, certificate }));
    return assemble(repositoryOf({ ...world, revoked }), 'lab');
  };
  await scene.run(bundle(['alice', 'bob'], [lasting, month], {}));
  const because = { reason: 'stolen', date: '2026-06-01' };
  const revoked = {
    principals: [{ principal: 'bob@example.com', ...because }],
    cas: [{ ca: 'ca-1', ...because }],
  };
  // A person and a CA are new as well: they go through the rings, the revocations do not.
  await scene.run(bundle(['alice', 'bob', 'carol'], [lasting, month, CERTIFICATES.ending], revoked));
  assert.match(scene.told.join('; '), /entry 2 revokes on every component, before anything else/);
  const { entry } = (await entryAt(scene.store, IDENTITY, trusting(scene.signer), 2))!;
  const state = await fetchState(scene.store, entry);
  for (const part of state!.parts.values()) {
    if (part.kind !== 'intermediate') continue;
    assert.equal(
      [part.revokedPrincipals, part.clientCas!.length, part.revokedCas!.length],
      [['bob@example.com'], 1, 1],
    );
    assert.not(part.access.classes.flat().includes('carol@example.com'));
  }
});

test('what only begins in ten years is no loss', () => {
  const from = (start: string) => {
    const company = companyOf(['alice@example.com']);
    const [policy] = company.policies!;
    const later = { ...policy!, id: 'later', who: { principals: ['bob@example.com'] }, when: { start } };
    const policies = [policy!, later];
    return partsOf(assemble(repositoryOf({ ...company, policies }), 'lab'));
  };
  const [soon, late] = [from('2035-03-01T00:00:00Z'), from('2036-03-01T00:00:00Z')];
  assert.equal([isLossesOnly(late, soon, NOON), isLossesOnly(soon, late, NOON)], [false, true]);
});

test('an entry that is above all is never overwritten', async () => {
  const scene = newScene();
  await scene.run(bundleFor('alice'));
  scene.store.values.set(entryName(IDENTITY, 2), 'nonsense');
  await publish(publishing(scene.store, scene.signer, { bundle: bundleFor('bob') }));
  assert.is(scene.store.values.get(entryName(IDENTITY, 2)), 'nonsense');
});

test('a plan is made again where another publisher has extended the log since', async () => {
  let refusing = false;
  const { store, signer, ofPlan, run } = newScene(() => (refusing ? 'refuse' : 'enforce'));
  assert.is((await run(bundleFor('ann'))).outcome, 'in force');
  const delivered = await ofPlan(bundleFor('ann', 'bob'), [], NOON, async (options) => {
    const plan = await readEnvironment(options);
    // Another publisher wins between the plan and its delivery.
    await publish(publishing(store, signer, { bundle: bundleFor('ann', 'eve') }));
    refusing = true;
    return plan;
  });
  assert.is(delivered.outcome, 'halted');
  assert.is((delivered as { kept?: number }).kept, 2, 'the newest entry, not that of the old plan');
});

test('a plan says what is decided, and reading it writes nothing', async () => {
  const { run, ofPlan, entry } = newScene();
  await run(bundleFor('ann', 'bob'));
  const { sequence } = await entry();
  let plan: EnvironmentPlan | undefined;
  const read = async (options: DeliverOptions) => (plan = await readEnvironment(options));
  const planned = async (bundle: Bundle): Promise<EnvironmentPlan> => {
    await ofPlan(bundle, RINGS, NOON, async (options) => {
      await read(options);
      assert.is((await entry()).sequence, plan!.newest!.entry.sequence);
      return plan!;
    });
    return plan!;
  };
  const loss = await planned(bundleFor('ann'));
  assert.equal([loss.lossesOnly, loss.before, loss.stages.length], [true, sequence, 1]);
  const gain = await planned(bundleFor('ann', 'eve'));
  assert.equal([gain.lossesOnly, gain.stages.length, gain.revocations], [false, 3, undefined]);
  const stolen = await planned(revoking(['ann', 'eve'], 'a'.repeat(64)));
  assert.ok(stolen.revocations);
});

test.run();
