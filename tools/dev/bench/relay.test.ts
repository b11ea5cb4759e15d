import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { rows } from './relay.ts';

const test = suite("the relay's table");

const cost = (scenario: string, microseconds: number) => ({
  scenario,
  microseconds,
  perCpuSecond: 1e6 / microseconds,
});

test('aims beside what was seen, of the scenarios that were run', () => {
  const found = rows([
    cost('forwarder, 1200 B', 4.5),
    cost('one agent, 1200 B', 6),
    cost('100 agents, 1200 B', 20),
    cost('one agent beside 1,000 idle, 1200 B', 9.5),
    { scenario: 'idle', connections: 10_000, bytesEach: 31_000, core: 0.06 },
    { scenario: 'two endpoint tasks', one: 10, two: 10.5, shares: [39, 61] },
    { scenario: 'handshakes', perSecond: 120, perCpuSecond: 600 },
  ]);
  assert.equal(
    found.map(({ what, seen, held }) => [what, seen, held]),
    [
      ['one agent, 1200 B', '0.75 (6 against 4.5 µs each)', true],
      ['100 agents, 1200 B', '0.23 (20 against 4.5 µs each)', false],
      ['one agent beside 1,000 idle connections, 1200 B', '1.58 (9.5 against 6 µs each)', false],
      ['10000 idle connections', '31.0 kB', true],
      ['10000 idle connections', '6.0 %', false],
      ['two endpoint tasks on two cores, 100 agents', '39 %, 61 %', false],
      ['two endpoint tasks on two cores, 100 agents', '1.05 (10.5 against 10.0 µs each)', true],
      ['mTLS handshakes', '120 a second, 600 a CPU second', undefined],
    ],
  );
});

test('a figure that is missing is an error, not a row', () => {
  assert.throws(() => rows([{ scenario: 'idle', connections: 1 }]), /idle has no bytesEach/);
});

test.run();
