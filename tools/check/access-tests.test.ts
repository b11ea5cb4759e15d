import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { line } from '../finding/finding.ts';
import { service, type ExampleRepository } from './testing/base.ts';
import { changed, findingsOf, loadWorld } from './testing/run.ts';

const test = suite('check: access tests');

/** What access tests find in the base, changed. */
function found(change: (world: ExampleRepository) => void): string[] {
  return findingsOf(loadWorld(changed(change)))
    .filter(({ rule }) => rule === 'access-tests')
    .map(line);
}

const AT = '2026-06-01T12:00:00Z';

test('what a test wants of a service that no connector registers cannot be', () => {
  const lines = found((world) => {
    world.services.push(service('desk', 4, [443]));
    world.tests[0]!.expect = [{ principal: 'ann@example.com', reaches: 'desk', port: 443, at: AT }];
  });
  assert.is(lines.length, 1);
  assert.match(
    lines[0]!,
    /^policies\/tests\/payments\.yaml:\d+:\d+ access-tests no connector registers `desk` in any environment; register it, or remove the expectation$/,
  );
});

test('more policies than a few are counted', () => {
  const [only] = found((world) => {
    for (const number of [1, 2, 3, 4, 5, 6])
      world.policies.push({ ...world.policies[0]!, id: `wiki-${number}` });
    world.environments.pop();
    world.tests[0]!.expect = [{ principal: 'ann@example.com', denied: 'wiki', port: 443, at: AT }];
  });
  assert.match(
    only!,
    /found allow by `staff-wiki` policies\/access\/staff-wiki\.yaml:5, `wiki-1` .*`wiki-4` \S+, 2 more;/,
  );
});

test('one expectation is asked in each environment, or in those that it names', () => {
  const wrong = { principal: 'ann@example.com', denied: 'wiki', port: 443, at: AT };
  assert.is(found((world) => void (world.tests[0]!.expect = [wrong])).length, 2);
  assert.is(
    found((world) => void (world.tests[0]!.expect = [{ ...wrong, environments: ['lab'] }])).length,
    1,
  );
});

test.run();
