import type { Connector, Environment, Policy, Service, TrustedKey } from '../../contract/shapes.ts';
import { environmentWith, type RepositoryValues } from '../../testing/repository.ts';

/** The one environment of a world. */
export const LAB = 'lab';

/** Who is in the company; `anyone` has a certificate and is in no group. */
export const PEOPLE = {
  alice: 'alice@example.com',
  bob: 'bob@example.com',
  carol: 'carol@example.com',
  anyone: 'zoe@example.com',
} as const;
export type Member = keyof typeof PEOPLE;

/** As long as an id can be. */
export const LONG_ID = 'long-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx';

/** The connector that a hostile client plays: it may serve `trap`, and nothing else. */
export const ROGUE = 'rogue';

/** Ports of a test backend. */
export const [ECHO, WEB, SSH, NOTHING, UNGRANTED] = [7007, 8080, 22, 9, 8081] as const;

/** Each service: its protocol, its ports, the backend host that runs it; who reaches it is in the policies. */
const SERVICES = {
  echo: ['tcp', [ECHO], 'backend-1'],
  datagrams: ['udp', [ECHO], 'backend-1'],
  web: ['tcp', [WEB, UNGRANTED], 'backend-1'],
  down: ['tcp', [NOTHING], 'backend-1'],
  shell: ['tcp', [SSH], 'backend-1'],
  proxied: ['tcp', [WEB], 'backend-2'],
  [LONG_ID]: ['tcp', [ECHO], 'backend-2'],
  secret: ['udp', [ECHO], 'backend-2'],
  window: ['tcp', [ECHO], 'backend-3'],
  evening: ['tcp', [WEB], 'backend-3'],
  device: ['udp', [ECHO], 'backend-3'],
  office: ['tcp', [ECHO], 'backend-4'],
  expired: ['tcp', [WEB], 'backend-4'],
  trap: ['udp', [ECHO], 'backend-4'],
} as const satisfies Record<string, readonly ['tcp' | 'udp', readonly number[], string]>;

/** A service of the company. */
export type ServiceId = keyof typeof SERVICES;
export const SERVICE_IDS = Object.keys(SERVICES) as ServiceId[];
export const BACKENDS = ['backend-1', 'backend-2', 'backend-3', 'backend-4'] as const;

/** The address of a service inside the tunnel. */
export function virtualIp(service: ServiceId): string {
  return `10.100.0.${10 + SERVICE_IDS.indexOf(service)}`;
}

/** The first port of a service. */
export function portOf(service: ServiceId): number {
  return SERVICES[service][1][0];
}

/** The protocol of a service. */
export function protocolOf(service: ServiceId): 'tcp' | 'udp' {
  return SERVICES[service][0];
}

/** What of a company differs from world to world. */
export interface CompanyFacts {
  /** PEM. */
  authority: string;
  key: TrustedKey;
  /** The intermediates' addresses, by id. */
  intermediates: Readonly<Record<string, string>>;
  /** The backends' addresses, by host. */
  backends: Readonly<Record<string, string>>;
  /** The network from which `office` is reached. */
  office: string;
  leaseSeconds: number;
}

/** The files of the company, as values. */
export function companyOf(
  facts: CompanyFacts,
): Required<Pick<RepositoryValues, 'environments' | 'policies'>> & RepositoryValues {
  return {
    services: SERVICE_IDS.map(serviceOf),
    groups: [
      { id: 'staff', description: 'Staff', owner: 'platform', members: [PEOPLE.alice, PEOPLE.bob] },
      { id: 'temps', description: 'Temps', owner: 'platform', members: [PEOPLE.carol] },
    ],
    policies: policiesOf(facts.office),
    environments: [environmentOf(facts)],
    guardrails: {
      organization: 'example',
      repository: { name: 'ztna', id: 1, ownerId: 1 },
      owner: 'platform',
      maintainers: ['platform'],
      owners: [{ id: 'platform', description: 'The platform' }],
      limits: { principalsLosing: 1, principalsLosingOneService: 1 },
    },
  };
}

function serviceOf(id: ServiceId): Service {
  const [protocol, ports] = SERVICES[id];
  return { id, description: id, owner: 'platform', protocol, ports: [...ports], virtualIp: virtualIp(id) };
}

/** One policy for each kind of condition. */
function policiesOf(office: string): Policy[] {
  const allow = (id: string, services: ServiceId[], more: Partial<Policy> = {}): Policy => ({
    id,
    description: id,
    owner: 'platform',
    effect: 'allow',
    who: { groups: ['staff'] },
    what: { services },
    ...more,
  });
  return [
    allow('staff-all', ['echo', 'datagrams', 'down', 'shell', 'proxied', 'trap', LONG_ID]),
    allow('staff-web', ['web'], { what: { services: ['web'], ports: [WEB] } }),
    allow('temps-echo', ['echo'], { who: { groups: ['temps'] } }),
    allow('temps-secret', ['secret'], { who: { groups: ['temps'] } }),
    allow('staff-device', ['device'], { when: { device: { managed: true } } }),
    allow('staff-office', ['office'], { when: { from: [office] } }),
    allow('staff-expired', ['expired'], { when: { expires: '2026-01-01T00:00:00Z' } }),
    allow('staff-evening', ['evening'], { when: { hours: closedHours(new Date()) } }),
    allow('staff-window', ['window'], { when: { start: '2099-01-01T00:00:00Z' } }),
  ];
}

/** An hour of each day in which it is not. */
function closedHours(now: Date) {
  const hour = (now.getUTCHours() + 6) % 24;
  const text = (value: number) => `${String(value).padStart(2, '0')}:00`;
  return { timezone: 'Etc/UTC', from: text(hour), to: text((hour + 1) % 24) };
}

function environmentOf(facts: CompanyFacts): Environment & { connectors: Connector[] } {
  const base = environmentWith(LAB, []);
  return {
    ...base,
    production: false,
    clientCas: [{ id: 'company', certificate: facts.authority }],
    serverCas: [{ id: 'company', certificate: facts.authority }],
    intermediates: Object.entries(facts.intermediates).map(([id, address]) => ({
      ...base.intermediates[0]!,
      id,
      address,
    })),
    bundle: {
      ...base.bundle,
      pollSeconds: 1,
      leaseSeconds: facts.leaseSeconds,
      trustedKeys: [facts.key],
    },
    connectors: [
      {
        id: 'apps',
        description: 'apps',
        owner: 'platform',
        runs: 'external',
        services: SERVICE_IDS.filter((service) => service !== 'trap').map((service) => ({
          service,
          backend: facts.backends[SERVICES[service][2]]!,
          ...(service === 'proxied' && { proxyProtocol: true }),
        })),
      },
      {
        id: ROGUE,
        description: 'A connector whose program nobody knows',
        owner: 'platform',
        runs: 'external',
        services: [{ service: 'trap', backend: facts.backends['backend-4']! }],
      },
    ],
  };
}
