import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { table } from './cutover.ts';

const test = suite("the cutover's table");

/** What one run said. */
const run = (down: number, connector: number) => [
  { scenario: 'goodput, clean', down, up: 2 * down, directDown: 4000, directUp: 3000 },
  { scenario: 'processor, clean', agent: 1, intermediate: 2, connector },
  { scenario: 'first byte, clean', milliseconds: 1.234, directMilliseconds: 0.3 },
  { scenario: 'connections', perSecond: 250.6, directPerSecond: 2000 },
];

test('both beside each other: the middle, the least and the most', () => {
  const lines = table({
    together: [run(300, 5), run(100, 7), run(200, 6)],
    namespaces: [run(10, 1), run(30, 3), run(20, 2)],
  }).split('\n');
  assert.is(lines[0], '| | everything on one host | each component on a host |');
  assert.is(
    lines[2],
    '| transfer to the client | 200 Mbit/s (100 Mbit/s to 300 Mbit/s) | 20 Mbit/s (10 Mbit/s to 30 Mbit/s) |',
  );
  assert.ok(
    lines.includes(
      '| processor of the app connector, for a GB | 6.0 s (5.0 s to 7.0 s) | 2.0 s (1.0 s to 3.0 s) |',
    ),
  );
  assert.ok(lines.some((line) => line.startsWith('| time to first byte, without a tunnel | 0.30 ms')));
});

test('a figure that is missing is an error, not a row', () => {
  assert.throws(
    () => table({ together: [run(1, 1).slice(1)], namespaces: [] }),
    /no figure of: goodput, clean/,
  );
});

test.run();
