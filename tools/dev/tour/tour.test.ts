import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { lasting, pageOf, piecesOf } from './page.ts';
import { play } from './play.ts';

// slow: it plays the whole tour
const test = suite('the tour');
const page = readFileSync(fileURLToPath(new URL('../../../docs/tour.md', import.meta.url)), 'utf8');

test('a page is taken apart and put together again', () => {
  assert.is(pageOf(piecesOf(page)), page);
});

test('it goes as it is printed, every keystroke of it, from an empty folder', async () => {
  const pieces = piecesOf(page);
  assert.ok(pieces.filter((piece) => typeof piece !== 'string').length > 12);
  const played = await play(pieces);
  assert.is(lasting(pageOf(played)), lasting(page), 'where it should say this: npm run tour');
});

test.run();
