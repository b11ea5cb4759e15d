import type { Connector, Environment, Guardrails, Policy, Service } from '../../contract/shapes.ts';
import { environmentWith, type RepositoryValues } from '../../testing/repository.ts';

/** The present of all examples. */
export const NOW = Date.parse('2026-06-01T12:00:00Z');

/** A world whose lists are there and can be changed. */
export type ExampleRepository = Required<RepositoryValues>;

/** A small company in which no rule finds anything: each example changes as little of it as it can. */
export function base(): ExampleRepository {
  return {
    services: [service('wiki', 2, [443]), service('payments', 3, [443, 8443], 'restricted')],
    groups: [
      {
        id: 'staff',
        description: 'Everybody',
        owner: 'platform',
        members: ['ann@example.com', 'bob@example.com'],
      },
      { id: 'guests', description: 'Visitors', owner: 'platform', members: ['gus@example.com'] },
    ],
    policies: [
      policy('staff-wiki', { who: { groups: ['staff'] }, what: { services: ['wiki'] } }),
      policy('staff-payments', {
        who: { groups: ['staff'] },
        what: { services: ['payments'] },
        when: { start: '2026-01-01T00:00:00Z', expires: '2026-12-01T00:00:00Z' },
        ticket: 'SEC-1',
      }),
      policy('no-guests', {
        effect: 'deny',
        who: { groups: ['guests'] },
        what: { labels: { tier: 'restricted' } },
      }),
    ],
    tests: [
      {
        id: 'payments',
        description: 'Who pays',
        expect: [
          { principal: 'ann@example.com', reaches: 'payments', port: 443, at: '2026-06-01T12:00:00Z' },
          { principal: 'gus@example.com', denied: 'payments', port: 443, at: '2026-06-01T12:00:00Z' },
          { group: 'guests', never: { labels: { tier: 'restricted' } } },
        ],
      },
    ],
    environments: [{ ...environment('lab', 20), production: false }, environment('live', 30)],
    guardrails: GUARDRAILS(),
    revoked: { certificates: [{ fingerprint: 'a'.repeat(64), reason: 'Stolen', date: '2026-05-01' }] },
  };
}

const GUARDRAILS = (): Guardrails => ({
  organization: 'example',
  owners: [{ id: 'platform', description: 'Runs everything' }],
  limits: { principalsLosing: 0.2, principalsLosingOneService: 0.5 },
  protected: { labels: { tier: 'restricted' } },
  requirements: [
    {
      description: 'Restricted access ends',
      what: { labels: { tier: 'restricted' } },
      expires: true,
      ticket: true,
      longestLifeDays: 365,
    },
  ],
});

/** A service at 10.100.0.<address>. */
export function service(id: string, address: number, ports: Service['ports'], tier = 'internal'): Service {
  const virtualIp = `10.100.0.${address}`;
  return { id, description: id, owner: 'platform', protocol: 'tcp', ports, virtualIp, labels: { tier } };
}

/** A policy that allows. */
export function policy(id: string, rest: Partial<Policy> & Pick<Policy, 'who' | 'what'>): Policy {
  return { id, description: id, owner: 'platform', effect: 'allow', ...rest };
}

/** An environment in 10.<network>.0.0/16 with a connector of Fargate that registers both services. */
function environment(id: string, network: number): Environment & { connectors: Connector[] } {
  const plain = environmentWith(id, []);
  const zone = { id: 'eu-central-1a', public: `10.${network}.0.0/24`, private: `10.${network}.1.0/24` };
  const apps: Connector = {
    id: 'apps',
    description: 'Applications',
    owner: 'platform',
    runs: 'fargate',
    subnets: [{ zone: zone.id, cidr: `10.${network}.2.0/24` }],
    size: { cpu: 256, memory: 512, instances: 1 },
    services: [
      { service: 'wiki', backend: 'wiki.internal:443' },
      { service: 'payments', backend: 'payments.internal' },
    ],
  };
  return {
    ...plain,
    account: `1111222233${network}`.padEnd(12, '0'),
    network: { cidr: `10.${network}.0.0/16`, zones: [zone], virtualNetwork: '10.100.0.0/24' },
    rings: [{ id: 'canary', components: ['intermediate/one'], bakeSeconds: 60 }],
    connectors: [apps],
  };
}

/** The world with a connector more in the last environment, live. */
export function prodConnector({ environments }: ExampleRepository): Connector {
  return environments.at(-1)!.connectors![0]!;
}
