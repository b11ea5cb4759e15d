import * as assert from 'uvu/assert';
import { loadValid } from '../../../tools/load/load.ts';
import { suite } from '../../../tools/testing/suite.ts';
import { MINIATURE } from '../../../tools/testing/miniature.ts';
import { accessOf, prepareMore } from './indexes.ts';
import type { EnvironmentView } from './view.ts';

const test = suite('admin panel: what is worked out ahead');

test('nobody who asks for a page waits for what the next minutes are worked out anew', async () => {
  const { repository } = await loadValid(MINIATURE);
  const environment = repository.environments.get('live')!.value;
  const at = (minutes: number): EnvironmentView =>
    ({
      repository,
      environment,
      now: Date.parse('2026-06-01T12:00:00Z') + minutes * 60_000,
    }) as EnvironmentView;
  const first = accessOf(at(0));
  while (prepareMore(at(0)));
  assert.is(accessOf(at(4.9)), first);
  // Nothing was prepared for the next ones yet.
  assert.is(accessOf(at(5.1)), first);
  assert.ok(prepareMore(at(5.1)));
  assert.is(accessOf(at(5.1)), first);
  while (prepareMore(at(5.1)));
  const next = accessOf(at(5.1));
  assert.is.not(next, first);
  assert.is(next.at, Date.parse('2026-06-01T12:05:00Z'));
  // What is older than that is no longer the present.
  assert.is(accessOf(at(16)).at, Date.parse('2026-06-01T12:15:00Z'));
});

test.run();
