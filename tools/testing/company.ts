/**
 * A synthetic company of any size, in the shape of the sample: departments of teams, services owned by teams, and
 * policies that mostly give one team a few services. The same seed gives the same company.
 */
import type {
  Connector,
  Environment,
  Group,
  Policy,
  Service,
  AccessTest,
  When,
  What,
  Who,
} from '../contract/shapes.ts';
import { Dice, seeded } from './random.ts';
import { environmentWith, type RepositoryValues } from './repository.ts';

/** How large a company is. */
export interface CompanySize {
  principals: number;
  services: number;
  groups: number;
  policies: number;
  tests: number;
  connectors: number;
  seed: number;
}

/** The shares of files of each kind in a repository of the sample's shape. */
export const SHARES = { services: 0.25, groups: 0.15, policies: 0.45, tests: 0.1, connectors: 0.05 } as const;

/** What a company of so many files has of each. */
export function sizeOfFiles(files: number, seed = 1): CompanySize {
  const share = (part: number): number => Math.max(2, Math.round(files * part));
  return {
    principals: share(SHARES.groups) * 4,
    services: share(SHARES.services),
    groups: share(SHARES.groups),
    policies: share(SHARES.policies),
    tests: share(SHARES.tests),
    connectors: share(SHARES.connectors),
    seed,
  };
}

/** Teams per department. */
const TEAMS = 8;
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'UTC'];

/** The company of a size. */
export function company(size: CompanySize): RepositoryValues {
  const dice = new Dice(seeded(size.seed));
  const services = Array.from({ length: size.services }, (_, index) => service(dice, index, size));
  const groups = groupsOf(dice, size);
  const policies = Array.from({ length: size.policies }, (_, index) => policy(dice, index, size));
  const tests = Array.from({ length: size.tests }, (_, index) => accessTest(index, services));
  return {
    services,
    groups,
    policies,
    tests,
    environments: [environment(services, size)],
    guardrails: GUARDRAILS,
    revoked: { certificates: [] },
  };
}

const GUARDRAILS = {
  organization: 'example',
  owners: [{ id: 'platform', description: 'Runs everything' }],
  limits: { principalsLosing: 0.2, principalsLosingOneService: 0.5 },
  outsiders: ['stranger@example.org'],
};

const teamsOf = ({ groups }: CompanySize): number => Math.max(1, Math.floor((groups * TEAMS) / (TEAMS + 1)));

function service(dice: Dice, index: number, size: CompanySize): Service {
  const address = index + 1;
  return {
    id: `service-${index}`,
    description: `Service number ${index}`,
    owner: 'platform',
    protocol: dice.chance(0.9) ? 'tcp' : 'udp',
    ports: dice.one([[443], [8080], [443, 8080], [5432], ['9000-9010']]),
    virtualIp: `10.${64 + (address >> 16)}.${(address >> 8) & 255}.${address & 255}`,
    labels: {
      tier: dice.one(['internal', 'internal', 'internal', 'restricted', 'public']),
      // Every team has services, so that no policy is about labels that nobody carries.
      team: `team-${index % teamsOf(size)}`,
    },
  };
}

function groupsOf(dice: Dice, size: CompanySize): Group[] {
  const teams = teamsOf(size);
  const members = Array.from({ length: teams }, (): string[] => []);
  for (let person = 0; person < size.principals; person++) {
    const memberships = 1 + Number(dice.chance(0.3)) + Number(dice.chance(0.1));
    for (let count = 0; count < memberships; count++)
      members[dice.below(teams)]!.push(`person-${person}@example.com`);
  }
  const team = (index: number): Group => ({
    id: `team-${index}`,
    description: `Team number ${index}`,
    owner: 'platform',
    members: [...new Set(members[index])],
  });
  const department = (_: unknown, index: number): Group => ({
    id: `department-${index}`,
    description: `Department number ${index}`,
    owner: 'platform',
    groups: Array.from({ length: TEAMS }, (_, offset) => `team-${(index * TEAMS + offset) % teams}`).filter(
      (id, place, all) => all.indexOf(id) === place,
    ),
  });
  return [...members.keys()].map(team).concat(Array.from({ length: size.groups - teams }, department));
}

