import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { environmentWith, repositoryOf } from '../testing/repository.ts';
import {
  addressText,
  parseAddress,
  parsePrefix,
  prefixTexts,
  sourcesOf,
  EVERYWHERE,
} from './values/address.ts';
import { Calendar } from './solver/calendar.ts';
import { parseInstant, zone } from './values/time-zone.ts';
import { compile } from './compile.ts';
import { decide } from './decide.ts';
import { explain } from './explain.ts';
import { indexPolicies } from './model.ts';
import { never, reachMemory } from './never.ts';
import { typed } from './request.ts';
import { worldsOf } from '../check/worlds.ts';
import { answer } from './testing/oracle.ts';
import { Dice, seeded } from '../testing/random.ts';
import { opened, randomWorld, requests, WORLD_BEGIN, WORLD_END } from './testing/worlds.ts';

const test = suite('access: addresses, zones, never, explain');

test('addresses are read and written as the RFCs say', () => {
  const text = (one: string) => addressText(parseAddress(one)!);
  assert.is(text('2001:DB8:0:0:1:0:0:1'), '2001:db8::1:0:0:1');
  assert.is(text('fe80:0:0::1'), 'fe80::1');
  assert.is(text('::'), '::');
  assert.is(text('::ffff:192.0.2.1'), '192.0.2.1');
  for (const bad of [
    '1.2.3',
    '01.2.3.4',
    '1.2.3.256',
    ':::',
    '1::2::3',
    '12345::',
    '1:2:3:4:5:6:7:8:9',
    '::1%eth0',
    '',
  ]) {
    assert.is(parseAddress(bad), undefined, bad);
  }
});

test('prefixes are read with their host bits, and put together', () => {
  assert.is(parsePrefix('203.0.113.7/24')!.hostBits, true);
  assert.is(parsePrefix('203.0.113.0/33'), undefined);
  assert.is(parsePrefix('2001:db8::/129'), undefined);
  assert.equal(prefixTexts(EVERYWHERE), ['0.0.0.0/0', '::/0']);
  assert.equal(
    prefixTexts(sourcesOf(['10.0.0.0/9', '10.128.0.0/9', '2001:db8::/33', '2001:db8:8000::/33'])),
    ['10.0.0.0/8', '2001:db8::/32'],
  );
});

test('a zone knows its changes to the second', () => {
  const segments = zone('America/New_York')!.segments(
    parseInstant('2026-01-01T00:00:00Z'),
    parseInstant('2027-01-01T00:00:00Z'),
  );
  assert.equal(segments.map(({ begin }) => new Date(begin).toISOString()).slice(1), [
    '2026-03-08T07:00:00.000Z',
    '2026-11-01T06:00:00.000Z',
  ]);
  assert.is(zone('Nowhere/Land'), undefined);
});

test('a counterexample of never is a request that is allowed', () => {
  let [held, broken] = [0, 0];
  for (let seed = 0; seed < 60; seed++) {
    const dice = new Dice(seeded(4_000_000 + seed));
    const world = randomWorld(dice);
    const repository = opened(world);
    const access = indexPolicies(compile(repository, 'lab'));
    const memory = reachMemory(new Calendar(WORLD_BEGIN, WORLD_END));
    for (const principal of ['ann@example.com', undefined]) {
      const found = never(access, { principals: [principal], services: ['s0'] }, memory);
      if (found) {
        broken++;
        assert.ok(answer(repository, found.request).allowed, `seed ${seed} ${JSON.stringify(found)}`);
        assert.equal(found.policies, answer(repository, found.request).policies);
        continue;
      }
      held++;
      for (const request of requests(dice, [world], 60)) {
        const { withoutCertificate: _, ...facts } = request;
        const asked = {
          ...facts,
          environment: 'lab',
          service: 's0',
          principal: principal ?? 'zed@example.com',
        };
        if (Date.parse(asked.at!) < WORLD_BEGIN || Date.parse(asked.at!) >= WORLD_END) continue;
        assert.not.ok(answer(repository, asked).allowed, `seed ${seed} ${JSON.stringify(asked)}`);
      }
    }
  }
  assert.ok(held > 10 && broken > 10, `${held} held, ${broken} broken`);
});

