import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import { compress } from '../contract/log/compression.ts';
import { seal } from '../contract/log/dsse.ts';
import { verifyEntry } from '../contract/log/entry.ts';
import { chunkName, entryName, headName } from '../contract/names.ts';
import type { BundleIndex, Entry, PartReference } from '../contract/shapes.ts';
import { bundleOf, IDENTITY, trusting } from '../publish/testing/publisher.ts';
import { newScene, type FollowerScene } from './testing/scene.ts';
import { readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';

const test = suite('follow: tampering');

/** A scene that enforces entry 1, and has entry 2. */
async function twoEntries() {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  const before = new Set(scene.store.values.keys());
  await scene.publish('bob');
  const fresh = [...scene.store.values.keys()].filter((name) => !before.has(name));
  return { scene, follower, fresh };
}

/** A text with one character changed into another of base64. */
function changed(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}

test('no character of an entry can be changed but those that carry nothing', async () => {
  const { scene } = await twoEntries();
  const text = scene.store.values.get(entryName(IDENTITY, 2))!;
  const [{ keyid }] = JSON.parse(text).signatures as [{ keyid: string }];
  const genuine = verifyEntry(text, 2, IDENTITY, trusting(scene.signer));
  assert.ok(genuine.ok);
  const harmless: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const verified = verifyEntry(changed(text, at), 2, IDENTITY, trusting(scene.signer));
    if (!verified.ok) continue;
    assert.is(verified.digest, genuine.digest, `character ${at} changes the entry`);
    harmless.push(at);
  }
  const start = text.indexOf(`"keyid":"${keyid}"`) + '"keyid":"'.length;
  const inKeyId = harmless.filter((at) => at >= start && at < start + keyid.length);
  assert.is(inKeyId.length, keyid.length, 'a key id decides nothing');
  // Before each padding sign base64 has bits that no byte has.
  const padding = harmless.filter((at) => text[at + 1] === '=' || text[at + 2] === '=' || text[at] === '=');
  assert.is(
    harmless.length,
    inKeyId.length + padding.length,
    harmless.map((at) => text.slice(at, at + 9)).join(),
  );
});

test('no character of an index or a part can be changed, cut or added', async () => {
  const { scene, follower, fresh } = await twoEntries();
  const chunks = fresh.filter((name) => name.includes('/part/'));
  assert.is(chunks.length, 2);
  let refused = 0;
  for (const name of chunks) {
    const text = scene.store.values.get(name)!;
    const bytes = Buffer.from(text, 'base64');
    const damages = Array.from({ length: text.length }, (_, at) => changed(text, at));
    for (const damage of [...damages, text.slice(0, -4), `${text}AAAA`, '', 'A'.repeat(4096)]) {
      if (Buffer.from(damage, 'base64').equals(bytes)) continue;
      scene.store.values.set(name, damage);
      await follower.poll();
      assert.equal(scene.granted(), ['alice@example.com'], name);
      refused += 1;
    }
    assert.is(scene.ack()!.state, 'refused');
    scene.store.values.set(name, text);
  }
  assert.ok(refused > 500, `${refused} damages`);
  await follower.poll();
  assert.equal(scene.granted(), ['bob@example.com']);
});

/** Entries of another log by the very same signer, under this log's next name. */
for (const [what, other] of [
  ['environment', { environment: 'live' }],
  ['account', { account: '999999999999' }],
  ['region', { region: 'us-east-1' }],
  ['epoch', { epoch: 2 }],
] as const) {
  test(`a whole log of another ${what}, copied under these names, changes nothing`, async () => {
    const scene = newScene();
    await scene.publish('alice');
    const follower = await scene.start();
    await follower.poll();
    const elsewhere = newScene();
    elsewhere.signer = scene.signer;
    const bundle = bundleOf('mallory@example.com');
    const theirs = { ...IDENTITY, ...other };
    const there = { ...bundle, environment: theirs.environment };
    for (const who of [bundleOf('carol@example.com'), bundle])
      await elsewhere.publish(
        { ...there, parts: who.parts },
        { identity: theirs, signer: scene.signer, trusted: trusting(scene.signer) },
      );
    for (const [name, value] of elsewhere.store.values) {
      const here = name.replace(/^\/ztna\/[^/]+\/\d+/, '/ztna/lab/1');
      if (!scene.store.values.has(here) || here === headName(IDENTITY)) scene.store.values.set(here, value);
    }
    assert.ok(scene.store.values.has(entryName(IDENTITY, 2)));
    for (const again of [follower, await scene.start()]) await again.poll();
    assert.equal(scene.granted(), ['alice@example.com']);
    assert.match(scene.ack()!.reason!, new RegExp(`of ${what}`));
  });
}

