import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { compile } from '../access/compile.ts';
import { decide } from '../access/decide.ts';
import { indexPolicies } from '../access/model.ts';
import { typed } from '../access/request.ts';
import { Dice, seeded } from '../testing/random.ts';
import { opened, randomWorld, requests } from '../access/testing/worlds.ts';
import { parseAddress, sourcesOf } from '../access/values/address.ts';
import { includes } from '../access/values/intervals.ts';
import {
  validateEnforcement,
  type Enforcement,
  type Grant,
  type IntermediatePart,
  type Policy,
  type Request,
  type When,
} from '../contract/shapes.ts';
import { environmentWith, repositoryOf } from '../testing/repository.ts';
import { denyAll, flatten } from './flatten.ts';

const test = suite('enforce: flatten');
const HOUR = 3_600_000;

function part(access: IntermediatePart['access']): IntermediatePart {
  const settings = { leaseSeconds: 300, pollSeconds: 5, onStale: { action: 'keep' as const } };
  return {
    schemaVersion: 1,
    kind: 'intermediate',
    environment: 'lab',
    settings,
    virtualNetwork: '10.100.0.0/24',
    access,
    revoked: [],
  };
}

/** What a data plane does with the file: it knows no policies, groups or time zones. */
function enforced({ intermediate }: Enforcement, request: Request): boolean {
  const { classes, withoutCertificate = { grants: [] } } = intermediate!;
  const own = classes.find(({ principals }) => principals.includes(request.principal!)) ?? classes[0]!;
  const { grants } = request.withoutCertificate ? withoutCertificate : own;
  return grants.some((grant) => grant.service === request.service && matches(grant, request));
}

function matches({ ports, sources, device, notBefore, notAfter }: Grant, request: Request): boolean {
  const at = Date.parse(request.at!);
  const port = Number(request.port);
  if (!ports.some(([first, last]) => first <= port && port <= last)) return false;
  if (at < Date.parse(notBefore) || at >= Date.parse(notAfter)) return false;
  const address = request.from === undefined ? undefined : parseAddress(request.from);
  if (sources && (!address || !inside(sources, address))) return false;
  return Object.entries(device ?? {}).every(([name, values]) => {
    const fact = request.device?.[name];
    return !Array.isArray(fact) && values.includes(String(fact));
  });
}

function inside(sources: string[], address: NonNullable<ReturnType<typeof parseAddress>>): boolean {
  const { v4, v6 } = sourcesOf(sources);
  return address.family === 4 ? includes(v4, address.value) : includes(v6, address.value);
}

test('enforcing the file and deciding agree at every instant of a lease', () => {
  let [allowed, denied] = [0, 0];
  for (let seed = 0; seed < cases(60); seed++) {
    const dice = new Dice(seeded(5_000_000 + seed));
    const world = randomWorld(dice);
    const model = compile(opened(world), 'lab');
    const access = indexPolicies(model);
    for (const request of requests(dice, [world], 30)) {
      const asked = { ...request, environment: 'lab' };
      const at = Date.parse(asked.at!);
      const file = flatten(
        part(model),
        'intermediate/one',
        { epoch: 1, sequence: 1 },
        at - dice.below(HOUR),
        at + 1 + dice.below(HOUR),
      );
      if (allowed + denied === 0)
        assert.ok(validateEnforcement(file), JSON.stringify(validateEnforcement.errors));
      const decision = decide(access, typed(asked)).decision === 'allow';
      assert.is(enforced(file, asked), decision, `seed ${seed} ${JSON.stringify(asked)}`);
      if (decision) allowed++;
      else denied++;
    }
  }
  assert.ok(Math.min(allowed, denied) > (allowed + denied) / 10, `${allowed} allowed, ${denied} denied`);
});

