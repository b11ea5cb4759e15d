import { brotliCompressSync, constants } from 'node:zlib';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { digestOf } from '../contract/log/canonical.ts';
import { compress } from '../contract/log/compression.ts';
import { CHUNK_BYTES } from '../contract/limits.ts';
import { chunkName } from '../contract/names.ts';
import type { PartReference } from '../contract/shapes.ts';
import { IDENTITY } from '../publish/testing/publisher.ts';
import { memoryStore } from './testing/memory-store.ts';
import { fetchPart } from './part.ts';

const test = suite('store: part');

/** A store with one part of several chunks in it, and what an index would say of it. */
async function stored(content: Buffer, say: Partial<PartReference> = {}) {
  const store = memoryStore();
  const compressed = await compress(content);
  const reference: PartReference = {
    scope: 'intermediate',
    content: digestOf(content),
    part: digestOf(compressed),
    bytes: content.length,
    size: compressed.length,
    chunks: Math.ceil(compressed.length / CHUNK_BYTES),
    ...say,
  };
  for (let index = 0; index * CHUNK_BYTES < compressed.length; index += 1) {
    const chunk = compressed.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    store.values.set(chunkName(IDENTITY, reference, index), chunk.toString('base64'));
  }
  return { store, reference };
}

/** Text that compresses badly: digests of numbers. */
function noise(length: number): Buffer {
  const text = Array.from({ length: Math.ceil(length / 64) }, (_, index) => digestOf(`${index}`)).join('');
  return Buffer.from(text.slice(0, length));
}

test('a part of many chunks comes back as it was', async () => {
  const content = noise(200_000);
  const { store, reference } = await stored(content);
  assert.ok(reference.chunks > 10);
  const fetched = await fetchPart(store, IDENTITY, reference);
  assert.ok(fetched.ok && fetched.bytes.equals(content));
});

test('a part with a chunk missing, changed, swapped or too long is refused', async () => {
  const damages: ((values: Map<string, string>, names: string[]) => void)[] = [
    (values, [first]) => values.delete(first!),
    (values, [first]) => values.set(first!, `B${values.get(first!)!.slice(1)}`),
    (values, [first]) => values.set(first!, `${values.get(first!)}AAAA`),
    (values, [first]) => values.set(first!, '!'.repeat(4096)),
    (values, names) => values.set(names.at(-1)!, `${values.get(names.at(-1)!)}AAAA`),
    (values, [first, second]) => {
      const one = values.get(first!)!;
      values.set(first!, values.get(second!)!);
      values.set(second!, one);
    },
  ];
  for (const damage of damages) {
    const { store, reference } = await stored(noise(20_000));
    damage(store.values, [...store.values.keys()]);
    const fetched = await fetchPart(store, IDENTITY, reference);
    assert.not(fetched.ok, damage.toString());
  }
});

test('only what is not there may be a matter of time', async () => {
  const { store, reference } = await stored(noise(20_000));
  store.values.delete(chunkName(IDENTITY, reference, 1));
  const fetched = await fetchPart(store, IDENTITY, reference);
  assert.ok(!fetched.ok && fetched.missing);
});

test('a part that says it is larger than the limits, or other than it is, is refused before it is read', async () => {
  const sizes: Partial<PartReference>[] = [
    { size: 9 * 1024 * 1024, chunks: 3072 },
    { bytes: 33 * 1024 * 1024 },
    { chunks: 1 },
    { chunks: 99 },
  ];
  for (const size of sizes) {
    const { store, reference } = await stored(noise(20_000), size);
    store.get = async () => assert.unreachable() as never;
    assert.not((await fetchPart(store, IDENTITY, reference)).ok);
  }
});

test('a bomb is stopped at the size that it claims', async () => {
  const bomb = Buffer.alloc(4 * 1024 * 1024);
  const { store, reference } = await stored(bomb, { bytes: 100_000 });
  const before = process.memoryUsage().arrayBuffers;
  const fetched = await fetchPart(store, IDENTITY, reference);
  assert.match(fetched.ok ? '' : fetched.reason, /size/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 * 1024 * 1024);
});

test('bytes that hold the right content and are not the part that was named are refused', async () => {
  const content = noise(2000);
  const other = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  const { store, reference } = await stored(content, { size: other.length });
  store.values.set(chunkName(IDENTITY, reference, 0), other.toString('base64'));
  const fetched = await fetchPart(store, IDENTITY, reference);
  assert.match(fetched.ok ? '' : fetched.reason, /not those of part/);
});

test('content that is not what its digest says is refused even where the part is', async () => {
  const { store, reference } = await stored(noise(5000), { content: 'f'.repeat(64) });
  const fetched = await fetchPart(store, IDENTITY, reference);
  assert.match(fetched.ok ? '' : fetched.reason, /does not hold its content/);
});

test.run();
