import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { digestOf } from '../../../contract/log/canonical.ts';
import { Fault } from '../../../contract/fault.ts';
import { IMAGE_SOURCES } from '../../../git/infrastructure.ts';
import { digestsIn } from '../../../propose/digests.ts';
import { suite } from '../../../testing/suite.ts';
import { imagesIn } from '../build/images.ts';
import { signerOf, verifyWords } from '../../../contract/image-signature.ts';
import {
  ARCHITECTURES,
  digestsFrom,
  digestsText,
  imagesOf,
  notePushed,
  pushedIn,
  type PushedDigests,
} from './handover.ts';
import { carry, join, type RunProgram } from './registry.ts';

const test = suite('images in registries');
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const HERE = { registry: 'one.example.com', tag: 'commit' };
const THERE = { registry: 'two.example.com', tag: 'commit' };

const SIGNER = signerOf('example/access');

/** Registries whose tags are written once, as docker and cosign show them. @param tags the manifest behind each name */
function registries(tags: Map<string, string>) {
  const signed: string[] = [];
  const cosign = (words: readonly string[]): string | undefined => {
    const image = words.at(-1)!;
    if (words[0] === 'sign') return (signed.push(image), '');
    assert.equal(['cosign', ...words], verifyWords(image, SIGNER));
    return signed.includes(image) ? '[]' : undefined;
  };
  const run: RunProgram = ([program, ...words]) => {
    if (program === 'cosign') return cosign(words);
    // What is there, to the byte: other formats of it are for people.
    if (words[2] === 'inspect') return words[3] === '--raw' ? tags.get(words[4]!) : 'Name: some table\n';
    const isDry = words[3] === '--dry-run';
    const [name, ...sources] = isDry ? ['', ...words.slice(4)] : words.slice(words.indexOf('create') + 2);
    const found = sources.map((one) => one.split('@')[1]);
    // A source by its tag could be anybody's.
    if (found.includes(undefined)) return undefined;
    // An index of one is that one.
    const known = [...tags.values()].find((one) => found.length === 1 && digestIn(one) === found[0]);
    const manifest = known ?? `{\n  "manifests": "${found.join()}"\n}`;
    if (isDry) return `${manifest}\n`;
    if (tags.has(name!)) return undefined;
    tags.set(name!, manifest);
    return '';
  };
  return { run, signed };
}

const digestIn = (manifest: string): string => `sha256:${digestOf(manifest)}`;

/** Both architectures of some images, as jobs noted them. */
const pushed = (images: readonly string[]): PushedDigests =>
  new Map(
    images.flatMap((image) =>
      ARCHITECTURES.map((one) => [`${image}-${one}`, `sha256:${digestOf(image + one)}`]),
    ),
  );

const about = (images: readonly string[]) => ({ pushed: pushed(images), signer: SIGNER });

test('both architectures become one image, which is signed by its digest and handed on', () => {
  const { run, signed } = registries(new Map());
  const digests = join(run, ['agent', 'panel'], HERE, about(['agent', 'panel']));
  assert.equal([...digests.keys()], ['agent', 'panel']);
  assert.equal(
    signed,
    [...digests].map(([image, digest]) => `${HERE.registry}/ztna/${image}@${digest}`),
  );
  // A job that runs again finds what it has made: the tag cannot be written twice.
  assert.equal(join(run, ['agent', 'panel'], HERE, about(['agent', 'panel'])), digests);
  assert.equal(digestsFrom(digestsText(digests)), digests);
  // What one job prints, the next one's command takes as one word.
  assert.equal(digestsIn([digestsText(digests)]), digests);
});

test('an architecture that no job pushed is missed', () => {
  const lacking = new Map([...pushed(['agent'])].filter(([part]) => part !== 'agent-arm64'));
  const { run } = registries(new Map());
  assert.throws(
    () => join(run, ['agent'], HERE, { pushed: lacking, signer: SIGNER }),
    /no job says that it pushed agent-arm64/,
  );
});

