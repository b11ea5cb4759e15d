import * as assert from 'uvu/assert';
import { compile } from '../access/compile.ts';
import { indexPolicies } from '../access/model.ts';
import { never } from '../access/never.ts';
import { answer } from '../access/testing/oracle.ts';
import { opened, randomWorld, requests, WORLD_BEGIN } from '../access/testing/worlds.ts';
import { Dice, seeded } from '../testing/random.ts';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import type { RepositoryValues as Values } from '../testing/repository.ts';
import { allows, matches, worldsOf } from './worlds.ts';

const test = suite('check: what a policy allows');
const WORLDS = cases(150);

/** A world with one allow alone, and every deny. */
function alone(world: Values, id: string): Values {
  return { ...world, policies: world.policies!.filter((one) => one.id === id || one.effect === 'deny') };
}

test('a policy allows something exactly where a second evaluator can be shown a request that it allows', () => {
  const seen = { alive: 0, shadowed: 0, idle: 0 };
  for (let seed = 0; seed < WORLDS; seed++) {
    const values = randomWorld(new Dice(seeded(seed)));
    const worlds = worldsOf(opened(values), WORLD_BEGIN);
    for (const { access, reach } of worlds.values()) {
      for (const policy of access.policies.filter(({ effect }) => effect === 'allow')) {
        const only = alone(values, policy.id);
        const repository = opened(only);
        const about = policy.model.services.map((index) => access.services[index]!);
        const alive = about.filter((service) => allows(policy, service, { access, reach }));
        for (const { model } of alive) {
          const single = indexPolicies(compile(repository, access.model.environment));
          const principals = [undefined, ...single.classIndex.keys()];
          const found = never(single, { principals, services: [model.id] }, reach);
          assert.ok(found, `seed ${seed} ${policy.id} ${model.id}`);
          assert.ok(
            answer(repository, found!.request).allowed,
            `seed ${seed} ${JSON.stringify(found!.request)}`,
          );
        }
        const dead = new Set(
          about.filter((service) => !alive.includes(service)).map(({ model }) => model.id),
        );
        for (const request of requests(new Dice(seeded(seed)), [only], 60)) {
          if (!dead.has(request.service) || request.environment !== access.model.environment) continue;
          assert.not.ok(answer(repository, request).allowed, `seed ${seed} ${JSON.stringify(request)}`);
        }
        if (alive.length > 0) seen.alive++;
        else
          seen[about.some((service) => matches(policy, service, { access, reach })) ? 'shadowed' : 'idle']++;
      }
    }
  }
  console.log(
    `  ${seen.alive} policies allow something, ${seen.shadowed} are denied all of it, ${seen.idle} match nothing`,
  );
  for (const count of Object.values(seen)) assert.ok(count >= WORLDS / 20, JSON.stringify(seen));
});

test('a repository is compiled once for one instant', () => {
  const repository = opened(randomWorld(new Dice(seeded(7))));
  assert.is(worldsOf(repository, WORLD_BEGIN), worldsOf(repository, WORLD_BEGIN));
  assert.is.not(worldsOf(repository, WORLD_BEGIN), worldsOf(repository, WORLD_BEGIN + 1));
});

test.run();
