import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import type { AccessChange, Policy } from '../contract/shapes.ts';
import { environmentWith, repositoryOf, type RepositoryValues } from '../testing/repository.ts';
import { difference, listing } from './difference.ts';
import { differenceText } from '../output/difference.ts';
import { includes, intervalsOf } from './values/intervals.ts';
import { zone } from './values/time-zone.ts';
import { Calendar } from './solver/calendar.ts';
import { Dice, seeded } from '../testing/random.ts';
import { opened, randomWorld, WORLD_BEGIN, WORLD_END } from './testing/worlds.ts';

const test = suite('access: difference');
const AT = Date.parse('2026-06-01T00:00:00Z');

const service = (id: string, ports: (number | string)[] = [443]) =>
  ({ id, description: id, owner: 'platform', protocol: 'tcp', ports, virtualIp: '10.100.0.9' }) as const;

const policy = (id: string, rest: Partial<Policy>): Policy => ({
  id,
  description: id,
  owner: 'platform',
  effect: 'allow',
  who: { groups: ['engineering'] },
  what: { services: ['wiki'] },
  ...rest,
});

const COMPANY: RepositoryValues = {
  services: [service('wiki', [443, '8000-8010']), service('payments')],
  groups: [
    {
      id: 'engineering',
      description: 'e',
      owner: 'platform',
      members: ['ann@example.com', 'ben@example.com'],
      groups: ['interns'],
    },
    { id: 'interns', description: 'i', owner: 'platform', members: ['cat@example.com'] },
  ],
  policies: [policy('engineers-wiki', {})],
  environments: [environmentWith('live', ['wiki', 'payments'])],
};

const compare = (before: RepositoryValues, after: RepositoryValues, at = AT) =>
  difference(repositoryOf(before), repositoryOf(after), { at })[0]!;
const withPolicies = (...policies: Policy[]): RepositoryValues => ({ ...COMPANY, policies });

function same(before: RepositoryValues, after: RepositoryValues): void {
  const { gains, losses } = compare(before, after);
  assert.equal([gains, losses], [[], []]);
  const back = compare(after, before);
  assert.equal([back.gains, back.losses], [[], []]);
}

test('a new policy is a gain for everybody in its group, with the file behind it', () => {
  const hours = {
    timezone: 'America/New_York',
    days: ['mon', 'tue', 'wed', 'thu', 'fri'] as ('mon' | 'tue')[],
    from: '08:00',
    to: '19:00',
  };
  const { gains, losses } = compare(
    COMPANY,
    withPolicies(
      policy('engineers-wiki', {}),
      policy('pay', { what: { services: ['payments'] }, when: { hours } }),
    ),
  );
  assert.is(losses.length, 0);
  assert.is(gains.length, 1);
  assert.equal(gains[0]!.principals, ['ann@example.com', 'ben@example.com', 'cat@example.com']);
  assert.is(gains[0]!.group, 'engineering');
  assert.equal(gains[0]!.services, [{ service: 'payments', protocol: 'tcp', ports: [[443, 443]] }]);
  assert.is(gains[0]!.conditions[0]!.text, 'weekdays 08:00-19:00 America/New_York');
  assert.equal(gains[0]!.causes, [{ file: 'policies/access/pay.yaml', line: 1, side: 'after' }]);
});

test('a deny is a loss only of what was allowed', () => {
  const deny = policy('no', {
    effect: 'deny',
    who: { all: true },
    what: { all: true, ports: ['8005-9000'] },
  });
  const { gains, losses } = compare(COMPANY, withPolicies(policy('engineers-wiki', {}), deny));
  assert.is(gains.length, 0);
  assert.equal(losses[0]!.services, [{ service: 'wiki', protocol: 'tcp', ports: [[8005, 8010]] }]);
  assert.not.ok(losses[0]!.anyoneElse);
});

test('a person who leaves a group loses what the group had', () => {
  const groups = COMPANY.groups!.map((group) => (group.id === 'interns' ? { ...group, members: [] } : group));
  const { losses } = compare(COMPANY, { ...COMPANY, groups });
  assert.equal(
    losses.map(({ principals }) => principals),
    [['cat@example.com']],
  );
  assert.equal(losses[0]!.causes, [{ file: 'policies/groups/interns.yaml', line: 1, side: 'before' }]);
});

