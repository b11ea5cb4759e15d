import * as assert from 'uvu/assert';
import type { AccessChange, Hours, Policy, Request } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { environmentWith, repositoryOf } from '../../testing/repository.ts';
import { Dice, seeded } from '../../testing/random.ts';
import { cases } from '../../testing/cases.ts';
import { suite } from '../../testing/suite.ts';
import { difference } from '../difference.ts';
import { answer, inHours } from '../testing/oracle.ts';

const test = suite('access: the times of a change in words');

const AT = Date.parse('2026-06-01T00:00:00Z');
const HOUR = 3_600_000;

/** One group, one service, and policies that differ in their time alone. */
function world(...policies: (Partial<Policy> & { when?: Policy['when'] })[]): Repository {
  return repositoryOf({
    services: [
      {
        ...{ id: 'wiki', description: 'w', owner: 'platform', protocol: 'tcp' },
        ...{ ports: [443], virtualIp: '10.100.0.9' },
      },
    ],
    groups: [{ id: 'staff', description: 's', owner: 'platform', members: ['ann@example.com'] }],
    policies: policies.map((rest, index) => ({
      ...{ id: `p${index}`, description: 'p', owner: 'platform', effect: 'allow' as const },
      ...{ who: { groups: ['staff'] }, what: { services: ['wiki'] } },
      ...rest,
    })),
    environments: [environmentWith('live', ['wiki'])],
  });
}

type Changed = Record<'gains' | 'losses', AccessChange[]>;
const changed = (before: Repository, after: Repository): Changed => difference(before, after, { at: AT })[0]!;

const textsOf = (changes: readonly AccessChange[]): string[] =>
  changes.flatMap(({ conditions }) => conditions.map(({ text }) => text));

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as NonNullable<Hours['days']>;
const office: Hours = { timezone: 'America/New_York', days: weekdays, from: '08:00', to: '19:00' };
const on = (hours: Partial<Hours>, rest: Policy['when'] = {}) => ({
  when: { ...rest, hours: { ...office, ...hours } },
});

const EDITS: [name: string, before: Repository, after: Repository, gains: string[], losses: string[]][] = [
  [
    'an hour longer',
    world(on({})),
    world(on({ to: '20:00' })),
    ['weekdays 19:00-20:00 America/New_York'],
    [],
  ],
  [
    'a day more',
    world(on({})),
    world(on({ days: [...weekdays, 'sat'] })),
    ['Sat 08:00-19:00 America/New_York'],
    [],
  ],
  [
    'hours shifted',
    world(on({})),
    world(on({ from: '09:00', to: '20:00' })),
    ['weekdays 19:00-20:00 America/New_York'],
    ['weekdays 08:00-09:00 America/New_York'],
  ],
  [
    'another zone, always an hour away',
    world(on({})),
    world(on({ timezone: 'America/Chicago' })),
    ['weekdays 18:00-19:00 America/Chicago'],
    ['weekdays 08:00-09:00 America/New_York'],
  ],
  [
    'another zone, not always as far away',
    world(on({})),
    world(on({ timezone: 'Europe/Berlin' })),
    ['weekdays 08:00-19:00 Europe/Berlin outside weekdays 08:00-19:00 America/New_York'],
    ['weekdays 08:00-19:00 America/New_York outside weekdays 08:00-19:00 Europe/Berlin'],
  ],
  [
    'a day more and an hour longer',
    world(on({})),
    world(on({ days: [...weekdays, 'sat'], to: '20:00' })),
    ['weekdays 19:00-20:00 and Sat 08:00-20:00 America/New_York'],
    [],
  ],
  ['at any time', world(on({})), world({}), ['outside weekdays 08:00-19:00 America/New_York'], []],
  ['no more at night', world({}), world(on({})), [], ['outside weekdays 08:00-19:00 America/New_York']],
  [
    'over midnight',
    world(on({ from: '22:00', to: '06:00' })),
    world(on({ from: '22:00', to: '07:00' })),
    ['Tue, Wed, Thu, Fri, Sat 06:00-07:00 America/New_York'],
    [],
  ],
  [
    'an hour longer until a date',
    world(on({}, { expires: '2027-01-01T00:00:00Z' })),
    world(on({ to: '20:00' }, { expires: '2027-01-01T00:00:00Z' })),
    ['weekdays 19:00-20:00 America/New_York until 2027-01-01'],
    [],
  ],
  [
    'two days longer, in hours',
    world(on({}, { expires: '2026-06-03T00:00:00Z' })),
    world(on({}, { expires: '2026-06-05T00:00:00Z' })),
    ['weekdays 08:00-19:00 America/New_York from 2026-06-03 until 2026-06-05'],
    [],
  ],
  [
    'other hours from a date on',
    world(on({})),
    world(
      on({}, { expires: '2027-01-01T00:00:00Z' }),
      on({ from: '07:00', to: '12:00' }, { start: '2027-01-01T00:00:00Z' }),
    ),
    ['weekdays 07:00-08:00 America/New_York from 2027-01-01'],
    ['weekdays 12:00-19:00 America/New_York from 2027-01-01'],
  ],
  [
    'closed for lunch in another zone',
    world(on({})),
    world(on({}), {
      ...on({ timezone: 'Asia/Kolkata', days: weekdays, from: '19:00', to: '20:00' }),
      effect: 'deny',
    }),
    [],
    ['weekdays 19:00-20:00 Asia/Kolkata'],
  ],
  [
    'closed for lunch in another zone, on some days of it while it is open at all',
    world(on({})),
    world(on({}), {
      ...on({ timezone: 'Europe/Berlin', days: weekdays, from: '13:30', to: '15:30' }),
      effect: 'deny',
    }),
    [],
    ['weekdays 08:00-19:00 America/New_York while weekdays 13:30-15:30 Europe/Berlin'],
  ],
];