test('an entry of before, copied over every later name, is no rollback', async () => {
  const scene = newScene();
  for (const name of ['alice', 'bob', 'carol']) await scene.publish(name);
  const follower = await scene.start();
  await follower.poll();
  const old = scene.store.values.get(entryName(IDENTITY, 1))!;
  for (const sequence of [2, 3, 4, 5]) scene.store.values.set(entryName(IDENTITY, sequence), old);
  for (const again of [follower, await scene.start()]) await again.poll();
  assert.equal(scene.granted(), ['carol@example.com']);
  assert.is(scene.ack()!.enforced!.sequence, 3);
});

/** Appends an entry that is well signed, whose index says something else of a component. */
async function appendWith(
  scene: FollowerScene,
  change: (index: BundleIndex) => unknown,
  entryToo: Partial<Entry> = {},
) {
  const { newest } = await readLog(scene.store, IDENTITY, trusting(scene.signer));
  const index = await fetchIndex(scene.store, newest!.entry);
  assert.ok(index.ok);
  const bytes = canonicalBytes(change(structuredClone(index.value)));
  const reference = await put(scene, 'index', bytes);
  const sequence = newest!.entry.sequence + 1;
  const entry = { ...newest!.entry, sequence, previous: newest!.digest, index: reference, ...entryToo };
  scene.store.values.set(entryName(IDENTITY, sequence), await seal(canonicalBytes(entry), scene.signer));
}

/** Puts bytes into the store as a part. */
async function put({ store }: FollowerScene, scope: string, bytes: Buffer): Promise<PartReference> {
  const compressed = await compress(bytes);
  const [content, part] = [digestOf(bytes), digestOf(compressed)];
  const reference = { scope, content, part, bytes: bytes.length, size: compressed.length, chunks: 1 };
  store.values.set(chunkName(IDENTITY, reference, 0), compressed.toString('base64'));
  return reference;
}

const ONE = 'intermediate/one';
const signedNonsense: Record<string, (index: BundleIndex, scene: FollowerScene) => unknown> = {
  "sends it to another component's part": (index) => {
    index.components[ONE] = index.components['connector/apps']!;
    return index;
  },
  "sends it to another component's part under its own scope": (index) => {
    index.components[ONE] = { ...index.components['connector/apps']!, scope: 'intermediate' };
    return index;
  },
  'is of another environment': (index) => ({ ...index, environment: 'live' }),
  'does not fit its schema': (index) => ({ ...index, more: 1 }),
  'names a part larger than any may be': (index) => {
    index.components[ONE] = { ...index.components[ONE]!, size: 9 * 1024 * 1024, chunks: 3072 };
    return index;
  },
};
for (const [what, change] of Object.entries(signedNonsense)) {
  test(`an index that ${what} is not taken, although it is signed`, async () => {
    const scene = newScene();
    await scene.publish('alice');
    const follower = await scene.start();
    await follower.poll();
    await appendWith(scene, (index) => change(index, scene));
    await follower.poll();
    assert.equal(scene.granted(), ['alice@example.com']);
    const { state, refused, waiting } = scene.ack()!;
    // What is named and is not there may come; everything else is proved bad.
    const absent = what.endsWith('its own scope');
    assert.equal([state, (refused ?? waiting?.position)?.sequence], [absent ? 'waiting' : 'refused', 2]);
  });
}

test('a bomb is not unpacked, although it is signed', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  const bomb = await put(scene, 'intermediate', Buffer.alloc(30 * 1024 * 1024));
  await appendWith(scene, (index) => {
    index.components[ONE] = { ...bomb, bytes: 1000 };
    return index;
  });
  const before = process.memoryUsage().arrayBuffers;
  await follower.poll();
  assert.ok(process.memoryUsage().arrayBuffers - before < 4 * 1024 * 1024);
  assert.equal(scene.granted(), ['alice@example.com']);
  assert.match(scene.ack()!.reason!, /size/);
});

test.run();