test('saying the same in other words differs in nothing', () => {
  const wiki = (rest: Partial<Policy>) => policy('engineers-wiki', rest);
  same(
    COMPANY,
    withPolicies(
      wiki({ what: { services: ['wiki'], ports: [443] } }),
      policy('rest', { what: { services: ['wiki'], ports: ['8000-8010'] } }),
    ),
  );
  same(
    COMPANY,
    withPolicies(
      wiki({ who: { all: true } }),
      policy('back', { effect: 'deny', who: { all: true, except: { groups: ['engineering'] } } }),
    ),
  );
  same(
    COMPANY,
    withPolicies(wiki({ who: { principals: ['Ann@Example.com', 'ben@example.com', 'cat@example.com'] } })),
  );
  same(COMPANY, withPolicies(policy('another-name', {})));
  const from = (prefixes: string[]) => withPolicies(wiki({ when: { from: prefixes } }));
  same(from(['203.0.113.0/24']), from(['203.0.113.0/25', '203.0.113.128/25']));
  same(from(['203.0.113.0/24']), from(['::ffff:203.0.113.0/120']));
  const hours = (timezone: string) =>
    withPolicies(wiki({ when: { hours: { timezone, from: '22:00', to: '06:00' } } }));
  same(hours('America/New_York'), hours('America/Toronto'));
  assert.ok(compare(hours('America/New_York'), hours('America/Bogota')).gains.length > 0);
});

test('a policy that has expired differs in nothing', () => {
  const old = policy('old', { what: { services: ['payments'] }, when: { expires: '2026-05-31T00:00:00Z' } });
  same(COMPANY, withPolicies(policy('engineers-wiki', {}), old));
});

test('a policy that starts later is a gain from then on', () => {
  const later = policy('later', {
    what: { services: ['payments'] },
    when: { start: '2026-07-01T00:00:00Z' },
  });
  const { gains } = compare(COMPANY, withPolicies(policy('engineers-wiki', {}), later));
  assert.is(gains[0]!.conditions[0]!.text, 'from 2026-07-01');
});

const later = (id: string, when: Policy['when']): Policy =>
  policy(id, { what: { services: ['payments'] }, ...(when && { when }) });
const gainOf = (when: Policy['when'], scope: { to?: number; intervals?: number } = {}) => {
  const after = withPolicies(policy('engineers-wiki', {}), later('later', when));
  const { gains } = difference(repositoryOf(COMPANY), repositoryOf(after), { at: AT, ...scope })[0]!;
  assert.is(gains.length, 1, JSON.stringify(gains));
  const { conditions, from, until } = gains[0]!;
  return { text: conditions.map(({ text }) => text).join('; '), time: conditions[0]!.time, from, until };
};
const hours = { timezone: 'America/New_York', days: ['mon' as const], from: '08:00', to: '09:00' };

test('what begins in ten years is a gain today, and says from when and how long', () => {
  const start = '2035-03-01T00:00:00Z';
  assert.equal(gainOf({ start }), {
    text: 'from 2035-03-01',
    time: { text: 'from 2035-03-01', intervals: [[start]] },
    from: start,
    until: undefined,
  });
  const expires = '2055-03-01T00:00:00Z';
  assert.equal(gainOf({ start, expires }), {
    text: 'from 2035-03-01 until 2055-03-01',
    time: { text: 'from 2035-03-01 until 2055-03-01', intervals: [[start, expires]], count: 1 },
    from: start,
    until: expires,
  });
  assert.equal(gainOf(undefined), {
    text: '',
    time: undefined,
    from: '2026-06-01T00:00:00Z',
    until: undefined,
  });
  const { losses } = compare(withPolicies(later('later', { start })), withPolicies(policy('other', {})));
  assert.equal(
    losses.map(({ from, until }) => [from, until]),
    [[start, undefined]],
  );
});

