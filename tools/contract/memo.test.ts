import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { kept } from './memo.ts';

const test = suite('contract: what is made once');

test('the same text is made once, whatever comes of it, and no more than so many are kept', () => {
  const asked: string[] = [];
  const length = kept((text) => (asked.push(text), text === '' ? undefined : text.length), 2);
  assert.equal(['', 'a', '', 'a'].map(length), [undefined, 1, undefined, 1]);
  assert.equal(asked, ['', 'a']);
  assert.equal(['bb', 'a', 'bb'].map(length), [2, 1, 2]);
  assert.equal(asked, ['', 'a', 'bb', 'a']);
});

test.run();
