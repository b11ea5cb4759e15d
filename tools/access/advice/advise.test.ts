import * as assert from 'uvu/assert';
import type { Policy, Request } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { Dice, seeded } from '../../testing/random.ts';
import { cases } from '../../testing/cases.ts';
import { suite } from '../../testing/suite.ts';
import { answer } from '../testing/oracle.ts';
import { opened, randomWorld, requests, withFarDates } from '../testing/worlds.ts';
import { typed } from '../request.ts';
import { environmentWith, repositoryOf } from '../../testing/repository.ts';
import { explain } from '../explain.ts';
import { addressText } from '../values/address.ts';
import { advise } from './advise.ts';
import type { EditStep, FactStep } from './steps.ts';

const test = suite('access: advice');
const WORLDS = cases(60);

test('who follows advice is allowed, as the second evaluator says', () => {
  const seen = { denied: 0, advised: 0, followed: 0, deny: 0 };
  const steps: Record<string, number> = {};
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(7_000_000 + seed));
    // Who may not even connect has no advice to follow.
    const world = { ...randomWorld(dice), revoked: {} };
    if (seed % 3 === 0) Object.assign(world, withFarDates(dice, world));
    const repository = opened(world);
    for (const request of requests(dice, [world], 12)) {
      if (request.withoutCertificate || answer(repository, request).allowed) continue;
      const at = Date.parse(request.at!);
      const all = advise(repository, typed(request), request.environment, at);
      seen.denied++;
      if (all.length > 0) seen.advised++;
      for (const advice of all) {
        for (const { step } of [...advice.edits, ...advice.facts]) steps[step] = (steps[step] ?? 0) + 1;
        const after = advice.edits.reduce((files, edit) => afterEdit(files, request, edit), repository);
        for (const which of [0, 0.5, 1]) {
          const asked = advice.facts.reduce((one, fact) => withFact(one, fact, which), request);
          seen.followed++;
          const { allowed, policies } = answer(after, asked);
          if (!allowed) seen.deny++;
          assert.ok(allowed, `seed ${seed} ${JSON.stringify([request, advice, asked, policies], bigints)}`);
        }
      }
    }
  }
  console.log(
    `  ${seen.deny} of ${seen.followed} still deny; ${seen.advised} of ${seen.denied} denials have advice; ${JSON.stringify(steps)}`,
  );
  assert.ok(seen.followed >= 200 && seen.advised === seen.denied, JSON.stringify(seen));
  for (const step of ['wait', 'port', 'source', 'device', 'join', 'allow', 'spare', 'register'])
    assert.ok((steps[step] ?? 0) > 0, step);
});

const policy = (id: string, rest: Partial<Policy>): Policy => ({
  ...{ id, description: id, owner: `${id}-owner`, effect: 'allow', who: { groups: ['staff'] } },
  ...{ what: { services: ['pay'] }, ...rest },
});
const deny = (id: string, rest: Partial<Policy>): Policy =>
  policy(id, { effect: 'deny', who: { all: true }, ...rest });
const group = (id: string, ...members: string[]) => ({ id, description: id, owner: 'people', members });

/** What ann is told, who asks for `pay` on port 443 at noon on a Monday. */
function told(policies: Policy[], asks: Partial<Request> = {}, groups = [group('staff', 'ann@example.com')]) {
  const service = { id: 'pay', description: 'p', owner: 'finance', protocol: 'tcp' as const };
  const services = [{ ...service, ports: [443], virtualIp: '10.100.0.5' }];
  const repository = repositoryOf({
    services,
    groups,
    policies,
    environments: [environmentWith('live', ['pay'])],
  });
  const request = { principal: 'ann@example.com', service: 'pay', environment: 'live', port: 443, at: NOON };
  return explain(repository, { ...request, ...asks }, 0).changes;
}
const NOON = '2026-06-01T12:00:00Z';

test('what is unknown comes first, with the values that pass; no deny is touched where they do', () => {
  const office = policy('office', { when: { from: ['203.0.113.0/24'], device: { managed: true } } });
  const guests = deny('guests', { when: { from: ['203.0.113.192/26'] } });
  const unmanaged = deny('unmanaged', { when: { device: { managed: false } } });
  assert.equal(told([office, guests, unmanaged]), [
    'come from 203.0.113.0/25, 203.0.113.128/26 and use a device with managed true (unknown so far)',
  ]);
  assert.equal(told([office, guests, unmanaged], { from: '192.0.2.1', device: { managed: true } }), [
    'come from 203.0.113.0/25, 203.0.113.128/26',
  ]);
});

test('nobody joins a group that `except` or a deny takes away again', () => {
  const staff = policy('staff', { who: { groups: ['staff'], except: { groups: ['interns'] } } });
  const people = [group('staff'), group('interns', 'ann@example.com'), group('night', 'bob@example.com')];
  assert.equal(told([staff], {}, people), ['add a policy that allows ann@example.com `pay`; ask `finance`']);
  const night = policy('night', { who: { groups: ['night'] } });
  assert.equal(told([staff, night], {}, people), ['add ann@example.com to `night`; ask `people`']);
  const never = deny('never', { who: { groups: ['night'] } });
  assert.equal(told([staff, night, never], {}, people), [
    'add a policy that allows ann@example.com `pay`; ask `finance`',
  ]);
});

