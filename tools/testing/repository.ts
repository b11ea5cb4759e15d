import type {
  AccessTest,
  Connector,
  Environment,
  Group,
  Guardrails,
  Policy,
  Revoked,
  Service,
} from '../contract/shapes.ts';
import type { RepositoryFile, LoadedEnvironment, Repository } from '../load/repository.ts';
import { CERTIFICATES } from './certificates.ts';

/** The values of a small repository, for tests and benchmarks that need no files. */
export interface RepositoryValues {
  services?: Service[];
  groups?: Group[];
  policies?: Policy[];
  tests?: AccessTest[];
  environments?: (Environment & { connectors?: Connector[] })[];
  guardrails?: Guardrails;
  revoked?: Revoked;
}

/** A repository with these values; every place is line 1 of the file that would hold it. */
export function repositoryOf(world: RepositoryValues): Repository {
  const files = (folder: string) => (id: string) => `${folder}/${id}.yaml`;
  return {
    services: byId(world.services, files('policies/services')),
    groups: byId(world.groups, files('policies/groups')),
    policies: byId(world.policies, files('policies/access')),
    tests: byId(world.tests, files('policies/tests')),
    environments: new Map(
      (world.environments ?? []).map((environment) => [environment.id, loadedEnvironment(environment)]),
    ),
    guardrails: world.guardrails && loaded('policies/guardrails.yaml', world.guardrails),
    revoked: world.revoked && loaded('policies/revoked.yaml', world.revoked),
    files: 0,
  };
}

function loadedEnvironment({
  connectors,
  ...environment
}: Environment & { connectors?: Connector[] }): LoadedEnvironment {
  const folder = `environments/${environment.id}`;
  const known = byId(connectors, (id) => `${folder}/connectors/${id}.yaml`);
  return { ...loaded(`${folder}/environment.yaml`, environment as Environment), connectors: known };
}

function byId<T extends { id: string }>(
  values: T[] = [],
  file: (id: string) => string,
): ReadonlyMap<string, RepositoryFile<T>> {
  return new Map(
    [...values]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((value) => [value.id, loaded(file(value.id), value)]),
  );
}

function loaded<T>(file: string, value: T): RepositoryFile<T> {
  return { file, value, place: () => ({ file, line: 1, column: 1 }) };
}

/** A valid environment that registers the given services on one connector; nothing else about it matters to access. */
export function environmentWith(
  id: string,
  services: readonly string[],
): Environment & { connectors: Connector[] } {
  const image = (repository: string) => ({ repository, digest: `sha256:${'0'.repeat(64)}` });
  return {
    id,
    description: id,
    region: 'eu-central-1',
    account: '111122223333',
    epoch: 1,
    network: {
      cidr: '10.20.0.0/16',
      zones: [{ id: 'eu-central-1a', public: '10.20.0.0/24', private: '10.20.1.0/24' }],
      virtualNetwork: '10.100.0.0/24',
    },
    clientCas: [{ id: 'company', certificate: CERTIFICATES.lasting }],
    intermediates: [
      { id: 'one', address: 'one.example.com', instanceType: 't4g.small', zone: 'eu-central-1a' },
    ],
    images: {
      'intermediate-server': image('ztna/intermediate-server'),
      'app-connector': image('ztna/app-connector'),
      'policy-agent': image('ztna/policy-agent'),
      'admin-panel': image('ztna/admin-panel'),
      'test-backend': image('ztna/test-backend'),
    },
    bundle: {
      pollSeconds: 5,
      leaseSeconds: 300,
      entryLifetimeHours: 48,
      onStale: { action: 'keep' },
      trustedKeys: [
        {
          id: 'nobody',
          algorithm: 'ed25519',
          publicKey: 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
        },
      ],
    },
    rings: [],
    logRetentionDays: 30,
    connectors: [
      {
        id: 'apps',
        description: 'apps',
        owner: 'platform',
        runs: 'external',
        services: services.map((service) => ({ service, backend: `${service}.internal` })),
      },
    ],
  };
}
