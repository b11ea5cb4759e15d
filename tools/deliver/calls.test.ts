import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { assemble } from '../bundle/assemble.ts';
import { ackName } from '../contract/names.ts';
import type { Ack, Ring } from '../contract/shapes.ts';
import { environmentWith, repositoryOf } from '../testing/repository.ts';
import { suite } from '../testing/suite.ts';
import { publish, type PublishOutcome } from '../publish/publish.ts';
import { stateMemory } from '../publish/state.ts';
import { companyOf, IDENTITY, newSigner, publishing, withConnectors } from '../publish/testing/publisher.ts';
import { keepRecord, recordOf } from '../report/delivery-record.ts';
import { watchOf } from '../report/watch.ts';
import { type EmbeddedStore, startStore } from '../store/embedded/server.ts';
import { readLog } from '../store/log.ts';
import { EMBEDDED_CREDENTIALS, ssmStore, type SsmStore } from '../store/ssm.ts';
import { callsOfDelivery, LOG_READS, type DeliveryCalls } from './calls.ts';
import type { DeliverOptions } from './deliver.ts';
import { mergeInto } from './merge.ts';

// slow: it writes several hundred parameters
const test = suite('deliver: the calls of a merge, at an embedded store');

const CONNECTORS = 25;
const signer = newSigner();
const folder = mkdtempSync(join(tmpdir(), 'ztna-merge-calls-'));
const made = { reads: 0, writes: 0, pages: 0 };
let server: EmbeddedStore;
let store: SsmStore;
/** As instances have it: what they ask is not counted. */
let theirs: SsmStore;

/** Some people reach the web application, which is on some host. */
function bundleOf(people: readonly string[], host = 'web.internal') {
  const company = companyOf(people.map((name) => `${name}@example.com`));
  const services = [{ service: 'web', backend: `${host}:443` }];
  return assemble(repositoryOf(withConnectors(company, CONNECTORS, { services })), 'lab');
}

const options = (rest = {}) => publishing(store, signer, { now: Date.now, ...rest });

/** Every instance says that it enforces what is the newest by now. */
async function acknowledge(): Promise<void> {
  const { newest } = await readLog(theirs, IDENTITY, options().trusted);
  const { epoch, sequence, index } = newest!.entry;
  assert.ok(index);
  const components = bundleOf(['alice']).parts.flatMap((part) => part.components);
  const at = new Date().toISOString();
  const puts = components.map((component) => {
    const ack: Ack = {
      ...{ schemaVersion: 1, environment: 'lab', component, instance: 'i-1', state: 'enforcing' },
      ...{ enforced: { epoch, sequence, entry: newest!.digest }, enforcedSince: at, at },
      ...{ renewSeconds: 900, trustedKeys: [] },
    };
    return theirs.put(ackName(IDENTITY, component, 'i-1'), JSON.stringify(ack));
  });
  await Promise.all(puts);
}

test.before(async () => {
  server = await startStore({ folder: join(folder, 'store') });
  const place = { region: IDENTITY.region, endpoint: server.endpoint, credentials: EMBEDDED_CREDENTIALS };
  theirs = ssmStore({ ...place, rates: 'none' });
  store = ssmStore({
    ...{ ...place, rates: 'none' },
    observe({ operation }) {
      made[operation === 'PutParameter' ? 'writes' : 'reads'] += 1;
      if (operation === 'GetParametersByPath') made.pages += 1;
    },
  });
  await publish(options({ bundle: bundleOf(['alice']) }));
  await acknowledge();
});
test.after(async () => {
  store.close();
  theirs.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const RINGS: Ring[] = [
  { id: 'first', components: ['connector/c-0'], bakeSeconds: 0 },
  { id: 'half', share: 0.5, bakeSeconds: 0 },
];

/** A merge as the command makes it: it says what changes, delivers, and keeps a record. */
async function merged(host: string, rings: readonly Ring[]) {
  const memory = stateMemory();
  const { trusted, now } = options();
  const environment = environmentWith('lab', ['web']);
  const rates = { reads: Infinity, writes: Infinity, deletes: Infinity };
  const watch = watchOf({ environment, trusted, now, rates, memory });
  const looks: number[] = [];
  const delivery: DeliverOptions & { memory: typeof memory } = {
    ...options({ bundle: bundleOf(['alice', 'bob'], host) }),
    ...{ memory, rings, patienceSeconds: 10, tell: () => {} },
    clock: { now: Date.now, sleep: acknowledge },
    async look(components) {
      const found = await watch.look(store, components);
      looks.push(watch.reads());
      return found;
    },
  };
  return { delivery, watch, looks };
}

for (const [name, host, rings, listings] of [
  ['all at once', 'one.internal', [], 3],
  ['ring by ring', 'two.internal', RINGS, 0],
] as const)
  test(`${name}: the plan says the calls that a merge makes beside its looks, and acks are listed once before it`, async () => {
    const dry = await merged(host, rings);
    const { plan } = await publish({ ...dry.delivery, execute: false, tells: true });
    const said: DeliveryCalls = await callsOfDelivery(plan, dry.delivery);
    const { delivery, watch, looks } = await merged(host, rings);
    Object.assign(made, { reads: 0, writes: 0, pages: 0 });
    let announced: PublishOutcome | undefined;
    const prepare = async () => {
      announced = await publish({ ...delivery, execute: false, tells: true });
      return delivery;
    };
    const [outcome] = await mergeInto([prepare], {
      lossesOnly: false,
      settled: async () => keepRecord(store, recordOf(watch.seen()!, { kind: 'change' })!),
      left: () => assert.unreachable(),
    });
    assert.is(outcome!.outcome, 'in force', JSON.stringify(outcome));
    assert.ok(announced);
    const looked = looks.reduce((sum, one) => sum + one, 0);
    assert.equal([made.reads - looked, made.writes], [said.reads, said.writes]);
    // Those that planning listed; then one look at nobody's answer and one at everybody's.
    assert.ok(listings === 0 || made.pages === listings * (said.look - LOG_READS), `${made.pages} pages`);
    assert.ok(looks.length >= 2 && Math.max(...looks) <= said.look + 2, looks.join());
  });

test.run();
