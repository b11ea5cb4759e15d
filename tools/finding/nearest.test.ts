import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { didYouMean, distance, nearest, slipOf } from './nearest.ts';

const test = suite('finding: nearest name');

test('counts insertions, deletions and replacements', () => {
  assert.is(distance('', ''), 0);
  assert.is(distance('', 'abc'), 3);
  assert.is(distance('abc', ''), 3);
  assert.is(distance('kitten', 'sitting'), 3);
  assert.is(distance('web-app', 'web-app'), 0);
});

test('two edits, or a third of the name, are near; of a short name, one', () => {
  assert.is(nearest('http', ['tcp', 'udp']), undefined);
  assert.is(nearest('tpc', ['tcpc']), 'tcpc');
  assert.is(nearest('paymnts', ['wiki', 'payments']), 'payments');
  assert.is(nearest('pay', ['wiki', 'payments']), undefined);
  assert.is(nearest('contractors-uk-north', ['contractors-eu-south']), 'contractors-eu-south');
  assert.is(nearest('web', []), undefined);
});

test('of several, the one with the fewest edits; of equals, the first', () => {
  assert.is(nearest('web-ap', ['web-api', 'web-app', 'web-ape']), 'web-api');
  assert.is(nearest('engineerin', ['engineers', 'engineering']), 'engineering');
});

test('says what to look for where nothing is near', () => {
  assert.is(didYouMean('wikj', ['wiki'], 'add it'), 'did you mean `wiki`?');
  assert.is(didYouMean('zzz', ['wiki'], 'add it'), 'add it');
});

test('a slip of one key names the one that is near, and no guess does', () => {
  assert.is(slipOf('paymnts', ['wiki', 'payments']), 'payments');
  assert.is(slipOf('intrens', ['interns', 'staff']), 'interns');
  assert.is(slipOf('contractors-uk', ['contractors-eu']), undefined);
  assert.is(slipOf('web-3', ['web-1', 'web-2']), undefined);
});

test.run();
