import * as assert from 'uvu/assert';
import { difference } from '../access/difference.ts';
import { enforcedDifference } from '../access/parts-difference.ts';
import { edited, opened, randomWorld, WORLD_BEGIN } from '../access/testing/worlds.ts';
import { assemble } from '../bundle/assemble.ts';
import type { AccessChange, EnvironmentDifference } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { Dice, seeded } from '../testing/random.ts';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import { enforcedSide, nothingIn } from './change.ts';
import { partsOf } from './state.ts';

const test = suite('publish: who gains and who loses, by parts');

const sideOf = (repository: Repository, environment: string) => {
  const parts = partsOf(assemble(repository, environment));
  return enforcedSide({ parts, content: '', index: {} as never }, environment);
};

/** Every person and service with what changes, however they were put together. */
function each(changes: readonly AccessChange[]): string[] {
  const lines = changes.flatMap(({ principals, anyoneElse, withoutCertificate, services, ...change }) => {
    const who = [...principals, ...(anyoneElse ? ['*'] : []), ...(withoutCertificate ? ['?'] : [])];
    const { conditions, from, until } = change;
    return who.flatMap((one) =>
      (services.length === 0 ? ['connect'] : services).map((service) =>
        JSON.stringify([one, service, conditions.map(({ text }) => text).sort(), from, until]),
      ),
    );
  });
  return lines.sort();
}

const bare = ({ gains, losses, destinations, revocations, principals, services }: EnvironmentDifference) => ({
  ...{ gains: each(gains), losses: each(losses), principals, services },
  destinations: destinations.map(({ causes: _, ...rest }) => rest),
  revocations: revocations.map(({ kind, subject, effect }) => `${effect} ${kind} ${subject}`).sort(),
});

test('what two states of parts differ in is what their files differ in', () => {
  let changes = 0;
  for (let seed = 0; seed < cases(40); seed++) {
    const dice = new Dice(seeded(8_000_000 + seed));
    const world = randomWorld(dice);
    const [before, after] = [opened(world), opened(edited(dice, world))];
    for (const expected of difference(before, after, { at: WORLD_BEGIN })) {
      const { environment } = expected;
      const [was, is] = [sideOf(before, environment), sideOf(after, environment)];
      const found = enforcedDifference(environment, was, is, after, WORLD_BEGIN);
      assert.equal(bare(found), bare(expected), `seed ${seed} ${environment}`);
      changes += found.gains.length + found.losses.length;
    }
  }
  assert.ok(changes > cases(100), `${changes}`);
});

test('against nothing, everybody gains what they reach', () => {
  const repository = opened(randomWorld(new Dice(seeded(5))));
  const empty = { ...repository, policies: new Map() };
  const [expected] = difference(empty, repository, { at: WORLD_BEGIN });
  const found = enforcedDifference(
    'lab',
    nothingIn('lab'),
    sideOf(repository, 'lab'),
    repository,
    WORLD_BEGIN,
  );
  const named = ({ gains }: EnvironmentDifference) =>
    each(gains.filter(({ services }) => services.length > 0));
  assert.equal(named(found), named(expected!));
  assert.ok(found.gains.length > 0 && found.losses.length === 0);
});

test.run();