test('no grant outlives its lease, and none begins before it', () => {
  for (let seed = 0; seed < cases(40); seed++) {
    const model = compile(opened(randomWorld(new Dice(seeded(6_000_000 + seed)))), 'lab');
    const [from, to] = [Date.parse('2026-06-15T07:00:00Z'), Date.parse('2026-06-15T07:05:00Z')];
    const { intermediate } = flatten(part(model), 'intermediate/one', { epoch: 1, sequence: 1 }, from, to);
    for (const { notBefore, notAfter } of intermediate!.classes.flatMap(({ grants }) => grants)) {
      assert.ok(Date.parse(notBefore) >= from && Date.parse(notAfter) <= to);
    }
  }
});

/** What the first class but anyone else, and clients without certificate, are told of one service. */
function told(when: When, from: string, who: Policy['who'] = { groups: ['staff'] }) {
  const world = repositoryOf({
    services: [
      {
        id: 'web',
        description: 'w',
        owner: 'platform',
        protocol: 'tcp',
        ports: [443],
        virtualIp: '10.100.0.2',
      },
    ],
    groups: [{ id: 'staff', description: 's', owner: 'platform', members: ['ann@example.com'] }],
    policies: [
      {
        id: 'p',
        description: 'p',
        owner: 'platform',
        effect: 'allow',
        who,
        what: { services: ['web'] },
        when,
      },
    ],
    environments: [{ ...environmentWith('lab', ['web']), clients: { withoutCertificate: 'allowed' } }],
  });
  const at = Date.parse(from);
  const file = flatten(
    part(compile(world, 'lab')),
    'intermediate/one',
    { epoch: 1, sequence: 1 },
    at,
    at + HOUR,
  );
  assert.ok(validateEnforcement(file), JSON.stringify(validateEnforcement.errors));
  return file.intermediate!;
}

test('a class is told when its next grant begins, also far beyond the lease', () => {
  const hours = { timezone: 'America/New_York', days: ['mon'], from: '08:00', to: '19:00' } as const;
  const opening = (when: When, from: string) => told(when, from).classes[1]!.opensAt;
  // Saturday, within the window, and after it: always the next Monday's 08:00 in New York.
  assert.equal(opening({ hours: { ...hours, days: ['mon'] } }, '2026-06-06T12:00:00Z'), {
    web: '2026-06-08T12:00:00Z',
  });
  assert.equal(opening({ hours: { ...hours, days: ['mon'] } }, '2026-06-08T15:00:00Z'), {
    web: '2026-06-15T12:00:00Z',
  });
  assert.equal(opening({ start: '2036-03-01T00:00:00Z' }, '2026-06-06T12:00:00Z'), {
    web: '2036-03-01T00:00:00Z',
  });
  assert.is(opening({ start: '2026-01-01T00:00:00Z' }, '2026-06-06T12:00:00Z'), undefined);
  assert.is(opening({ expires: '2027-01-01T00:00:00Z' }, '2026-06-06T12:00:00Z'), undefined);
  assert.is(opening({}, '2026-06-06T12:00:00Z'), undefined);
});

test('clients without certificate have grants of their own, and none where nothing names them', () => {
  const unnamed = { withoutCertificate: true as const };
  const { classes, withoutCertificate } = told({}, '2026-06-06T12:00:00Z', unnamed);
  assert.equal([withoutCertificate!.reaches, withoutCertificate!.grants.length], [['web'], 1]);
  assert.equal(
    classes.flatMap(({ grants }) => grants),
    [],
  );
  assert.equal(told({}, '2026-06-06T12:00:00Z', { all: true }).withoutCertificate, {
    reaches: [],
    grants: [],
  });
  const later = told({ start: '2036-03-01T00:00:00Z' }, '2026-06-06T12:00:00Z', unnamed);
  assert.equal(later.withoutCertificate!.opensAt, { web: '2036-03-01T00:00:00Z' });
});

test('denying everything grants nothing', () => {
  const model = compile(opened(randomWorld(new Dice(seeded(7)))), 'lab');
  const { intermediate } = denyAll(part(model), 'intermediate/one', { epoch: 1, sequence: 1 }, 0, 1000);
  assert.equal(
    intermediate!.classes.flatMap(({ grants, reaches }) => [...grants, ...reaches]),
    [],
  );
});

test.run();
