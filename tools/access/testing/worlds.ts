/** Small random worlds, and every request worth asking of them. */
import type { Environment, Group, Policy, Request, Revoked, Service, When } from '../../contract/shapes.ts';
import { type Dice } from '../../testing/random.ts';
import { environmentWith, repositoryOf, type RepositoryValues } from '../../testing/repository.ts';
import type { Repository } from '../../load/repository.ts';

const PRINCIPALS = ['ann@example.com', 'Ben@example.com', 'cat@example.com', 'Dan_Bot-1'];
/** In no group, whatever a policy says of them. */
const OUTSIDER = 'Leaver@example.com';
/** A group that is meant to exist later. */
const LATER = 'g-later';
const ZONES = [
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'UTC',
  'Australia/Lord_Howe',
  'US/Eastern',
];
const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const PREFIXES = [
  '203.0.113.0/24',
  '203.0.113.128/25',
  '198.51.100.7',
  '2001:db8::/32',
  '2001:DB8:1::/48',
  '::ffff:203.0.113.0/120',
  '0.0.0.0/0',
  '::/0',
];
const SOURCES = [
  undefined,
  '203.0.113.5',
  '203.0.113.200',
  '::ffff:203.0.113.200',
  '198.51.100.7',
  '192.0.2.1',
  '2001:db8::1',
  '2001:db8:1::1',
  '2001:db9::1',
  '2001:DB8:1::ffff:1',
];
const DEVICES: Request['device'][] = [
  undefined,
  { managed: true },
  { managed: false, os: 'macos' },
  { os: 'linux' },
  { os: 'beos' },
  { os: ['macos', 'macos'] },
  { managed: 'true', os: 'linux', diskEncrypted: true },
];
/** Around the days on which New York, Berlin and Lord Howe change their clocks, and an ordinary week. */
const DATES = [
  '2026-03-08',
  '2026-03-29',
  '2026-04-05',
  '2026-06-15',
  '2026-10-25',
  '2026-11-01',
  '2026-10-04',
];
/** All that the worlds' policies say happens within these. */
export const WORLD_BEGIN = Date.parse('2026-03-01T00:00:00Z');
export const WORLD_END = Date.parse('2026-11-15T00:00:00Z');

/** A world of four principals, three groups, three services and a few policies. */
export function randomWorld(dice: Dice): RepositoryValues {
  const groups: Group[] = ['g0', 'g1', 'g2'].map((id, index) => ({
    id,
    description: id,
    owner: 'platform',
    members: dice.some(PRINCIPALS, 0.5),
    groups: ['g0', 'g1', 'g2'].slice(0, index).filter(() => dice.chance(0.4)),
  }));
  const services: Service[] = ['s0', 's1', 's2'].map((id, index) => ({
    id,
    description: id,
    owner: 'platform',
    protocol: 'tcp',
    ports: dice.one([[443], [80, 443], ['8000-8010', 443], ['1-65535'], ['1-65535']]),
    virtualIp: `10.100.0.${index + 1}`,
    labels: { tier: dice.one(['internal', 'restricted']), kind: dice.one(['database', 'web']) },
  }));
  const policies = Array.from({ length: 4 + dice.below(6) }, (_, index) => randomPolicy(dice, `p${index}`));
  return {
    groups,
    services,
    policies,
    environments: [
      { ...environmentWith('lab', ['s0', 's1', 's2']), ...randomClients(dice) },
      { ...environmentWith('live', dice.some(['s0', 's1', 's2'], 0.9)), ...randomClients(dice) },
    ],
    revoked: randomRevoked(dice),
  };
}

/** Most environments let clients without certificate connect. */
function randomClients(dice: Dice): Pick<Environment, 'clients'> {
  return dice.chance(0.8) ? { clients: { withoutCertificate: 'allowed' } } : {};
}

