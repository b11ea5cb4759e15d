import * as assert from 'uvu/assert';
import { Dice, seeded } from '../testing/random.ts';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import { Calendar } from './solver/calendar.ts';
import { compile } from './compile.ts';
import { contained } from './contains.ts';
import { answer } from './testing/oracle.ts';
import { edited, opened, randomWorld, requests, WORLD_BEGIN, WORLD_END } from './testing/worlds.ts';

const test = suite('access: a change that was undone, in another state');
const calendar = new Calendar(WORLD_BEGIN, WORLD_END);
const WORLDS = cases(60);

test('the second evaluator finds no request that speaks against it', () => {
  const seen = { gain: 0, loss: 0, nothing: 0 };
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(3_000_000 + seed));
    const kept = randomWorld(dice);
    const undone = edited(dice, kept);
    const next = edited(dice, dice.chance(0.5) ? kept : undone);
    const [before, after, third] = [kept, undone, next].map(opened) as [never, never, never];
    const model = (repository: never) => compile(repository, 'lab');
    const found = contained({ kept: model(before), undone: model(after), next: model(third) }, calendar);
    for (const asked of requests(dice, [kept, undone, next], 300)) {
      const request = { ...asked, environment: 'lab' };
      const [was, is, will] = [before, after, third].map((one) => answer(one, request).allowed);
      if (!was && is && will) assert.ok(found.gain, `seed ${seed}: ${JSON.stringify(request)} is given back`);
      if (was && !is && will)
        assert.not.ok(found.loss, `seed ${seed}: ${JSON.stringify(request)} is restored`);
    }
    seen[found.gain ? 'gain' : found.loss ? 'loss' : 'nothing']++;
  }
  console.log(`  ${seen.gain} contain a gain, ${seen.loss} repeat a loss, ${seen.nothing} neither`);
  assert.ok(Math.min(seen.gain, seen.nothing) > WORLDS / 10);
  assert.ok(seen.loss > 0);
});

test('the change contains itself, and its revert does not', () => {
  let changes = 0;
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(4_000_000 + seed));
    const world = randomWorld(dice);
    const [kept, undone] = [world, edited(dice, world)].map((one) => compile(opened(one), 'lab')) as [
      never,
      never,
    ];
    assert.equal(contained({ kept, undone, next: kept }, calendar), {});
    const itself = contained({ kept, undone, next: undone }, calendar);
    if (itself.gain || itself.loss) changes++;
  }
  assert.ok(changes > WORLDS / 2, `${changes} of ${WORLDS} edits change something in lab`);
});

test.run();
