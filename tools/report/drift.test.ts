import * as assert from 'uvu/assert';
import { validateDrift, type BundleIndex, type ComponentState } from '../contract/shapes.ts';
import type { VerifiedEntry } from '../contract/log/entry.ts';
import { bundleOf, IDENTITY, newSigner, NOON, publishing, trusting } from '../publish/testing/publisher.ts';
import { memoryStore } from '../store/testing/memory-store.ts';
import { suite } from '../testing/suite.ts';
import { publish } from '../publish/publish.ts';
import { readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import { drift, type Sayings } from './drift.ts';

const test = suite('report: drift');
const HOUR = 3_600_000;

/** An environment in which everything agrees. */
async function agreeing(): Promise<Sayings & { newest: VerifiedEntry; contents: BundleIndex }> {
  const [store, signer, bundle] = [memoryStore(), newSigner(), bundleOf('alice@example.com')];
  await publish(publishing(store, signer, { bundle }));
  const { newest, invalid } = await readLog(store, IDENTITY, trusting(signer));
  const index = await fetchIndex(store, newest!.entry);
  assert.ok(index.ok);
  const git = new Map(
    bundle.parts.flatMap(({ components, content }) => components.map((one) => [one, content] as const)),
  );
  const components = [...git.keys()].map((component): ComponentState => ({
    component,
    state: 'enforcing',
    instances: [],
  }));
  return { environment: 'lab', git, newest: newest!, contents: index.value, invalid, components };
}

const told = (sayings: Sayings, now = NOON): string[] => {
  const found = drift(sayings, now);
  assert.ok(validateDrift({ environments: [found] }));
  return found.drifts.map(({ kind, subject, message }) => `${kind} ${subject}: ${message}`);
};

test('nothing is said where everything agrees', async () => {
  assert.equal(told(await agreeing()), []);
});

test('git is told from the store, component by component', async () => {
  const sayings = await agreeing();
  const git = new Map([
    ...sayings.git,
    ['connector/new', 'f'.repeat(64)],
    ['intermediate/one', 'e'.repeat(64)],
  ]);
  git.delete('connector/apps');
  const lines = told({ ...sayings, git });
  assert.match(lines[0]!, /^git-store connector\/apps: git no longer has it/);
  assert.match(lines[1]!, /^git-store connector\/new: entry 1 has nothing for it/);
  assert.match(
    lines[2]!,
    /^git-store intermediate\/one: entry 1, from commit aaaaaaaaaaaa, says something else/,
  );
  assert.is(lines.length, 3);
});

test('a component that does not enforce the newest entry is told, with its reason', async () => {
  const sayings = await agreeing();
  const instances = [
    { instance: 'i-1', state: 'refused' as const, reason: 'no memory', at: '2026-06-01T12:00:00Z' },
  ];
  const components: ComponentState[] = [
    { component: 'intermediate/one', state: 'refused', instances },
    { component: 'connector/apps', state: 'silent', instances: [] },
    { component: 'connector/old', state: 'removed', instances: [] },
  ];
  assert.equal(told({ ...sayings, components }), [
    'store-ack intermediate/one: it refused the newest entry: no memory',
    'store-ack connector/apps: it has never said what it enforces',
  ]);
});

test('a log that nobody extends is told when two heartbeats were missed, and what is on hold', async () => {
  const sayings = await agreeing();
  assert.equal(told(sayings, NOON + (3 * 48 * HOUR) / 5), []);
  assert.match(
    told(sayings, NOON + (3 * 48 * HOUR) / 5 + 1).join(),
    /nobody has extended the log: entry 1 expires at/,
  );
  assert.match(told(sayings, NOON + 49 * HOUR).join(), /entry 1 expired at/);
  const hold = { undone: 2, kept: 1, reason: 'INC-7', since: '2026-06-01T12:00:00Z' };
  const entry = { ...sayings.newest.entry, holds: [hold] };
  assert.match(
    told({ ...sayings, newest: { ...sayings.newest, entry } }).join(),
    /log entry 2: .*on hold.*INC-7/,
  );
});

test('what cannot be read, or is nothing, is told', async () => {
  const { contents: _, ...unread } = await agreeing();
  assert.match(told(unread).join(), /index of entry 1 cannot be read/);
  const { newest: __, ...none } = unread;
  assert.equal(told(none), ['log log: nothing was published yet']);
  const invalid = [{ ok: false as const, sequence: 2, reason: 'no trusted key', digest: '' }];
  assert.match(
    told({ ...(await agreeing()), invalid }).join(),
    /log entry 2: it is not valid: no trusted key/,
  );
});

test.run();
