import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { createHash } from 'node:crypto';
import { CERTIFICATES } from '../testing/certificates.ts';
import { digestOf } from '../contract/log/canonical.ts';
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
  const [lab] = world.environments!;
  const second = {
    ...lab!.connectors![0]!,
    id: 'annex',
    services: [{ service: 'zulu', backend: 'zulu.annex:8443' }],
  };
  const first = {
    ...lab!.connectors![0]!,
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
        ...lab!,
        intermediates: [{ ...lab!.intermediates[0]!, id: 'two' }, lab!.intermediates[0]!],
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
    const bundle = assemble(shuffled(repository, seed), 'lab');
    const draft = await prepare(bundle, IDENTITY);
    const bytes = bundle.parts.map(({ scope, bytes }) => `${scope} ${bytes}`).join('\n');
    builds.add(digestOf(bytes + JSON.stringify(draft.contents) + draft.index.reference.part));
  }
  assert.is(builds.size, 1);
});

test('every part fits its schema, and its content digest is that of its bytes', async () => {
  const bundle = assemble(repositoryOf(company()), 'lab');
  for (const part of bundle.parts) {
    assert.ok(validatePart(part.value), part.scope);
    assert.is(part.content, digestOf(part.bytes));
    assert.equal(JSON.parse(part.bytes.toString()), part.value);
  }
  const { contents } = await prepare(bundle, IDENTITY);
  assert.ok(validateBundleIndex(contents));
});

test('all intermediates share one part, and each connector has its own', () => {
  const { parts } = assemble(repositoryOf(company()), 'lab');
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
  const [annex] = assemble(repositoryOf(company()), 'lab').parts;
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
  const part = assemble(repositoryOf(company()), 'lab').parts.at(-1)!.value;
  assert.ok(part.kind === 'intermediate');
  assert.equal(part.revoked, ['a'.repeat(64), 'b'.repeat(64)]);
});

test('accepted client CAs are named by the digest of their DER, a revoked one only as revoked', () => {
  const world = company();
  world.environments![0]!.clientCas.push({ id: 'old', certificate: CERTIFICATES.lastsAMonth });
  const [lasting, old] = [CERTIFICATES.lasting, CERTIFICATES.lastsAMonth].map((pem) =>
    createHash('sha256')
      .update(Buffer.from(pem.replace(/-----.*-----|\n/g, ''), 'base64'))
      .digest('hex'),
  );
  const partOf = () => assemble(repositoryOf(world), 'lab').parts.at(-1)!.value;
  const before = partOf();
  assert.ok(before.kind === 'intermediate' && validatePart(before));
  assert.equal(before.clientCas, [lasting!, old!].sort());
  world.revoked = {
    cas: [{ ca: 'old', reason: 'public', date: '2026-06-01' }],
    principals: ['Bob@example.com', 'ann@example.com', 'bob@example.com'].map((principal) => ({
      principal,
      reason: 'left',
      date: '2026-06-01',
    })),
  };
  const after = partOf();
  assert.ok(after.kind === 'intermediate' && validatePart(after));
  assert.equal(
    [after.clientCas, after.revokedCas, after.revokedPrincipals],
    [[lasting], [old], ['ann@example.com', 'bob@example.com']],
  );
});

test('intermediates are told what each connector serves and who owns a service; connectors where a header goes', () => {
  const world = company();
  world.environments![0]!.connectors![1]!.services[0]!.proxyProtocol = true;
  const [annex, apps, part] = assemble(repositoryOf(world), 'lab').parts.map(({ value }) => value);
  assert.ok(part?.kind === 'intermediate' && annex?.kind === 'connector' && apps?.kind === 'connector');
  assert.equal(part.connectors, [
    { id: 'annex', services: ['zulu'] },
    { id: 'apps', services: ['base', 'web', 'wiki'] },
  ]);
  assert.equal([...new Set(part.access.services.map(({ owner }) => owner))], ['platform']);
  assert.equal([annex.services[0]!.proxyProtocol, apps.services[0]!.proxyProtocol], [true, undefined]);
});

test('a change to what one connector serves changes its part and not the other', () => {
  const world = company();
  const before = assemble(repositoryOf(world), 'lab').parts;
  world.environments![0]!.connectors![1]!.services[0]!.backend = 'elsewhere:1';
  const after = assemble(repositoryOf(world), 'lab').parts;
  assert.equal(
    after.map(({ content }, index) => content === before[index]!.content),
    [false, true, true],
  );
});

test('an environment that does not exist is an error of the caller', () => {
  assert.throws(() => assemble(repositoryOf(company()), 'nowhere'), /no environment nowhere/);
});

test.run();