test('hours from a date on have their first instant, and no count where they go on for ever', () => {
  const start = '2035-03-01T00:00:00Z';
  const found = gainOf({ start, hours }, { intervals: 2 });
  assert.is(found.text, 'Mon 08:00-09:00 America/New_York from 2035-03-01');
  assert.equal(found.time!.intervals, [
    ['2035-03-05T13:00:00Z', '2035-03-05T14:00:00Z'],
    ['2035-03-12T12:00:00Z', '2035-03-12T13:00:00Z'],
  ]);
  assert.equal([found.from, found.until, found.time!.count], ['2035-03-05T13:00:00Z', undefined, undefined]);
  // 2035-03-05 is the first of the 1,044 Mondays before 2055-03-05.
  const ended = gainOf({ start, hours, expires: '2055-03-05T00:00:00Z' });
  assert.equal([ended.until, ended.time!.count], ['2055-03-01T14:00:00Z', 1044]);
  const late = gainOf({ start, hours, expires: '9999-12-31T00:00:00Z' });
  assert.equal([late.until, late.time!.count], ['9999-12-27T14:00:00Z', undefined]);
  assert.match(late.text, /^Mon 08:00-09:00 America\/New_York from 2035-03-01 until 9999-12-31$/);
});

test('a number of days narrows the time looked at', () => {
  const to = AT + 14 * 86_400_000;
  const { time, from, until } = gainOf({ hours }, { to });
  assert.equal([time!.count, from, until], [2, '2026-06-01T12:00:00Z', undefined]);
  const none = compare(
    COMPANY,
    withPolicies(policy('engineers-wiki', {}), later('l', { start: '2035-03-01T00:00:00Z' })),
  );
  assert.is(none.gains.length, 1);
  const narrow = difference(
    repositoryOf(COMPANY),
    repositoryOf(withPolicies(policy('engineers-wiki', {}), later('l', { start: '2035-03-01T00:00:00Z' }))),
    { at: AT, to },
  );
  assert.is(narrow[0]!.gains.length, 0);
});

test('what two zones do together in some years only is found, and its first time', () => {
  // Where October 31 is a Thursday or a day or two later, Berlin sets its clocks back days before Cairo does: not in
  // 2027 to 2029, and in 2030 and 2031. At all other times Cairo is at 10 or 11 when Berlin is at 10.
  const at = Date.parse('2026-11-01T00:00:00Z');
  const on = (timezone: string, from: string, to: string) => ({ timezone, days: ['tue' as const], from, to });
  const open = later('open', { hours: on('Europe/Berlin', '10:00', '11:00') });
  const shut: Policy = { ...later('shut', { hours: on('Africa/Cairo', '10:00', '12:00') }), effect: 'deny' };
  const gainsOf = (...policies: Policy[]): AccessChange[] =>
    difference(repositoryOf(withPolicies(shut)), repositoryOf(withPolicies(...policies)), { at })[0]!.gains;
  const [gain] = gainsOf(open, shut);
  assert.equal([gain!.from, gain!.until], ['2030-10-29T09:00:00Z', undefined]);
  assert.is(
    gain!.conditions[0]!.text,
    'Tue 10:00-11:00 Europe/Berlin outside Tue 10:00-12:00 Africa/Cairo (first at 2030-10-29T09:00:00Z)',
  );
  const expires = '2036-01-01T00:00:00Z';
  const [ended] = gainsOf({ ...open, when: { ...open.when, expires } }, shut);
  assert.equal([ended!.from, ended!.until], ['2030-10-29T09:00:00Z', '2031-10-28T10:00:00Z']);
  assert.is(ended!.conditions[0]!.time!.count, 2);
});

test('a zone changes its clocks as Intl says, each day of years to come', () => {
  const dice = new Dice(seeded(9));
  for (let round = 0; round < 40; round++) {
    const name = dice.one([...Intl.supportedValuesOf('timeZone')]);
    const at = Date.UTC(2000 + dice.below(60), 0, 1);
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hour: '2-digit',
      hourCycle: 'h23',
      minute: '2-digit',
    });
    for (let day = 0; day < 366; day++) {
      const instant = at + day * 86_400_000;
      const local = new Date(instant + zone(name)!.offset(instant)).toISOString().slice(11, 16);
      assert.is(clock.format(instant), local, `${name} ${new Date(instant).toISOString()}`);
    }
  }
});

