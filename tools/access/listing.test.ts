import * as assert from 'uvu/assert';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import { environmentWith, repositoryOf } from '../testing/repository.ts';
import { Dice, seeded } from '../testing/random.ts';
import type { AccessChange } from '../contract/shapes.ts';
import { servicesOf } from './compile.ts';
import { concerning } from './concerning.ts';
import { decide } from './decide.ts';
import { listing } from './difference.ts';
import { EnvironmentListing } from './listing.ts';
import { typed } from './request.ts';
import { randomWorld, WORLD_BEGIN } from './testing/worlds.ts';
import { membership } from './values/membership.ts';

const test = suite('access: listing');

/** In which order changes come says nothing. */
const sorted = (changes: readonly AccessChange[]): string[] =>
  changes.map((one) => JSON.stringify(one)).sort();

test('service by service, and of whom one asks, it is the listing', () => {
  const dice = new Dice(seeded(16));
  let changes = 0;
  for (let world = 0; world < cases(40); world++) {
    const repository = repositoryOf(randomWorld(dice));
    const [environment] = repository.environments.keys();
    const scope = { at: WORLD_BEGIN, only: { environment: environment! } };
    const whole = listing(repository, scope)[0]!.gains;
    changes += whole.length;
    const lazy = new EnvironmentListing(repository, environment!, WORLD_BEGIN);
    for (const { value } of servicesOf(repository, environment!)) {
      const only = { ...scope.only, service: value.id };
      assert.equal(sorted(lazy.of([value.id])), sorted(listing(repository, { ...scope, only })[0]!.gains));
    }
    assert.equal(sorted(lazy.of()), sorted(whole));
    for (const principal of [...membership(repository).everybody, 'nobody@example.com']) {
      const services = lazy.allowedTo(lazy.access.classIndex.get(principal) ?? 0);
      const own = concerning(repository, lazy.of(services), { principal });
      assert.equal(sorted(own), sorted(concerning(repository, whole, { principal })), principal);
    }
  }
  assert.ok(changes > cases(40), `${changes} changes`);
});

test('a principal whom a policy leaves out does not reach what anyone else reaches', () => {
  const repository = repositoryOf({
    services: [
      { id: 'wiki', description: 'w', owner: 'o', protocol: 'tcp', ports: [443], virtualIp: '10.100.0.9' },
    ],
    groups: [{ id: 'left', description: 'l', owner: 'o', members: ['dan@example.com'] }],
    policies: [
      {
        ...{ id: 'all', description: 'a', owner: 'o', effect: 'allow', what: { services: ['wiki'] } },
        who: { all: true, except: { groups: ['left'] } },
      },
    ],
    environments: [environmentWith('live', ['wiki'])],
  });
  const about = (principal: string) =>
    concerning(repository, listing(repository, { at: WORLD_BEGIN })[0]!.gains, {
      service: 'wiki',
      principal,
    });
  const { access } = new EnvironmentListing(repository, 'live', WORLD_BEGIN);
  for (const [principal, reaches] of [
    ['Dan@example.com', false],
    ['nobody@example.com', true],
  ] as const) {
    const request = { principal, service: 'wiki', port: 443, at: '2026-04-01T00:00:00Z' };
    assert.is(decide(access, typed(request)).decision === 'allow', reaches);
    assert.is(about(principal).length > 0, reaches, principal);
  }
});

test.run();
