import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { assemble } from '../../bundle/assemble.ts';
import { canonicalBytes } from '../../contract/log/canonical.ts';
import { DIRECTORY_TYPE, seal, unseal } from '../../contract/log/dsse.ts';
import { isPaged, pageOf } from '../../contract/log/directory.ts';
import type { Connector } from '../../contract/shapes.ts';
import { collect } from '../../publish/collect/collect.ts';
import { publish } from '../../publish/publish.ts';
import { companyOf, IDENTITY, newSigner, publishing, trusting } from '../../publish/testing/publisher.ts';
import { metered } from '../../store/meter.ts';
import { repositoryOf } from '../../testing/repository.ts';
import { suite } from '../../testing/suite.ts';
import { newScene, type FollowerScene } from '../testing/scene.ts';

// slow: it compresses large indexes
const test = suite('follow: a large index in pages');
const OWN = 'connector/c-7';

/** An environment of so many connectors; the one followed leads to a host. */
function bundleOf(connectors: number, host: string, other = 'web.internal') {
  const company = companyOf(['alice@example.com']);
  const [environment] = company.environments!;
  const [first] = environment!.connectors!;
  environment!.connectors = Array.from({ length: connectors }, (_, index): Connector => {
    const backend = index === 7 ? host : index === 8 ? other : 'web.internal';
    return { ...first!, id: `c-${index}`, services: [{ service: 'web', backend }] };
  });
  return assemble(repositoryOf(company), 'lab');
}

const backend = (scene: FollowerScene) => scene.enforcement()?.connector?.services[0]?.backend;
const named = (scene: FollowerScene, text: string) =>
  [...scene.store.values.keys()].filter((name) => name.includes(text));

/** Polls once with a follower that starts anew. @returns how many reads that took */
async function poll(scene: FollowerScene): Promise<number> {
  const store = metered(scene.store);
  const follower = await scene.start({ store });
  const before = store.calls.reads;
  await follower.poll();
  return store.calls.reads - before;
}

test('a component finds its part by as many reads, however many components there are', async () => {
  const reads: number[][] = [];
  for (const connectors of [10, 600, 1200]) {
    const scene = newScene(OWN);
    await scene.publish(bundleOf(connectors, 'one.internal'));
    const first = await poll(scene);
    assert.is(backend(scene), 'one.internal');
    await scene.publish(bundleOf(connectors, 'two.internal'));
    const next = await poll(scene);
    assert.is(backend(scene), 'two.internal');
    // A change of others costs nobody the whole index either.
    await scene.publish(bundleOf(connectors, 'two.internal', 'elsewhere.internal'));
    reads.push([first, next, await poll(scene)]);
  }
  const [small, large, larger] = reads;
  assert.equal(large, larger);
  assert.ok(
    large!.every((count, index) => count <= small![index]! + 2),
    JSON.stringify(reads),
  );
});

test('a small index has no pages, and of a large one only those are written that changed', async () => {
  const small = newScene(OWN);
  await small.publish(bundleOf(10, 'one.internal'));
  assert.equal(named(small, '/directory'), []);
  const scene = newScene(OWN);
  await scene.publish(bundleOf(600, 'one.internal'));
  const { plan } = await publish(
    publishing(scene.store, scene.signer, { bundle: bundleOf(600, 'two.internal') }),
  );
  const index = plan.entry!.index;
  assert.ok(isPaged(index));
  const pages = plan.create.filter(
    ({ name }) => name.includes('/part/index/') && !name.includes(`/${index.part}/`),
  );
  // The page of the connector; no intermediate has another part.
  assert.ok(pages.length === 1, `${pages.length} pages`);
});

const spoilt: Record<string, (scene: FollowerScene) => void | Promise<void>> = {
  'signed by a stranger': async ({ store }) => {
    const [name] = [...store.values.keys()].filter((one) => one.endsWith('/directory'));
    const text = store.values.get(name!)!;
    const payload = Buffer.from((JSON.parse(text) as { payload: string }).payload, 'base64');
    store.values.set(name!, await seal(payload, newSigner(), DIRECTORY_TYPE));
  },
  'signed as an entry': async ({ store, signer }) => {
    const [name] = [...store.values.keys()].filter((one) => one.endsWith('/directory'));
    const text = store.values.get(name!)!;
    const payload = Buffer.from((JSON.parse(text) as { payload: string }).payload, 'base64');
    store.values.set(name!, await seal(payload, signer));
  },
  'of another index': async ({ store, signer }) => {
    const [name] = [...store.values.keys()].filter((one) => one.endsWith('/directory'));
    const unsealed = unseal(store.values.get(name!)!, trusting(signer), DIRECTORY_TYPE);
    assert.ok(unsealed.ok);
    const payload = { ...JSON.parse(unsealed.payload.toString()), index: 'a'.repeat(64) };
    store.values.set(name!, await seal(canonicalBytes(payload), signer, DIRECTORY_TYPE));
  },
  'not there': ({ store }) => {
    for (const name of [...store.values.keys()]) if (name.endsWith('/directory')) store.values.delete(name);
  },
  'beside a list of other bytes': ({ store }) => {
    for (const name of [...store.values.keys()]) if (name.includes('/pages/')) store.values.set(name, 'AAAA');
  },
};
for (const [what, spoil] of Object.entries(spoilt))
  test(`a directory that is ${what} is not believed: the whole index tells`, async () => {
    const scene = newScene(OWN);
    await scene.publish(bundleOf(600, 'one.internal'));
    const paged = await poll(scene);
    const again = newScene(OWN);
    await again.publish(bundleOf(600, 'one.internal'));
    await spoil(again);
    const whole = await poll(again);
    assert.is(backend(again), 'one.internal');
    assert.ok(whole > paged, `${whole} reads, not more than ${paged}`);
  });

test('a restart believes what it kept of a large index as little as anything else on its disk', async () => {
  const scene = newScene(OWN);
  await scene.publish(bundleOf(600, 'one.internal'));
  await poll(scene);
  scene.store.get = () => Promise.reject(new Error('away'));
  await scene.start();
  assert.is(backend(scene), 'one.internal');
  for (const slot of ['a', 'b']) {
    const path = join(scene.folder, `slots/slot-${slot}.json`);
    const record = JSON.parse(readFileSync(path, 'utf8')) as { pages: { page: string } };
    record.pages.page = record.pages.page.replace(/"content":"../, '"content":"00');
    writeFileSync(path, JSON.stringify(record));
  }
  const reasons: string[] = [];
  const told = await scene.start({ onEvent: (event) => void reasons.push(JSON.stringify(event)) });
  assert.is(told.leaseKeeper.content, undefined);
  assert.match(reasons.join(), /its page is not of the index it names/);
});

test('pages are kept as long as an entry needs them, and collected after', async () => {
  const scene = newScene(OWN);
  for (const host of ['one', 'two', 'three']) await scene.publish(bundleOf(600, `${host}.internal`));
  assert.is(named(scene, '/directory').length, 3);
  const now = () => scene.at + 10 * 86_400_000;
  const place = { store: scene.store, identity: IDENTITY, trusted: trusting(scene.signer), now };
  const clock = { now: () => 0, sleep: async () => {} };
  await collect({ ...place, keep: 1, execute: true, clock });
  assert.is(named(scene, '/directory').length, 1);
  const paged = await poll(scene);
  assert.is(backend(scene), 'three.internal');
  assert.ok(paged <= 6, `${paged} reads`);
});

test('the place of a component does not depend on the others', () => {
  assert.is(pageOf('connector/c-7', 64) % 32, pageOf('connector/c-7', 32));
});

test.run();