test('denies are changed last, and all of them that match', () => {
  const [one, two] = [deny('one', {}), deny('two', { who: { groups: ['staff'] } })];
  const far = deny('far', { when: { from: ['192.0.2.0/24'] } });
  const changed = ['one', 'two'].map(
    (id) => `change policy \`${id}\` (policies/access/${id}.yaml:1), which denies`,
  );
  const from = { from: '198.51.100.1' };
  assert.equal(told([policy('staff', {}), one, far, two], from), [
    `${changed.join(' and ')}; ask \`one-owner\` and \`two-owner\``,
  ]);
  assert.equal(told([one, two], from), [
    `add a policy that allows ann@example.com \`pay\` and ${changed.join(' and ')}; ask \`finance\` and \`one-owner\` and \`two-owner\``,
  ]);
  const soon = { when: { expires: '2026-06-02T12:00:00Z' } };
  assert.equal(told([policy('staff', {}), deny('one', soon)]), ['wait until 2026-06-02T12:00:00Z']);
});

test('a port that the service lacks is never advised', () => {
  const web = policy('web', { what: { services: ['pay'], ports: [80, '443-500'] } });
  assert.equal(told([web], { port: 80 }), ['use port 443']);
  const other = policy('web', { what: { services: ['pay'], ports: [80] } });
  assert.equal(told([other]), ['add a policy that allows ann@example.com `pay`; ask `finance`']);
});

test('a policy that has expired is renewed by its owner; what begins in years is waited for, and more', () => {
  assert.equal(told([policy('old', { when: { expires: '2026-01-01T00:00:00Z' } })]), [
    'renew policy `old`, which expired 2026-01-01T00:00:00Z; ask `old-owner`',
  ]);
  assert.equal(told([policy('late', { when: { start: '2035-03-01T00:00:00Z' } })]), [
    'wait until 2035-03-01T00:00:00Z',
    'add a policy that allows ann@example.com `pay`; ask `finance`',
  ]);
  const hours = { timezone: 'Europe/Berlin', from: '20:00', to: '22:00' };
  const ops = policy('ops', { who: { groups: ['ops'] } });
  assert.equal(
    told([policy('staff', { when: { hours } }), ops, deny('no', { who: { groups: ['x'] } })], {}, [
      group('staff', 'ann@example.com'),
      group('ops', 'bob@example.com'),
    ]),
    [
      'wait until 2026-06-01T18:00:00Z (Monday 20:00 Europe/Berlin)',
      'add ann@example.com to `ops`; ask `people`',
    ],
  );
});

const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** What a person makes of the files. */
function afterEdit(
  repository: Repository,
  { principal = '', service, environment }: Request,
  edit: EditStep,
): Repository {
  const copy = structuredClone({
    groups: [...repository.groups.values()].map(({ value }) => value),
    services: [...repository.services.values()].map(({ value }) => value),
    policies: [...repository.policies.values()].map(({ value }) => value),
    environments: [...repository.environments.values()].map(({ value, connectors }) => ({
      ...value,
      connectors: [...connectors.values()].map((one) => one.value),
    })),
  });
  const policy = copy.policies.find(({ id }) => 'policy' in edit && id === edit.policy)!;
  if (edit.step === 'join') {
    const group = copy.groups.find(({ id }) => id === edit.group)!;
    group.members = [...(group.members ?? []), principal];
  }
  if (edit.step === 'name') policy.who.principals = [...(policy.who.principals ?? []), principal];
  if (edit.step === 'renew') policy.when!.expires = '9999-12-31T00:00:00Z';
  if (edit.step === 'spare') {
    const { except = {} } = policy.who;
    policy.who.except = { ...except, principals: [...(except.principals ?? []), principal] };
  }
  if (edit.step === 'register')
    copy.environments
      .find(({ id }) => id === environment)!
      .connectors[0]!.services.push({ service, backend: 'b.internal' });
  if (edit.step === 'allow')
    copy.policies.push({
      ...{ id: 'new', description: 'new', owner: 'platform', effect: 'allow' as const },
      ...{ who: { principals: [principal] }, what: { services: [service] } },
    });
  return opened(copy);
}

/** What a person asks instead. @param which 0 for the first of the values that are said to help, 1 for the last */
function withFact(request: Request, fact: FactStep, which: number): Request {
  const pick = <T>(all: readonly T[]): T => all[Math.round(which * (all.length - 1))]!;
  if (fact.step === 'wait') return { ...request, at: new Date(fact.until).toISOString() };
  if (fact.step === 'device')
    return { ...request, device: { ...request.device, [fact.attribute]: pick(fact.values) } };
  if (fact.step === 'port') {
    const begin = 2 * Math.floor(which * (fact.ports.length / 2 - 1));
    return { ...request, port: which < 1 ? fact.ports[begin]! : fact.ports.at(-1)! - 1 };
  }
  const { v4, v6 } = fact.sources;
  const first =
    v4.length > 0 ? ({ family: 4, value: v4[0]! } as const) : ({ family: 6, value: v6[0]! } as const);
  const last =
    v6.length > 0
      ? ({ family: 6, value: v6.at(-1)! - 1n } as const)
      : ({ family: 4, value: v4.at(-1)! - 1 } as const);
  return { ...request, from: addressText(which < 1 ? first : last) };
}

test.run();
