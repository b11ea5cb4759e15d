import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { rows } from './tunnel.ts';

const test = suite("the tunnel's table");

test('aims beside what was seen, and beside a direct connection where there was one', () => {
  const found = rows([
    { scenario: 'where', placement: 'processes', congestion: 'cubic', load: 1 },
    { scenario: 'goodput, clean', down: 210.4, up: 180, directDown: 4000, directUp: 3000 },
    { scenario: 'goodput, far', down: 50, up: 49.9 },
    { scenario: 'goodput, lossy', down: 4.96, up: 5, directDown: 2.2, directUp: 3.1 },
    { scenario: 'first byte, far', milliseconds: 61.23, directMilliseconds: 60.4 },
    { scenario: 'connections', perSecond: 250.6, directPerSecond: 2000 },
    { scenario: 'fairness', alone: 60, beside: 47, slow: 4.24 },
    { scenario: 'memory, 1000', connections: 1000, resident: 300 * 2 ** 20 },
    { scenario: 'memory, 10000', connections: 10_000, resident: 1025 * 2 ** 20 },
  ]);
  assert.equal(
    found.map(({ what, seen, held }) => [what, seen, held]),
    [
      ['goodput nothing between, to the client', '210 Mbit/s (direct 4000 Mbit/s)', undefined],
      ['goodput nothing between, to the backend', '180 Mbit/s (direct 3000 Mbit/s)', undefined],
      ['goodput at 30 ms, to the client', '50 Mbit/s', true],
      ['goodput at 30 ms, to the backend', '50 Mbit/s', false],
      ['goodput at 30 ms with 1 % lost, to the client', '5.0 Mbit/s (direct 2.2 Mbit/s)', false],
      ['goodput at 30 ms with 1 % lost, to the backend', '5.0 Mbit/s (direct 3.1 Mbit/s)', true],
      ['time to first byte at 30 ms', '61.2 ms (direct 60.4 ms)', undefined],
      ['connections a second, 200 bytes there and back', '251 (direct 2000)', undefined],
      [
        'goodput at 30 ms, to one client beside 20 flows to another on a link of 5 Mbit/s',
        '78 % (47 of 60 Mbit/s; they have 4.2)',
        false,
      ],
      ['memory of the app connector, 1000 connections', '300 MiB', undefined],
      ['memory of the app connector, 10000 connections', '1025 MiB', false],
    ],
  );
});

test('a figure that is missing is an error, not a row', () => {
  assert.throws(() => rows([{ scenario: 'goodput, far', down: 60 }]), /goodput, far has no up/);
});

test.run();
