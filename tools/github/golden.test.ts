import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { commentOf } from './comment/comment.ts';
import { EXAMPLE_PULLS, exampleOutcome } from './testing/examples.ts';

const test = suite('github: golden comments');

/** Compares byte by byte; with ZTNA_BLESS=1 it makes what is found what is expected. */
function golden(id: string, text: string): void {
  const file = fileURLToPath(new URL(`golden/${id}.md`, import.meta.url));
  if (process.env['ZTNA_BLESS'] === '1') writeFileSync(file, text);
  assert.ok(existsSync(file), `golden/${id}.md is missing: npm run bless`);
  assert.is(text, readFileSync(file, 'utf8'), `golden/${id}.md has changed; if it should: npm run bless`);
}

for (const pull of EXAMPLE_PULLS)
  test(`${pull.id}: ${pull.about}`, () => {
    const { outcome, links } = exampleOutcome(pull);
    golden(pull.id, `${commentOf(outcome, links)}\n`);
  });

test('each has its picture in the docs', () => {
  const docs = new URL('../../docs/', import.meta.url);
  const page = readFileSync(new URL('comments.md', docs), 'utf8');
  for (const { id, about } of EXAMPLE_PULLS) {
    assert.match(page, about);
    assert.match(page, `(comments/${id}.png)`);
    assert.ok(existsSync(new URL(`comments/${id}.png`, docs)), `${id}.png is missing: npm run screenshots`);
  }
});

test.run();