const company = repositoryOf({
  services: [
    {
      id: 'payments',
      description: 'p',
      owner: 'finance',
      protocol: 'tcp',
      ports: [443],
      virtualIp: '10.100.0.5',
    },
  ],
  groups: [{ id: 'payments-admins', description: 'p', owner: 'finance', members: ['ann@example.com'] }],
  policies: [
    {
      id: 'payments-admins',
      description: 'Finance pays',
      owner: 'finance',
      effect: 'allow',
      who: { groups: ['payments-admins'] },
      what: { services: ['payments'] },
      when: {
        hours: {
          timezone: 'America/New_York',
          days: ['mon', 'tue', 'wed', 'thu', 'fri'],
          from: '08:00',
          to: '19:00',
        },
        device: { managed: true },
      },
    },
  ],
  environments: [environmentWith('live', ['payments'])],
});
test('an invariant that breaks in ten years is broken', () => {
  const at = parseInstant('2026-06-01T00:00:00Z');
  const [file] = [...company.policies.values()];
  const start = '2035-03-01T00:00:00Z';
  const later = { ...file!, value: { ...file!.value, when: { ...file!.value.when, start } } };
  const repository = { ...company, policies: new Map([['payments-admins', later]]) };
  const { access, reach } = worldsOf(repository, at).get('live')!;
  const found = never(access, { principals: ['ann@example.com'], services: ['payments'] }, reach);
  assert.is(found?.request.at, '2035-03-01T13:00:00Z');
});

const asks = {
  principal: 'ann@example.com',
  service: 'payments',
  environment: 'live',
  port: 443,
  at: '2026-06-06T15:00:00Z',
  device: { managed: true },
};

test('explain says when a closed window opens', () => {
  const { decision, changes, until } = explain(company, asks, 0);
  assert.is(decision, 'deny');
  assert.is(until, '2026-06-08T12:00:00Z');
  assert.equal(changes, ['wait until 2026-06-08T12:00:00Z (Monday 08:00 America/New_York)']);
});

test('explain says until when access lasts, and which policy gives it', () => {
  const { decision, policies, until, changes } = explain(company, { ...asks, at: '2026-06-08T15:00:00Z' }, 0);
  assert.is(decision, 'allow');
  assert.equal(
    policies.map(({ id, file }) => [id, file]),
    [['payments-admins', 'policies/access/payments-admins.yaml']],
  );
  assert.is(until, '2026-06-08T23:00:00Z');
  assert.equal(changes, []);
});

test('explain names the group to join and the device to use', () => {
  const { changes } = explain(
    company,
    { ...asks, principal: 'bob@example.com', at: '2026-06-08T15:00:00Z', device: {} },
    0,
  );
  assert.equal(changes, [
    'add bob@example.com to `payments-admins` and use a device with managed true (unknown so far); ask `finance`',
  ]);
});

test('an environment, a service and a port that do not exist each have their reason', () => {
  const reason = (rest: object) => explain(company, { ...asks, ...rest }, 0).reason;
  assert.is(reason({ environment: 'moon' }), 'unknown-environment');
  assert.is(reason({ service: 'nothing' }), 'unknown-service');
  assert.is(reason({ port: 444 }), 'port-not-served');
});

test('ICMP echo is allowed where any port is', () => {
  const access = indexPolicies(compile(company, 'live'));
  const echo = (principal: string) =>
    decide(access, typed({ ...asks, principal, port: 'icmp', at: '2026-06-08T15:00:00Z' })).decision;
  assert.is(echo('ann@example.com'), 'allow');
  assert.is(echo('bob@example.com'), 'deny');
});

test.run();
