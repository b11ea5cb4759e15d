import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { assemble } from '../bundle/assemble.ts';
import { pagesFor } from '../contract/log/budget.ts';
import { ackName } from '../contract/names.ts';
import type { Ack } from '../contract/shapes.ts';
import { type EmbeddedStore, startStore } from '../store/embedded/server.ts';
import { ssmStore, EMBEDDED_CREDENTIALS, type SsmStore } from '../store/ssm.ts';
import { repositoryOf } from '../testing/repository.ts';
import { suite } from '../testing/suite.ts';
import { heartbeat, release, rollback } from './append.ts';
import { publish, type PublishOutcome } from './publish.ts';
import { companyOf, IDENTITY, newSigner, publishing, withConnectors } from './testing/publisher.ts';

// slow: it writes several hundred parameters
const test = suite('publish: the calls that are made, at an embedded store');

const CONNECTORS = 300;
const signer = newSigner();
const folder = mkdtempSync(join(tmpdir(), 'ztna-calls-'));
const made = { reads: 0, writes: 0 };
let server: EmbeddedStore;
let store: SsmStore;

/** An environment of many connectors, in which some people reach the web application. */
function bundleOf(...people: string[]) {
  const company = companyOf(people.map((name) => `${name}@example.com`));
  return assemble(repositoryOf(withConnectors(company, CONNECTORS)), 'lab');
}

/** What an instance says that has nothing in force yet. */
function ackText(component: string): string {
  const at = new Date().toISOString();
  const ack: Ack = {
    schemaVersion: 1,
    environment: IDENTITY.environment,
    component,
    instance: 'i-1',
    state: 'waiting',
    waiting: { reason: 'it starts', since: at },
    at,
    renewSeconds: 900,
    trustedKeys: [],
  };
  return JSON.stringify(ack);
}

const options = (rest = {}) => publishing(store, signer, { now: Date.now, ...rest });

test.before(async () => {
  server = await startStore({ folder: join(folder, 'store') });
  store = ssmStore({
    region: IDENTITY.region,
    endpoint: server.endpoint,
    credentials: EMBEDDED_CREDENTIALS,
    rates: 'none',
    observe({ operation }) {
      made[operation === 'PutParameter' ? 'writes' : 'reads'] += 1;
    },
  });
  await publish(options({ bundle: bundleOf('alice') }));
  await publish(options({ bundle: bundleOf('alice', 'bob') }));
  for (let index = 0; index < CONNECTORS; index += 1)
    await store.put(ackName(IDENTITY, `connector/c-${index}`, 'i-1'), ackText(`connector/c-${index}`));
});
test.after(async () => {
  store.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Acks, head, the newest entry, and its index of some chunks. */
const SURVEY = pagesFor(CONNECTORS) + 2 + 1;

for (const [name, work, most] of [
  ['heartbeat', () => heartbeat(options()), SURVEY],
  ['publish', () => publish(options({ bundle: bundleOf('alice', 'bob', 'carol') })), SURVEY + 5],
  // All parts of the entry gone to, once, and those of others that differ; before and after the entry they are read again.
  ['rollback', () => rollback({ ...options(), to: 1 }), SURVEY + 3 * (CONNECTORS / 10) + 20],
  ['release', () => release({ ...options(), undone: 4 }), SURVEY + CONNECTORS / 10 + 10],
] as [string, () => Promise<PublishOutcome>, number][])
  test(`${name}: the plan says the calls that are made, and there are no more than it takes`, async () => {
    Object.assign(made, { reads: 0, writes: 0 });
    const { plan, executed } = await work();
    assert.ok(executed, plan.problem);
    assert.equal({ reads: plan.calls.reads, writes: plan.calls.writes }, made);
    assert.ok(made.reads <= most, `${made.reads} reads, more than ${most}`);
  });

test.run();
