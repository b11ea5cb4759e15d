import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { systemClock } from './clock.ts';
import { pace } from './pace.ts';
import { virtualClock } from './testing/virtual.ts';

const test = suite('store: pace');

test("lets one second's worth through at once, and the rest at the rate", async () => {
  const clock = virtualClock();
  const writes = pace(3, clock);
  const instants: number[] = [];
  for (let call = 0; call < 9; call += 1) {
    await writes.turn();
    instants.push(Math.round(clock.now()));
  }
  assert.equal(instants, [0, 0, 0, 333, 667, 1000, 1333, 1667, 2000]);
});

test('never lets more than the rate through in any second after the first burst', async () => {
  const clock = virtualClock();
  const reads = pace(40, clock);
  const instants = await Promise.all(
    Array.from({ length: 400 }, async () => {
      await reads.turn();
      return clock.now();
    }),
  );
  for (const start of instants.filter((instant) => instant > 0)) {
    const within = instants.filter((instant) => instant >= start && instant < start + 1000 - 1e-6);
    assert.ok(within.length <= 40, `${within.length} calls in the second from ${start}`);
  }
  assert.is(Math.round(Math.max(...instants)), 9000);
});

test('gathers tokens for one second and no longer', async () => {
  const clock = virtualClock();
  const writes = pace(3, clock);
  await writes.turn();
  await clock.sleep(60_000);
  clock.slept.length = 0;
  for (let call = 0; call < 4; call += 1) await writes.turn();
  assert.equal(clock.slept.map(Math.round), [333]);
});

test('gives turns in the order of asking', async () => {
  const clock = virtualClock();
  const writes = pace(2, clock);
  const order: number[] = [];
  await Promise.all([0, 1, 2, 3, 4, 5].map((call) => writes.turn().then(() => order.push(call))));
  assert.equal(order, [0, 1, 2, 3, 4, 5]);
});

test("stops waiting when interrupted, on the machine's clock too", async () => {
  const writes = pace(0.01, systemClock);
  const stop = new AbortController();
  await writes.turn(stop.signal);
  const waiting = writes.turn(stop.signal);
  stop.abort(new Error('interrupted'));
  const error = await waiting.then(
    () => undefined,
    (reason: Error) => reason,
  );
  assert.is(error?.message, 'interrupted');
});

test.run();
