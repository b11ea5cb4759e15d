import * as assert from 'uvu/assert';
import { distance } from '../../finding/nearest.ts';
import { Dice, seeded } from '../../testing/random.ts';
import { suite } from '../../testing/suite.ts';
import { NearNames } from './names.ts';

const test = suite('check: near names');

test('one edit before the @ is always near, and any domain', () => {
  const near = new NearNames(['alice@example.com', 'bob@example.com']);
  for (const name of [
    'alic@example.com',
    'allice@example.com',
    'alise@example.com',
    'ALICE@example.org',
    'laice@x.com',
  ])
    assert.equal(near.like(name), ['alice@example.com'], name);
  assert.equal(near.like('carol@example.com'), []);
});

test('what is near is at most two edits away, and what is one away is near', () => {
  const dice = new Dice(seeded(3));
  const word = (): string =>
    Array.from({ length: 3 + dice.below(3) }, () => dice.one(['a', 'b', 'c'])).join('');
  const names = Array.from({ length: 200 }, word);
  const near = new NearNames(names);
  for (let round = 0; round < 200; round++) {
    const name = word();
    const found = new Set(near.like(name));
    for (const other of names) {
      if (distance(name, other) <= 1) assert.ok(found.has(other), `${name} ${other}`);
      if (distance(name, other) > 2) assert.not.ok(found.has(other), `${name} ${other}`);
    }
  }
});

test.run();
