import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { presenceOf, renewalSeconds } from './liveness.ts';

const test = suite('contract: who is live');
const NOON = Date.parse('2026-06-01T12:00:00Z');
/** When an instance was heard of that has been silent for so many seconds. */
const at = (seconds: number): number => NOON - seconds * 1000;

test('a renewal is at most 15 minutes at 300 components, and renewals of all are a ninth of the writes', () => {
  assert.equal(
    [1, 100, 200, 300].map((components) => renewalSeconds(components)),
    [300, 300, 600, 900],
  );
  assert.is(renewalSeconds(10_000), 3600);
  for (const components of [100, 300, 1000])
    assert.ok(components / renewalSeconds(components) <= 3 / 9, String(components));
});

test('gone is three missed renewals, by the promise of the ack itself', () => {
  const presence = (silence: number, renewSeconds: number) =>
    presenceOf({ state: 'enforcing', renewSeconds }, at(silence), NOON);
  assert.equal([presence(900, 300), presence(901, 300)], ['live', 'gone']);
  assert.equal([presence(901, 900), presence(2700, 900), presence(2701, 900)], ['live', 'live', 'gone']);
  // A store that says no time, read by a person whose clock is behind.
  assert.is(presence(-86_400, 300), 'live');
});

test('an ack without a promise is given 15 minutes, and who has stopped is neither live nor gone', () => {
  assert.is(presenceOf({ state: 'enforcing' }, at(2700), NOON), 'live');
  assert.is(presenceOf({ state: 'enforcing' }, at(2701), NOON), 'gone');
  for (const silence of [1, 100_000])
    assert.is(presenceOf({ state: 'stopped' }, at(silence), NOON), 'stopped');
});

test.run();