test('dates that are far apart cost what two years cost, each', () => {
  const dates = [2030, 2050, 2100, 2500, 9999].map((year) => Date.parse(`${year}-01-01T00:00:00Z`));
  const { set } = new Calendar(AT).line(
    dates.map((start) => ({ start, expires: Infinity, window: undefined })),
  );
  const days = intervalsOf(set).reduce((sum, [begin, end]) => sum + end - begin, 0) / 86_400_000;
  assert.ok(days <= 800 * (dates.length + 1), `${days}`);
  for (const date of dates) assert.ok(includes(set, date) && includes(set, date - 1), `${date}`);
});

test('a certificate that is newly refused, or accepted again, is a change', () => {
  const revoked = (...names: string[]): RepositoryValues => ({
    ...COMPANY,
    revoked: {
      certificates: names.map((one) => ({
        fingerprint: one.repeat(64),
        reason: `laptop ${one}`,
        date: '2026-05-01',
      })),
    },
  });
  const { revocations, losses } = compare(revoked('a', 'b'), revoked('b', 'c'));
  assert.equal(
    revocations.map(({ kind, subject, effect, reason, causes }) => [
      kind,
      subject[0],
      effect,
      reason,
      causes[0]!.side,
    ]),
    [
      ['certificate', 'c', 'revoked', 'laptop c', 'after'],
      ['certificate', 'a', 'accepted', 'laptop a', 'before'],
    ],
  );
  assert.is(losses.length, 0);
  assert.equal(compare(revoked('a', 'b'), revoked('b', 'a')).revocations, []);
  const text = differenceText({ environments: [compare(revoked('a'), revoked('c'))] });
  assert.match(text, /^live: 1 certificate is revoked, 1 certificate is accepted again\n/);
  assert.match(
    text,
    /- certificate c{12}\.\.\. is refused from now on \(laptop c\) +policies\/revoked\.yaml:/,
  );
  assert.match(text, /\+ certificate a{12}\.\.\. is accepted again \(laptop a\) .*\(removed\)/);
});

test('a change of where a service leads is listed with everyone who reaches it', () => {
  const moved = environmentWith('live', ['wiki', 'payments']);
  moved.connectors[0]!.services[0]!.backend = 'wiki-2.internal';
  const { gains, losses, destinations } = compare(COMPANY, { ...COMPANY, environments: [moved] });
  assert.equal([gains, losses], [[], []]);
  assert.equal(
    destinations.map(({ service, changes, principals }) => ({ service, changes, reach: principals.length })),
    [
      {
        service: 'wiki',
        changes: [{ field: 'backend', before: 'wiki.internal', after: 'wiki-2.internal' }],
        reach: 3,
      },
    ],
  );
});

test('a service that no connector registers any more is lost', () => {
  const { losses } = compare(COMPANY, { ...COMPANY, environments: [environmentWith('live', ['payments'])] });
  assert.equal(
    losses.map(({ services }) => services[0]!.service),
    ['wiki'],
  );
});

test('any world differs from itself in nothing', () => {
  for (let seed = 0; seed < 60; seed++) {
    const world = randomWorld(new Dice(seeded(3_000_000 + seed)));
    const shuffled = {
      ...world,
      policies: [...world.policies!].reverse(),
      groups: [...world.groups!].reverse(),
    };
    for (const { gains, losses, destinations } of difference(opened(world), opened(shuffled), {
      at: WORLD_BEGIN,
      to: WORLD_END,
    })) {
      assert.equal([gains, losses, destinations], [[], [], []], `seed ${seed}`);
    }
  }
});

test('a listing says once who reaches alike, though by different policies; a difference tells the edits apart', () => {
  const both = withPolicies(
    policy('engineers-wiki', { who: { groups: ['engineering'], except: { groups: ['interns'] } } }),
    policy('interns-wiki', { who: { groups: ['interns'] } }),
  );
  const [listed] = listing(repositoryOf(both), { at: AT });
  assert.equal(
    listed!.gains.map(({ principals, group }) => [principals.length, group]),
    [[3, 'engineering']],
  );
  assert.is(compare(withPolicies(), both).gains.length, 2);
});

test.run();