test('a tag that somebody else wrote before is neither taken nor signed', () => {
  const other = '{"manifests": "of somebody else"}';
  const tags = new Map([
    [`${HERE.registry}/ztna/agent:commit`, other],
    // What each architecture's tag stands for is not asked.
    [`${HERE.registry}/ztna/agent:commit-amd64`, other],
  ]);
  const { run, signed } = registries(tags);
  assert.throws(
    () => join(run, ['agent'], HERE, about(['agent'])),
    /agent:commit is sha256:[0-9a-f]{64}, where sha256:[0-9a-f]{64} was to be/,
  );
  assert.equal(signed, []);
});

test('what is not found to be signed by the workflow goes no further', () => {
  const { run } = registries(new Map());
  const unsigned: RunProgram = (words) => (words[1] === 'sign' ? '' : run(words));
  assert.throws(
    () => join(unsigned, ['agent'], HERE, about(['agent'])),
    /is not found to be signed by https:/,
  );
});

test('another registry gets the same images under the same digests, or none', () => {
  const tags = new Map<string, string>();
  const { run, signed } = registries(tags);
  const digests = join(run, ['agent'], HERE, about(['agent']));
  carry(run, digests, { from: HERE, to: THERE, signer: SIGNER });
  const digest = digests.get('agent')!;
  assert.is(digestIn(tags.get(`${THERE.registry}/ztna/agent:commit`)!), digest);
  assert.is(signed.at(-1), `${THERE.registry}/ztna/agent@${digest}`);
  tags.set(`${THERE.registry}/ztna/agent:commit`, '{}');
  assert.throws(
    () => carry(run, digests, { from: HERE, to: THERE, signer: SIGNER }),
    (error: Error) => error instanceof Fault,
  );
  assert.throws(() => digestsFrom('agent=latest'), /is no image and its digest/);
});

test('what a job notes of its push is what the job that joins takes', () => {
  const folder = mkdtempSync(pathOf(tmpdir(), 'ztna-registry-'));
  try {
    const all = pushed(['agent']);
    for (const [part, digest] of all) notePushed(folder, part, digest);
    assert.equal(pushedIn(folder, ['agent', 'panel']), all);
    for (const [part, digest] of [
      ['agent-amd64', 'latest'],
      ['../agent', [...all.values()][0]!],
    ] as const)
      assert.throws(() => notePushed(folder, part, digest), /is no digest of/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('each job hands on the digest that its own push had, and the one that joins waits for all', () => {
  const { jobs } = parse(readFileSync(`${root}.github/workflows/images.yml`, 'utf8')) as {
    jobs: Record<string, { needs: string[]; steps: WorkflowStep[] }>;
  };
  const note = jobs['build']!.steps.find(({ run }) => run?.startsWith('npm run images:note'))!;
  assert.is(note.env!['DIGEST'], '${{ steps.push.outputs.digest }}');
  assert.is(
    jobs['build']!.steps.find(({ id }) => id === 'push')!.uses?.split('@')[0],
    'docker/build-push-action',
  );
  const { needs, steps } = jobs['join']!;
  assert.ok(needs.includes('build'));
  const taken = steps.findIndex(({ with: given }) => given?.['pattern'] === 'digest-*');
  assert.ok(taken >= 0 && taken < steps.findIndex(({ id }) => id === 'join'));
});

interface WorkflowStep {
  id?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
}

test('the workflow builds every image that an environment names, for both architectures, and whatever goes into one starts it', () => {
  const { on, jobs } = parse(readFileSync(`${root}.github/workflows/images.yml`, 'utf8')) as {
    on: { push: { paths: string[] } };
    jobs: Record<string, { strategy: { matrix: { image: string[]; machine: { architecture: string }[] } } }>;
  };
  const { image, machine } = jobs['build']!.strategy.matrix;
  assert.equal([...image].sort(), imagesOf(root).sort());
  assert.equal(
    on.push.paths.map((path) => path.replace(/\/\*\*$/, '')),
    [...IMAGE_SOURCES],
  );
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
