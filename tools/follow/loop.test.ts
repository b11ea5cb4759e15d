import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { IDENTITY, trusting } from '../publish/testing/publisher.ts';
import { newScene, type FollowerScene } from './testing/scene.ts';
import { startFollower } from './loop.ts';

const test = suite('follow: loop');

/** Starts a follower on the real clock. */
function start(scene: FollowerScene, store = scene.store) {
  return startFollower({
    identity: IDENTITY,
    trusted: trusting(scene.signer),
    component: 'intermediate/one',
    instance: 'test',
    store,
    folder: `${scene.folder}/slots`,
    out: `${scene.folder}/out`,
    pollMs: 10,
    ackSpreadMs: 0,
    onEvent: (event) => scene.events.push(event),
  });
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('it did not come to that in five seconds');
    await sleep(5);
  }
}

test('a follower takes what is published while it runs, and stops when told to', async () => {
  const scene = newScene();
  scene.at = Date.now();
  await scene.publish('alice');
  const running = start(scene);
  await until(() => scene.granted().join() === 'alice@example.com');
  await scene.publish('bob');
  await until(() => scene.granted().join() === 'bob@example.com' && scene.ack()?.enforced?.sequence === 2);
  await running.stop();
  await scene.publish('carol');
  await sleep(50);
  assert.equal(scene.granted(), ['bob@example.com']);
  const again = start(scene);
  await until(() => scene.granted().join() === 'carol@example.com');
  await again.stop();
});

test('a store that never answers keeps no lease from being renewed', async () => {
  const scene = newScene();
  scene.at = Date.now();
  await scene.publish('alice');
  const first = start(scene);
  await until(() => scene.granted().length === 1);
  await first.stop();
  const hanging = { ...scene.store, get: () => new Promise<never>(() => {}) };
  const running = start(scene, hanging);
  const { leaseKeeper } = running.follower;
  await until(() => leaseKeeper.state().enforced !== undefined);
  const before = scene.enforcement()!.notBefore;
  leaseKeeper.options.now = () => Date.now() + 200_000;
  await until(() => scene.enforcement()!.notBefore > before);
  // Its poll never ends, so neither does it; the process does not wait for it.
  void running.stop();
});

test.run();
