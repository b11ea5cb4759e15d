import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { digestOf } from '../../../contract/log/canonical.ts';
import { Fault } from '../../../contract/fault.ts';
import { digestsIn } from '../../../propose/digests.ts';
import { suite } from '../../../testing/suite.ts';
import { imagesIn } from '../build/images.ts';
import {
  ARCHITECTURES,
  carry,
  digestsFrom,
  digestsText,
  imagesOf,
  join,
  type RunProgram,
} from './registry.ts';

const test = suite('images in registries');
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const HERE = { registry: 'one.example.com', tag: 'commit' };
const THERE = { registry: 'two.example.com', tag: 'commit' };

/** Registries whose tags are written once, as docker and cosign show them. @param tags what was pushed, by its name */
function registries(tags: Map<string, string>) {
  const signed: string[] = [];
  const run: RunProgram = ([program, ...words]) => {
    if (program === 'cosign') return (signed.push(words.at(-1)!), '');
    const [name, ...sources] = words.slice(words.indexOf('create') + 2);
    if (words[2] === 'inspect') {
      const digest = tags.get(words.at(-1)!);
      return digest && `${digest}\n`;
    }
    const found = sources.map((one) => one.split('@')[1] ?? tags.get(one));
    if (found.includes(undefined) || tags.has(name!)) return undefined;
    // An index of one is that one.
    tags.set(name!, found.length === 1 ? found[0]! : `sha256:${digestOf(found.join())}`);
    return '';
  };
  return { run, signed };
}

/** Both architectures of some images, as they were pushed. */
const pushed = (images: readonly string[]) =>
  new Map(
    images.flatMap((image) =>
      ARCHITECTURES.map((one) => [
        `${HERE.registry}/ztna/${image}:commit-${one}`,
        `sha256:${digestOf(image + one)}`,
      ]),
    ) as [string, string][],
  );

test('both architectures become one image, which is signed by its digest and handed on', () => {
  const tags = pushed(['agent', 'panel']);
  const { run, signed } = registries(tags);
  const digests = join(run, ['agent', 'panel'], HERE);
  assert.equal([...digests.keys()], ['agent', 'panel']);
  assert.equal(
    signed,
    [...digests].map(([image, digest]) => `${HERE.registry}/ztna/${image}@${digest}`),
  );
  // A job that runs again finds what it has made: the tag cannot be written twice.
  assert.equal(join(run, ['agent', 'panel'], HERE), digests);
  assert.equal(digestsFrom(digestsText(digests)), digests);
  // What one job prints, the next one's command takes as one word.
  assert.equal(digestsIn([digestsText(digests)]), digests);
});

test('an architecture that was not pushed is missed', () => {
  const tags = pushed(['agent']);
  tags.delete(`${HERE.registry}/ztna/agent:commit-arm64`);
  assert.throws(() => join(registries(tags).run, ['agent'], HERE), /is not there after it was made/);
});

test('another registry gets the same images under the same digests, or none', () => {
  const tags = pushed(['agent']);
  const { run, signed } = registries(tags);
  const digests = join(run, ['agent'], HERE);
  carry(run, digests, { from: HERE, to: THERE });
  const digest = digests.get('agent')!;
  assert.is(tags.get(`${THERE.registry}/ztna/agent:commit`), digest);
  assert.is(signed.at(-1), `${THERE.registry}/ztna/agent@${digest}`);
  tags.set(`${THERE.registry}/ztna/agent:commit`, `sha256:${'0'.repeat(64)}`);
  assert.throws(
    () => carry(run, digests, { from: HERE, to: THERE }),
    (error: Error) => error instanceof Fault,
  );
  assert.throws(() => digestsFrom('agent=latest'), /is no image and its digest/);
});

test('the workflow builds every image that an environment names, for both architectures, and whatever goes into one starts it', () => {
  const { on, jobs } = parse(readFileSync(`${root}.github/workflows/images.yml`, 'utf8')) as {
    on: { push: { paths: string[] } };
    jobs: Record<string, { strategy: { matrix: { image: string[]; machine: { architecture: string }[] } } }>;
  };
  const { image, machine } = jobs['build']!.strategy.matrix;
  assert.equal([...image].sort(), imagesOf(root).sort());
  assert.equal(machine.map(({ architecture }) => architecture).sort(), [...ARCHITECTURES].sort());
  const built = imagesIn(root).map(({ name }) => name);
  assert.equal(
    image.filter((name) => !built.includes(name)),
    [],
  );
  for (const name of image) {
    const copied = [
      ...readFileSync(`${root}images/${name}/Dockerfile`, 'utf8').matchAll(/^COPY (?!--)(.+) \S+$/gm),
    ]
      .flatMap(([, from]) => from!.split(' '))
      .filter((from) => from !== 'bin/');
    const missing = copied.filter((from) => !on.push.paths.includes(from.endsWith('/') ? `${from}**` : from));
    assert.equal(missing, [], name);
  }
});

test.run();
