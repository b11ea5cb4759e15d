import * as assert from 'uvu/assert';
import { companyOf } from '../publish/testing/publisher.ts';
import { Dice, seeded } from '../testing/random.ts';
import { repositoryOf } from '../testing/repository.ts';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import { compile } from './compile.ts';
import { decide } from './decide.ts';
import { indexPolicies } from './model.ts';
import { narrowed } from './narrow.ts';
import { typed } from './request.ts';
import { Calendar } from './solver/calendar.ts';
import { answer } from './testing/oracle.ts';
import { edited, opened, randomWorld, requests, WORLD_BEGIN, WORLD_END } from './testing/worlds.ts';

const test = suite('access: what is in force without what a change takes away');
const calendar = new Calendar(WORLD_BEGIN, WORLD_END);
const WORLDS = cases(60);

test('it gives nobody anything, and takes nothing that the change leaves, by the second evaluator', () => {
  const seen = { lost: 0, taken: 0, gained: 0 };
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(5_000_000 + seed));
    const world = randomWorld(dice);
    const next = edited(dice, edited(dice, world));
    const [before, after] = [opened(world), opened(next)];
    const [was, is] = [before, after].map((one) => compile(one, 'lab'));
    const less = indexPolicies(narrowed(was!, is!, calendar));
    const ids = less.model.policies.map(({ id }) => id);
    assert.equal(ids, [...new Set(ids)].sort(), `seed ${seed}: the ids are sorted, and each is once`);
    for (const asked of requests(dice, [world, next], 300)) {
      const request = { ...asked, environment: 'lab' };
      const [had, has] = [before, after].map((one) => answer(one, request).allowed);
      const allowed = decide(less, typed(request)).decision === 'allow';
      if (allowed) assert.ok(had, `seed ${seed}: ${JSON.stringify(request)} is given`);
      if (had && has) assert.ok(allowed, `seed ${seed}: ${JSON.stringify(request)} is taken`);
      if (had && !has) seen.lost++;
      if (had && !has && !allowed) seen.taken++;
      if (!had && has) seen.gained++;
    }
  }
  console.log(
    `  of ${seen.lost} lost requests ${seen.taken} are taken; none of ${seen.gained} gained ones is given`,
  );
  assert.ok(seen.taken > seen.lost / 2 && seen.gained > 0, JSON.stringify(seen));
});

test('what a new deny is about is taken, beside a gain', () => {
  const world = companyOf(['alice@example.com', 'bob@example.com']);
  const next = companyOf(['alice@example.com', 'bob@example.com', 'eve@example.com']);
  const [allow] = next.policies!;
  next.policies!.push({ ...allow!, id: 'no-bob', effect: 'deny', who: { principals: ['bob@example.com'] } });
  const [was, is] = [world, next].map((one) => compile(repositoryOf(one), 'lab'));
  const less = indexPolicies(narrowed(was!, is!, calendar));
  const allowed = ['alice', 'bob', 'eve'].filter((name) => {
    const request = { principal: `${name}@example.com`, service: 'web', port: 443 };
    return decide(less, typed(request)).decision === 'allow';
  });
  assert.equal(allowed, ['alice']);
  assert.equal(
    less.model.classes.flat(),
    ['alice@example.com', 'bob@example.com'],
    'and of eve nothing is said',
  );
});

test('without a change everything stays', () => {
  for (let seed = 0; seed < 10; seed++) {
    const dice = new Dice(seeded(6_000_000 + seed));
    const world = randomWorld(dice);
    const model = compile(opened(world), 'lab');
    const less = indexPolicies(narrowed(model, model, calendar));
    for (const asked of requests(dice, [world], 100)) {
      const request = { ...asked, environment: 'lab' };
      const allowed = decide(less, typed(request)).decision === 'allow';
      assert.is(allowed, answer(opened(world), request).allowed);
    }
    // One that is treated as anyone else is not named any more.
    const known = new Set(model.classes.map(String));
    for (const names of less.model.classes) assert.ok(known.has(String(names)), String(names));
  }
});

test.run();
