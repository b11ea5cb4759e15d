import * as assert from 'uvu/assert';
import type { Expectation, ProtectedServices, Requirement } from '../contract/shapes.ts';
import { suite } from '../testing/suite.ts';
import { expectsAsMuch, isAsStrong, protectsAsMuch } from './weakening.ts';

const test = suite('what is as strong as what');

const PROTECTED: [before: ProtectedServices, now: ProtectedServices, asMuch: boolean][] = [
  [{}, {}, true],
  [{ services: ['a'] }, { services: ['a', 'b'] }, true],
  [{ services: ['a', 'b'] }, { services: ['a'] }, false],
  [{ services: ['a'] }, {}, false],
  [{ labels: { tier: 'x' } }, { labels: {} }, false],
  [{ labels: { tier: 'x' } }, {}, false],
  [{ labels: { tier: 'x', team: 'y' } }, { labels: { tier: 'x' } }, true],
  [{ labels: { tier: 'x' } }, { labels: { tier: 'x', team: 'y' } }, false],
  [{ labels: { tier: 'x' } }, { labels: { tier: 'y' } }, false],
  [{}, { labels: { tier: 'x' } }, true],
];

test('what is protected', () => {
  for (const [before, now, asMuch] of PROTECTED)
    assert.is(protectsAsMuch(before, now), asMuch, JSON.stringify([before, now]));
});

const requirement = (rest: Partial<Requirement>): Requirement => ({
  description: 'x',
  what: { services: ['a'] },
  ...rest,
});

const REQUIREMENTS: [after: Partial<Requirement>, before: Partial<Requirement>, asStrong: boolean][] = [
  [{ description: 'other words' }, {}, true],
  [{ what: { all: true } }, {}, true],
  [{}, { what: { all: true } }, false],
  [{ what: { services: ['a', 'b'] } }, {}, true],
  [{}, { what: { services: ['a', 'b'] } }, false],
  [{}, { expires: true }, false],
  [{ expires: true }, { expires: true }, true],
  [{ longestLifeDays: 9 }, { expires: true }, true],
  [{}, { ticket: true }, false],
  [{ ticket: true }, { ticket: true }, true],
  [{ longestLifeDays: 9 }, { longestLifeDays: 9 }, true],
  [{ longestLifeDays: 10 }, { longestLifeDays: 9 }, false],
  [{ expires: true }, { longestLifeDays: 9 }, false],
  [{}, { ticket: false, expires: false }, true],
];

test('what policies must state', () => {
  for (const [after, before, asStrong] of REQUIREMENTS)
    assert.is(isAsStrong(requirement(before), requirement(after)), asStrong, JSON.stringify([before, after]));
});

test('what is expected', () => {
  const one = { principal: 'ann', reaches: 'wiki', port: 443, at: '2026-06-01T12:00:00Z' } as Expectation;
  const turned = { at: '2026-06-01T12:00:00Z', port: 443, reaches: 'wiki', principal: 'ann' } as Expectation;
  assert.ok(expectsAsMuch(turned, one));
  assert.not.ok(expectsAsMuch({ ...one, port: 80 }, one));
  assert.ok(expectsAsMuch(one, { ...one, probe: true }), 'it is tried too');
  assert.not.ok(expectsAsMuch({ ...one, probe: true }, one), 'it is not tried any more');
  assert.ok(expectsAsMuch({ ...one, environments: ['live'] }, one));
  assert.not.ok(expectsAsMuch(one, { ...one, environments: ['live'] }));
  assert.ok(expectsAsMuch({ ...one, environments: ['live'] }, { ...one, environments: ['lab', 'live'] }));
  assert.not.ok(expectsAsMuch({ ...one, environments: ['lab', 'live'] }, { ...one, environments: ['lab'] }));
});

test.run();
