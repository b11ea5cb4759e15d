import * as assert from 'uvu/assert';
import { Dice, seeded } from '../../testing/random.ts';
import { suite } from '../../testing/suite.ts';
import { overlaps, type OwnedStretch } from './overlaps.ts';

const test = suite('check: overlaps');

/** Stretches by their places in the list. */
function stretches(...list: [begin: number, end: number, owner: string][]): OwnedStretch<number>[] {
  return list.map(([begin, end, owner], of) => ({ begin, end, owner, of }));
}

test('what touches does not overlap, and one owner is never told against itself', () => {
  assert.equal(overlaps(stretches([0, 5, 'a'], [5, 9, 'b'])), []);
  assert.equal(overlaps(stretches([0, 6, 'a'], [5, 9, 'b'])), [[1, 0]]);
  assert.equal(overlaps(stretches([0, 6, 'a'], [5, 9, 'a'])), []);
});

test('a pair names the later in the list first, wherever it lies', () => {
  assert.equal(overlaps(stretches([5, 9, 'a'], [0, 6, 'b'])), [[1, 0]]);
});

test('behind a long stretch of its own, another owner is still seen', () => {
  assert.equal(overlaps(stretches([0, 50, 'a'], [10, 90, 'b'], [40, 60, 'b'])), [
    [1, 0],
    [2, 0],
  ]);
});

test('every stretch that overlaps one that begins before it is told, and every pair overlaps', () => {
  for (let seed = 0; seed < 2000; seed++) {
    const dice = new Dice(seeded(seed));
    const list = stretches(
      ...Array.from({ length: 1 + dice.below(8) }, (): [number, number, string] => {
        const begin = dice.below(20);
        return [begin, begin + 1 + dice.below(8), dice.one(['a', 'b', 'c'])];
      }),
    );
    const meet = (a: OwnedStretch<number>, b: OwnedStretch<number>): boolean =>
      a.owner !== b.owner && a.begin < b.end && b.begin < a.end;
    const found = overlaps(list);
    for (const [later, earlier] of found) {
      assert.ok(later > earlier && meet(list[later]!, list[earlier]!), `seed ${seed}`);
    }
    const told = new Set(found.flat());
    const isBefore = (a: OwnedStretch<number>, b: OwnedStretch<number>): boolean =>
      a.begin < b.begin || (a.begin === b.begin && a.of < b.of);
    const wanted = list.filter((one) => list.some((other) => isBefore(other, one) && meet(one, other)));
    for (const { of } of wanted) assert.ok(told.has(of), `seed ${seed}`);
    assert.is(found.length, wanted.length, `seed ${seed}`);
  }
});

test.run();