for (const [name, before, after, gains, losses] of EDITS)
  test(`${name}: ${[...gains, ...losses].join('; ')}`, () => {
    const forth = changed(before, after);
    assert.equal([textsOf(forth.gains), textsOf(forth.losses)], [gains, losses]);
    const back = changed(after, before);
    assert.equal([textsOf(back.gains), textsOf(back.losses)], [losses, gains]);
  });

const DAY_NAMES = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun';
const DAYS: Record<string, string> = {
  daily: DAY_NAMES,
  weekdays: 'Mon|Tue|Wed|Thu|Fri',
  weekends: 'Sat|Sun',
};
const WINDOW = `((?:${DAY_NAMES})(?:, (?:${DAY_NAMES}))*|daily|weekdays|weekends) (\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)`;
const ZONED = `(?:outside )?${WINDOW}(?: and ${WINDOW})* [A-Z][A-Za-z_/]+`;
const TIME = new RegExp(
  `^(?:(${ZONED}(?:(?: while| outside| and| and outside)? ${ZONED})*)(?: \\(first at (\\S+)\\))?)?(?: ?from (\\S+))?(?: ?until (\\S+))?$`,
);

/** Whether an instant is within what the words of a time say, read as a person would; undefined where they count. */
function says(text: string, at: number): boolean | undefined {
  if (/times between|again and again/.test(text)) return undefined;
  // Dates alone are joined by `and`; within windows that word is of days and hours.
  const plain = !/\d\d:\d\d-\d\d:\d\d/.test(text);
  return text.split(plain ? ' and ' : ', and ').some((one) => saysOne(one, at));
}

function saysOne(text: string, at: number): boolean {
  const match = TIME.exec(text);
  assert.ok(match, `it reads as nothing: ${text}`);
  const [windows = '', first, from, until] = [match[1], ...match.slice(-3)];
  if (first !== undefined) assert.ok(Date.parse(first) > AT);
  if (from !== undefined && at < Date.parse(from)) return false;
  if (until !== undefined && at >= Date.parse(until)) return false;
  let outside = false;
  return [
    ...windows.matchAll(new RegExp(`(outside )?(${WINDOW}(?: and ${WINDOW})*) ([A-Z][A-Za-z_/]+)`, 'g')),
  ].every((zoned) => {
    // "outside A and B" is outside of both.
    outside ||= zoned[1] !== undefined;
    return isIn(zoned[2]!, zoned.at(-1)!, at) !== outside;
  });
}

