import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { digestOf } from '../contract/canonical.ts';
import { validateBundleIndex, validatePart } from '../contract/shapes.ts';
import { companyOf, IDENTITY } from '../publish/testing/publisher.ts';
import { repositoryOf, type RepositoryValues } from '../testing/repository.ts';
import type { Repository } from '../load/repository.ts';
import { prepare } from '../publish/prepare.ts';
import { assemble } from './assemble.ts';

const test = suite('bundle');

/** A company with two connectors, two intermediates and something of every kind. */
function company(): RepositoryValues {
  const world = companyOf(['alice@example.com', 'Bob@example.com', 'carol@example.com']);
  const services = ['zulu', 'wiki', 'base'].map((id, index) => ({
    ...world.services![0]!,
    id,
    virtualIp: `10.100.0.${10 + index}`,
  }));
  const [dev] = world.environments!;
  const second = {
    ...dev!.connectors![0]!,
    id: 'annex',
    services: [{ service: 'zulu', backend: 'zulu.annex:8443' }],
  };
  const first = {
    ...dev!.connectors![0]!,
    services: ['wiki', 'web', 'base'].map((service) => ({ service, backend: `${service}.internal` })),
  };
  return {
    ...world,
    services: [...world.services!, ...services],
    groups: [
      ...world.groups!,
      { id: 'admins', description: 'admins', owner: 'platform', members: ['dave@example.com'] },
    ],
    policies: [
      ...world.policies!,
      {
        id: 'admins-all',
        description: 'admins',
        owner: 'platform',
        effect: 'allow',
        who: { groups: ['admins'] },
        what: { all: true },
        when: { device: { os: ['macos', 'linux'] } },
      },
    ],
    environments: [
      {
        ...dev!,
        intermediates: [{ ...dev!.intermediates[0]!, id: 'two' }, dev!.intermediates[0]!],
        connectors: [first, second],
      },
    ],
    revoked: {
      certificates: ['b', 'a', 'b'].map((digit) => ({
        fingerprint: digit.repeat(64),
        reason: 'stolen',
        date: '2026-01-01',
      })),
    },
  };
}

/** The same repository with every map in another order. */
function shuffled(repository: Repository, seed: number): Repository {
  let state = seed + 1;
  const chance = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const shuffle = <K, V>(map: ReadonlyMap<K, V>) =>
    new Map(
      [...map]
        .map((pair) => ({ pair, at: chance() }))
        .sort((a, b) => a.at - b.at)
        .map(({ pair }) => pair),
    );
  const environments = [...repository.environments].map(
    ([id, environment]) => [id, { ...environment, connectors: shuffle(environment.connectors) }] as const,
  );
  return {
    ...repository,
    services: shuffle(repository.services),
    groups: shuffle(repository.groups),
    policies: shuffle(repository.policies),
    environments: shuffle(new Map(environments)),
  };
}

test('ten builds in shuffled order give the same bytes', async () => {
  const repository = repositoryOf(company());
  const builds = new Set<string>();
  for (let seed = 0; seed < 10; seed += 1) {
    const bundle = assemble(shuffled(repository, seed), 'dev');
    const draft = await prepare(bundle, IDENTITY);
    const bytes = bundle.parts.map(({ scope, bytes }) => `${scope} ${bytes}`).join('\n');
    builds.add(digestOf(bytes + JSON.stringify(draft.contents) + draft.index.reference.part));
  }
  assert.is(builds.size, 1);
});

test('every part fits its schema, and its content digest is that of its bytes', async () => {
  const bundle = assemble(repositoryOf(company()), 'dev');
  for (const part of bundle.parts) {
    assert.ok(validatePart(part.value), part.scope);
    assert.is(part.content, digestOf(part.bytes));
    assert.equal(JSON.parse(part.bytes.toString()), part.value);
  }
  const { contents } = await prepare(bundle, IDENTITY);
  assert.ok(validateBundleIndex(contents));
});

test('all intermediates share one part, and each connector has its own', () => {
  const { parts } = assemble(repositoryOf(company()), 'dev');
  assert.equal(
    parts.map(({ scope, components }) => [scope, components]),
    [
      ['connector/annex', ['connector/annex']],
      ['connector/apps', ['connector/apps']],
      ['intermediate', ['intermediate/one', 'intermediate/two']],
    ],
  );
});

test("a connector's part holds its own services, and nothing of people, policies or other services", () => {
  const [annex] = assemble(repositoryOf(company()), 'dev').parts;
  assert.ok(annex?.value.kind === 'connector');
  assert.equal(
    annex.value.services.map(({ id, backend, ports }) => ({ id, backend, ports })),
    [
      {
        id: 'zulu',
        backend: 'zulu.annex:8443',
        ports: [
          [443, 443],
          [8000, 8002],
        ],
      },
    ],
  );
  assert.equal(
    annex.value.intermediates.map(({ id, port }) => ({ id, port })),
    [
      { id: 'one', port: 4433 },
      { id: 'two', port: 4433 },
    ],
  );
  for (const foreign of ['@', 'wiki', 'admins', 'revoked', 'bbbb'])
    assert.not.match(annex.bytes.toString(), new RegExp(foreign));
});

test('revoked fingerprints are sorted and named once', () => {
  const part = assemble(repositoryOf(company()), 'dev').parts.at(-1)!.value;
  assert.ok(part.kind === 'intermediate');
  assert.equal(part.revoked, ['a'.repeat(64), 'b'.repeat(64)]);
});

test('a change to what one connector serves changes its part and not the other', () => {
  const world = company();
  const before = assemble(repositoryOf(world), 'dev').parts;
  world.environments![0]!.connectors![1]!.services[0]!.backend = 'elsewhere:1';
  const after = assemble(repositoryOf(world), 'dev').parts;
  assert.equal(
    after.map(({ content }, index) => content === before[index]!.content),
    [false, true, true],
  );
});

test('an environment that does not exist is an error of the caller', () => {
  assert.throws(() => assemble(repositoryOf(company()), 'nowhere'), /no environment nowhere/);
});

test.run();
