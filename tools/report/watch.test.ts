import * as assert from 'uvu/assert';
import { DEFAULT_RATES } from '../contract/limits.ts';
import { LOOKING } from '../contract/log/budget.ts';
import { ackName } from '../contract/names.ts';
import { publish } from '../publish/publish.ts';
import { IDENTITY, newSigner, NOON, publishing, trusting } from '../publish/testing/publisher.ts';
import { metered } from '../store/meter.ts';
import { memoryStore } from '../store/testing/memory-store.ts';
import { suite } from '../testing/suite.ts';
import { watchOf } from './watch.ts';

const test = suite('report: looking again and again');

test('an index is read once, few components alone, and others have their share of the reads', async () => {
  const [store, signer] = [memoryStore(), newSigner()];
  await publish(publishing(store, signer));
  for (let index = 0; index < 1000; index += 1)
    store.values.set(ackName(IDENTITY, `connector/c-${index}`, 'i'), 'none');
  const { environment: id, ...rest } = IDENTITY;
  const watch = watchOf({
    environment: { id, ...rest },
    trusted: trusting(signer),
    now: () => NOON,
    rates: DEFAULT_RATES,
  });
  const look = async (components?: readonly string[]) => {
    const counting = metered(store);
    const found = await watch.look(counting, components);
    return { found, reads: counting.calls.reads, seconds: watch.pauseMs() / 1000 };
  };
  const canary = ['connector/c-7'];
  // Before it is known how many there are all are looked at.
  const first = await look(canary);
  assert.is(first.reads, 101 + 2 + 1);
  const second = await look();
  assert.is(second.reads, 101 + 2);
  for (const { reads, seconds } of [first, second])
    assert.ok(reads / seconds <= DEFAULT_RATES.reads * LOOKING, `${reads} reads each ${seconds} s`);
  const third = await look(canary);
  assert.equal([third.reads, third.seconds], [3, 2]);
  const seen = third.found.components.find(({ component }) => component === canary[0]);
  assert.is(seen?.instances.length, 1);
});

test.run();