function isIn(windows: string, timezone: string, at: number): boolean {
  return [...windows.matchAll(new RegExp(WINDOW, 'g'))].some(([, days = '', from = '', to = '']) => {
    const names = (DAYS[days]?.split('|') ?? days.split(', ')).map((one) => one.toLowerCase());
    return inHours({ timezone, days: names as typeof weekdays, from, to }, new Date(at));
  });
}

const ZONES = [
  'America/New_York',
  'America/Chicago',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'UTC',
  'Australia/Lord_Howe',
];

function randomTime(dice: Dice, zones: readonly string[]): Partial<Policy> {
  const time = (): string => `${String(dice.below(24)).padStart(2, '0')}:${dice.one(['00', '30'])}`;
  const date = (): string =>
    `${2026 + dice.below(3)}-${dice.one(['03-29', '06-15', '11-01'])}T${dice.one(['00', '07'])}:00:00Z`;
  const from = time();
  let to = dice.chance(0.2) ? '24:00' : time();
  if (to === from) to = '24:00';
  const days = dice.chance(0.5) ? weekdays : dice.someOrOne([...weekdays, 'sat', 'sun'] as typeof weekdays);
  return {
    effect: dice.chance(0.75) ? 'allow' : 'deny',
    when: {
      ...(dice.chance(0.85) && {
        hours: { timezone: dice.one(zones), ...(dice.chance(0.8) && { days }), from, to },
      }),
      ...(dice.chance(0.2) && { start: date() }),
      ...(dice.chance(0.2) && { expires: date() }),
    },
  };
}

/** Instants at which something may begin or end: each half hour of some days, and a moment before. */
function instants(dice: Dice, count: number): number[] {
  const days = [
    '2026-06-01',
    '2026-10-24',
    '2026-11-01',
    '2027-03-14',
    '2027-03-28',
    '2028-03-29',
    '2040-10-28',
  ];
  return Array.from({ length: count }, () => {
    const at = Date.parse(`${dice.one(days)}T00:00:00Z`) + dice.below(7 * 48) * (HOUR / 2) - dice.one([0, 1]);
    return Math.max(at, AT);
  });
}

const WORLDS = cases(150);

test('what the words say is exactly what changes, by another evaluator that reads clocks', () => {
  const seen = { texts: 0, counted: 0, zones: 0, requests: 0, changed: 0 };
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(7_000_000 + seed));
    const zones = dice.chance(0.5) ? [dice.one(ZONES)] : dice.some(ZONES, 0.4).concat('UTC').slice(0, 2);
    const policies = Array.from({ length: 1 + dice.below(3) }, () => randomTime(dice, zones));
    const edited = policies.map((one) => (dice.chance(0.6) ? { ...one, ...randomTime(dice, zones) } : one));
    const [before, after] = [world(...policies), world(...edited)];
    const environment = changed(before, after);
    for (const direction of ['gains', 'losses'] as const) {
      const conditions = environment[direction].flatMap((one) => one.conditions);
      const texts = conditions.map(({ time }) => time?.text ?? '');
      for (const text of texts) {
        seen.texts++;
        if (says(text, AT) === undefined) seen.counted++;
        if (/ while | outside .* outside /.test(text)) seen.zones++;
      }
      if (texts.some((text) => says(text, AT) === undefined)) continue;
      for (const at of instants(dice, 60)) {
        const request: Request = {
          ...{ principal: 'ann@example.com', service: 'wiki', environment: 'live', port: 443 },
          at: new Date(at).toISOString(),
        };
        const [was, is] = [answer(before, request).allowed, answer(after, request).allowed];
        const expected = direction === 'gains' ? is && !was : was && !is;
        const said = texts.some((text) => says(text, at));
        assert.is(said, expected, `seed ${seed} ${request.at} ${direction}: ${JSON.stringify(texts)}`);
        seen.requests++;
        if (expected) seen.changed++;
      }
    }
  }
  console.log(`  ${JSON.stringify(seen)}`);
  assert.ok(seen.changed > WORLDS && seen.texts > WORLDS / 2, JSON.stringify(seen));
  assert.ok(seen.counted < seen.texts / 10, JSON.stringify(seen));
});

test.run();
