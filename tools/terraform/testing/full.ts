import type { Connector, Environment } from '../../contract/shapes.ts';
import { environmentWith } from '../../testing/repository.ts';
import type { EnvironmentFiles } from '../listing/listing.ts';

/** An environment that has one of everything, so that everything that can be made is made. */
export function full(egress: 'endpoints' | 'nat'): EnvironmentFiles {
  const { connectors: _, ...base } = environmentWith('full', []);
  const environment: Environment = {
    ...base,
    region: 'eu-west-1',
    network: {
      cidr: '10.60.0.0/16',
      ipv6: true,
      egress,
      zones: [
        { id: 'eu-west-1a', public: '10.60.0.0/24', private: '10.60.1.0/24' },
        { id: 'eu-west-1b', public: '10.60.2.0/24', private: '10.60.3.0/24' },
      ],
      virtualNetwork: '10.100.0.0/24',
      routes: [
        { to: '10.61.0.0/16', via: 'pcx-0a1b2c3d' },
        { to: '10.62.0.0/16', via: 'tgw-0a1b2c3d' },
      ],
      existing: [{ id: 'shops', vpc: 'vpc-0a1b2c3d', cidrs: ['10.63.0.0/16', '10.64.0.0/16'] }],
    },
    intermediates: [
      { id: 'one', address: 'one.example.com', instanceType: 't4g.small', zone: 'eu-west-1a' },
      { id: 'two', address: 'two.example.com', instanceType: 'c7i.large', zone: 'eu-west-1b', port: 4434 },
    ],
    adminPanel: {
      domain: 'panel.example.com',
      signIn: { issuer: 'https://login.example.com', clientId: 'panel' },
    },
    testBackend: true,
    images: { ...base.images, heartbeat: { ...base.images['admin-panel'], repository: 'ztna/heartbeat' } },
  };
  return { environment, connectors: CONNECTORS, services: SERVICES };
}

const SERVICES: EnvironmentFiles['services'] = new Map([
  ['web', { protocol: 'tcp', ports: [80, '8000-8010'] }],
  ['echo', { protocol: 'udp', ports: [7007] }],
  ['api', { protocol: 'tcp', ports: [443] }],
]);

const CONNECTORS: readonly Connector[] = [
  {
    id: 'apps',
    description: 'Applications',
    owner: 'platform',
    runs: 'fargate',
    subnets: [
      { zone: 'eu-west-1a', cidr: '10.60.16.0/24' },
      { zone: 'eu-west-1b', cidr: '10.60.17.0/24' },
    ],
    size: { cpu: 512, memory: 1024, instances: 2 },
    services: [
      { service: 'web', backend: 'web.internal' },
      { service: 'api', backend: 'api.internal:8443' },
    ],
  },
  {
    id: 'tests',
    description: 'Tests',
    owner: 'platform',
    runs: 'fargate',
    subnets: [{ zone: 'eu-west-1a', cidr: '10.60.18.0/24' }],
    size: { cpu: 256, memory: 512, instances: 1 },
    services: [{ service: 'echo', backend: 'test-backend.full.ztna.internal' }],
  },
  {
    id: 'shops',
    description: 'Beside the shops',
    owner: 'platform',
    runs: 'fargate',
    network: 'shops',
    subnets: [{ zone: 'eu-west-1c', id: 'subnet-0a1b2c3d' }],
    size: { cpu: 256, memory: 512, instances: 1 },
    services: [{ service: 'api', backend: 'api.shops.internal:8443' }],
  },
  {
    id: 'office',
    description: 'A rack somewhere else',
    owner: 'platform',
    runs: 'external',
    services: [{ service: 'api', backend: '192.0.2.7' }],
  },
];