function policy(dice: Dice, index: number, size: CompanySize): Policy {
  const kind = dice.next();
  const deny = kind > 0.95;
  return {
    id: `policy-${index}`,
    description: `Policy number ${index}`,
    owner: 'platform',
    effect: deny ? 'deny' : 'allow',
    who: who(dice, kind, size),
    what: what(dice, kind, index, size),
    ...withWhen(dice, deny),
    ticket: `SEC-${index + 1}`,
  };
}

function who(dice: Dice, kind: number, size: CompanySize): Who {
  const team = (): string => `team-${dice.below(teamsOf(size))}`;
  const departments = size.groups - teamsOf(size);
  if (kind > 0.998) return { all: true, except: { groups: [team()] } };
  if (kind > 0.9 && departments > 0)
    return {
      groups: [`department-${dice.below(departments)}`],
      ...(dice.chance(0.3) && { except: { groups: [team()] } }),
    };
  if (kind > 0.8) return { principals: [`person-${dice.below(size.principals)}@example.com`] };
  return { groups: [...new Set([team(), ...(dice.chance(0.3) ? [team()] : [])])] };
}

function what(dice: Dice, kind: number, index: number, size: CompanySize): What {
  if (kind > 0.9) return { labels: { team: `team-${dice.below(teamsOf(size))}` } };
  // The first is the policy's own, so that hardly any service has nobody.
  const others = Array.from({ length: dice.below(3) }, () => dice.below(size.services));
  return { services: [...new Set([index % size.services, ...others])].map((one) => `service-${one}`) };
}

function withWhen(dice: Dice, deny: boolean): { when?: When } {
  const when: When = {
    ...(dice.chance(0.15) && {
      hours: {
        timezone: dice.one(ZONES),
        days: ['mon', 'tue', 'wed', 'thu', 'fri'],
        from: '08:00',
        to: dice.one(['18:00', '19:00', '24:00']),
      },
    }),
    ...((deny || dice.chance(0.15)) && {
      device: deny ? { managed: false } : { os: dice.someOrOne(['linux', 'macos', 'windows'] as const) },
    }),
    ...(dice.chance(0.1) && { from: dice.someOrOne(['203.0.113.0/24', '198.51.100.0/24', '2001:db8::/32']) }),
    ...(dice.chance(0.2) && { expires: `203${dice.below(10)}-01-01T00:00:00Z` }),
  };
  return Object.keys(when).length > 0 ? { when } : {};
}

function accessTest(index: number, services: readonly Service[]): AccessTest {
  // No policy allows everybody: a stranger is denied whatever the dice say.
  const { id, ports } = services[(index * 7) % services.length]!;
  const denied = {
    principal: 'stranger@example.org',
    denied: id,
    port: Number(String(ports[0]).split('-')[0]),
    at: '2026-06-01T12:00:00Z',
  };
  return { id: `test-${index}`, description: `Test number ${index}`, expect: [denied] };
}

function environment(
  services: readonly Service[],
  size: CompanySize,
): Environment & { connectors: Connector[] } {
  const base = environmentWith('live', []);
  const registered = (index: number) => services.filter((_, place) => place % size.connectors === index);
  const connectors = Array.from({ length: size.connectors }, (_, index): Connector => ({
    id: `connector-${index}`,
    description: `Connector number ${index}`,
    owner: 'platform',
    runs: 'external',
    services: registered(index).map(({ id }) => ({ service: id, backend: `${id}.internal` })),
  }));
  return { ...base, network: { ...base.network, ipv6: true, virtualNetwork: '10.64.0.0/10' }, connectors };
}