/** Nobody is revoked, or one who is known, or one whom nothing else names. */
function randomRevoked(dice: Dice): Revoked {
  if (dice.chance(0.6)) return {};
  const principal = dice.one([...PRINCIPALS, 'zed@example.com']);
  return { principals: [{ principal, reason: 'left', date: '2026-01-01' }] };
}

/** A policy about some of a random world. */
export function randomPolicy(dice: Dice, id: string): Policy {
  const selection = () => ({
    ...(dice.chance(0.7) && { groups: dice.someOrOne(['g0', 'g1', 'g2', LATER]) }),
    ...(dice.chance(0.3) && {
      principals: dice.someOrOne([...PRINCIPALS, OUTSIDER]).map((name) => name.toUpperCase()),
    }),
    ...(dice.chance(0.15) && { all: true as const }),
    ...(dice.chance(0.2) && { withoutCertificate: true as const }),
  });
  return {
    id,
    description: id,
    owner: 'platform',
    effect: dice.chance(0.65) ? 'allow' : 'deny',
    who: { ...selection(), ...(dice.chance(0.3) && { except: selection() }) },
    what: {
      ...(dice.chance(0.6) && { services: dice.someOrOne(['s0', 's1', 's2']) }),
      ...(dice.chance(0.4) && { labels: randomLabels(dice) }),
      ...(dice.chance(0.3) && { all: true as const }),
      ...(dice.chance(0.2) && { ports: dice.one([[443], ['8003-8005'], [80, '8000-8002']]) }),
    },
    ...(dice.chance(0.7) && { when: randomWhen(dice) }),
    ...(dice.chance(0.2) && { environments: [dice.one(['lab', 'live'])] }),
  };
}

/** One label, or two of which a service must carry both. */
function randomLabels(dice: Dice): Record<string, string> {
  const kind = { kind: dice.one(['database', 'web']) };
  return {
    tier: dice.chance(0.1) ? 'later' : dice.one(['internal', 'restricted']),
    ...(dice.chance(0.5) && kind),
  };
}

function randomWhen(dice: Dice): When {
  const time = () => `${String(dice.below(24)).padStart(2, '0')}:${dice.one(['00', '30', '15'])}`;
  const from = time();
  let to = dice.chance(0.2) ? '24:00' : time();
  if (to === from) to = '24:00';
  return {
    ...(dice.chance(0.5) && {
      hours: { timezone: dice.one(ZONES), ...(dice.chance(0.6) && { days: dice.someOrOne(WEEK) }), from, to },
    }),
    ...(dice.chance(0.25) && { from: dice.someOrOne(PREFIXES).slice(0, 3) }),
    ...(dice.chance(0.3) && {
      device: {
        ...(dice.chance(0.6)
          ? { managed: dice.chance(0.7) }
          : { os: dice.someOrOne(['linux', 'macos', 'windows'] as const) }),
        ...(dice.chance(0.2) && { diskEncrypted: true }),
      },
    }),
    ...(dice.chance(0.2) && { start: `${dice.one(DATES)}T12:00:00${dice.one(['', '.250'])}Z` }),
    ...(dice.chance(0.2) && { expires: `${dice.one(DATES)}T18:00:00Z` }),
  };
}

/** The last year that a far date has. */
const FAR_YEAR = 2060;
/** The Gregorian calendar, its weekdays with it, repeats after 400 years. */
export const CYCLE_MS = 146_097 * 86_400_000;

/** The same world with starts and expiries anywhere in the next decades, some of them in the same year. */
export function withFarDates(dice: Dice, world: RepositoryValues): RepositoryValues {
  const date = () =>
    `${2026 + dice.below(dice.one([3, FAR_YEAR - 2026]))}-${dice.one(['01-01', '02-28', '06-15', '10-31', '12-31'])}T${dice.one(['00', '07', '23'])}:00:00Z`;
  const policies = (world.policies ?? []).map((policy) => {
    const dates = {
      ...(dice.chance(0.35) && { start: date() }),
      ...(dice.chance(0.25) && { expires: date() }),
    };
    return { ...policy, when: { ...policy.when, ...dates } };
  });
  return { ...world, policies };
}

