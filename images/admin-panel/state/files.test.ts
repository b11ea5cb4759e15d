import { setImmediate } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { checkLoad } from '../../../tools/check/check-load.ts';
import { RULES } from '../../../tools/check/rules.ts';
import { loadWorkingTree } from '../../../tools/load/load.ts';
import { MINIATURE } from '../../../tools/testing/miniature.ts';
import { suite } from '../../../tools/testing/suite.ts';
import { keepingValid } from './files.ts';

const test = suite('admin panel: files');

test('pages are answered while newer files are checked, rule by rule', async () => {
  const loaded = await loadWorkingTree(MINIATURE);
  const at = Date.parse('2026-06-01T12:00:00Z');
  let isOver = false;
  let turns = 0;
  const others = (async () => {
    for (; !isOver; turns++) await setImmediate();
  })();
  const files = await keepingValid(() => at).judged(loaded, 'a'.repeat(40), async () => undefined);
  isOver = true;
  await others;
  assert.ok(turns >= RULES.length - 1, `others had ${turns} turns, of ${RULES.length} rules`);
  assert.equal([files.shown, files.errors], ['newest', []]);
});

test('what rules find one after the other is what they find together', async () => {
  const loaded = await loadWorkingTree(MINIATURE);
  const at = Date.parse('2026-06-01T12:00:00Z');
  const revoked = { ...loaded.repository, groups: new Map([...loaded.repository.groups].slice(1)) };
  const broken = { ...loaded, repository: revoked };
  const errors = checkLoad(broken, at).findings.filter(({ severity }) => severity === 'error');
  assert.ok(errors.length > 0);
  const { errors: found } = await keepingValid(() => at).judged(broken, 'a'.repeat(40), async () => loaded);
  assert.equal(found, errors);
});

test.run();