/** Every instant at which a policy of the worlds starts or expires, ascending. */
export function datesOf(worlds: readonly RepositoryValues[]): number[] {
  const policies = worlds.flatMap((world) => world.policies ?? []);
  const texts = policies.flatMap(({ when }) => [when?.start, when?.expires]);
  return texts.flatMap((text) => (text === undefined ? [] : [Date.parse(text)])).sort((a, b) => a - b);
}

/** A second world that differs from the first in a few places. */
export function edited(dice: Dice, world: RepositoryValues): RepositoryValues {
  const policies = (world.policies ?? []).flatMap((policy) => {
    if (dice.chance(0.2)) return [];
    return [dice.chance(0.3) ? { ...randomPolicy(dice, policy.id) } : policy];
  });
  const groups = (world.groups ?? []).map((group) =>
    dice.chance(0.3) ? { ...group, members: dice.some(PRINCIPALS) } : group,
  );
  const services = (world.services ?? []).map((service) =>
    dice.chance(0.15) ? { ...service, ports: [443, '8000-8004'] } : service,
  );
  const environments = (world.environments ?? []).map((environment) =>
    dice.chance(0.3)
      ? { ...environmentWith(environment.id, dice.some(['s0', 's1', 's2'], 0.6)), ...randomClients(dice) }
      : environment,
  );
  const added = dice.chance(0.4) ? [randomPolicy(dice, 'p9')] : [];
  const revoked = dice.chance(0.3) ? randomRevoked(dice) : (world.revoked ?? {});
  return { ...world, policies: [...policies, ...added], groups, services, environments, revoked };
}

/** Requests worth asking of the worlds, among them every edge of time, ports, sources and devices. */
export function requests(dice: Dice, worlds: readonly RepositoryValues[], count: number): Request[] {
  const instants = worlds.flatMap((world) => instantsOf(world));
  return Array.from({ length: count }, () => {
    const from = dice.one(SOURCES);
    const device = dice.one(DEVICES);
    return {
      ...(dice.chance(0.1)
        ? { withoutCertificate: true as const }
        : { principal: dice.one([...PRINCIPALS, OUTSIDER, 'zed@example.com']).toLowerCase() }),
      service: dice.one(['s0', 's1', 's2']),
      environment: dice.one(['lab', 'live']),
      port: dice.one([443, 443, 443, 443, 80, 8000, 8002, 8003, 8005, 8006, 8011]),
      at: new Date(dice.one(instants)).toISOString(),
      ...(from !== undefined && { from }),
      ...(device && { device }),
    };
  });
}

/** Every edge that a policy of the world states, a moment before and after it, on each of the dates. */
function instantsOf(world: RepositoryValues): number[] {
  const edges = (world.policies ?? []).flatMap(({ when }) => {
    const local = when?.hours ? [when.hours.from, when.hours.to] : [];
    const fixed = [when?.start, when?.expires].flatMap((text) => (text ? [Date.parse(text)] : []));
    const daily = local.flatMap((time) =>
      DATES.flatMap((date) =>
        ZONE_SHIFTS.map((shift) => Date.parse(`${date}T00:00:00Z`) + minutes(time) * 60_000 - shift),
      ),
    );
    return [...fixed, ...daily];
  });
  const plain = DATES.map((date) => Date.parse(`${date}T07:00:00Z`));
  return [...plain, ...edges].flatMap((at) => [at, at - 1, at + 60_000]);
}

/** Offsets from UTC that the zones have in summer or winter, in milliseconds. */
const ZONE_SHIFTS = [-5, -4, 0, 1, 2, 5.75, 10.5, 11].map((hours) => hours * 3_600_000);

function minutes(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return hour! * 60 + minute!;
}

/** The world as a repository. */
export function opened(world: RepositoryValues): Repository {
  return repositoryOf(world);
}
