import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { newSigner, trusting } from '../publish/testing/publisher.ts';
import { disk, type DurableFiles } from './durable-file.ts';
import { newScene, type FollowerScene } from './testing/scene.ts';
import { faulty } from '../store/testing/memory-store.ts';

const test = suite('follow: slots');

/** A scene whose follower enforces entry 2, after 1. */
async function following(): Promise<FollowerScene> {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  await scene.publish('bob');
  await follower.poll();
  return scene;
}

const slots = (scene: FollowerScene) => join(scene.folder, 'slots');
const nobody = (scene: FollowerScene) => faulty(scene.store, () => 'before');

test('the two slots hold the last two contents, and one file says which is in use', async () => {
  const scene = await following();
  assert.equal(readdirSync(slots(scene)).sort(), ['slot-a.json', 'slot-b.json', 'state.json']);
  const { memory } = JSON.parse(readFileSync(join(slots(scene), 'state.json'), 'utf8'));
  assert.is(memory.slot, 'b');
  assert.is(memory.floor.sequence, 2);
});

test('what a crash leaves beside the slot in use does no harm', async () => {
  const scene = await following();
  writeFileSync(join(slots(scene), 'slot-a.json'), '{"sequence":3,"env');
  for (const name of ['slot-a.json', 'slot-b.json', 'state.json'])
    writeFileSync(join(slots(scene), `.${name}.new`), 'half a f');
  await scene.start({ store: nobody(scene) });
  assert.equal(scene.granted(), ['bob@example.com']);
});

test('content that was staged and not switched to is not in force after a restart', async () => {
  const scene = await following();
  await scene.publish('carol');
  const follower = await scene.start();
  follower.leaseKeeper.options.slots.switchTo = async () => {
    throw new Error('the machine stops here');
  };
  await follower.poll();
  assert.match(readFileSync(join(slots(scene), 'slot-a.json'), 'utf8'), /carol/);
  const restarted = await scene.start({ store: nobody(scene) });
  assert.equal(scene.granted(), ['bob@example.com']);
  assert.is(restarted.leaseKeeper.floor!.sequence, 2);
});

test('a disk that cannot be written leaves what is in force, and the ack says so', async () => {
  const scene = await following();
  await scene.publish('carol');
  const follower = await scene.start();
  follower.leaseKeeper.options.slots.stage = async () => {
    throw new Error('ENOSPC: no space left on device');
  };
  await follower.poll();
  await follower.leaseKeeper.renew();
  assert.equal(scene.granted(), ['bob@example.com']);
  const { state, enforced, waiting, refused } = scene.ack()!;
  assert.equal(
    [state, enforced!.sequence, waiting!.position!.sequence, refused],
    ['waiting', 2, 3, undefined],
  );
  assert.match(waiting!.reason, /cannot be written here.*ENOSPC/);
});

test('a lease that cannot be renewed for want of room is waited for, and is in force while it lasts', async () => {
  const scene = await following();
  let full = false;
  const files: DurableFiles = {
    ...disk,
    async write(path, text) {
      if (full) throw new Error('ENOSPC: no space left on device');
      return disk.write(path, text);
    },
  };
  const follower = await scene.start({ files });
  await follower.poll();
  full = true;
  scene.at += 160_000;
  await follower.leaseKeeper.renew();
  await follower.report();
  assert.equal([scene.ack()!.state, scene.ack()!.enforced!.sequence], ['waiting', 2]);
  assert.match(scene.ack()!.waiting!.reason, /ENOSPC/);
  full = false;
  scene.at += 10_000;
  await follower.leaseKeeper.renew();
  await follower.report();
  assert.is(scene.ack()!.state, 'enforcing');
});

test('a slot that was changed on disk is not used, and its entry is fetched again', async () => {
  const slot = (scene: FollowerScene) => join(slots(scene), 'slot-b.json');
  const damages: ((scene: FollowerScene) => void)[] = [
    (scene) => writeFileSync(slot(scene), readFileSync(slot(scene), 'utf8').replace('bob', 'eve')),
    (scene) => writeFileSync(slot(scene), readFileSync(slot(scene), 'utf8').slice(0, -100)),
    (scene) => writeFileSync(slot(scene), 'null'),
    (scene) => writeFileSync(slot(scene), readFileSync(join(slots(scene), 'slot-a.json'))),
    (scene) => rmSync(slot(scene)),
  ];
  for (const damage of damages) {
    const scene = await following();
    damage(scene);
    const follower = await scene.start({ store: nobody(scene) });
    assert.is(scene.enforcement(), undefined, damage.toString());
    assert.is(follower.leaseKeeper.floor!.sequence, 2);
    assert.ok(scene.events.some(({ type }) => type === 'trouble'));
    const restarted = await scene.start();
    await restarted.poll();
    assert.equal(scene.granted(), ['bob@example.com']);
  }
});

test('a slot signed by a key that is no longer trusted is not used', async () => {
  const scene = await following();
  await scene.start({ store: nobody(scene), trusted: trusting(newSigner()) });
  assert.is(scene.enforcement(), undefined);
});

test('a state file that cannot be read is as none, and is said', async () => {
  for (const text of ['', '{', 'null', '[]', '{"memory":{}}', '{"memory":{"slot":"c"}}']) {
    const scene = await following();
    writeFileSync(join(slots(scene), 'state.json'), text);
    const follower = await scene.start();
    assert.is(scene.enforcement(), undefined);
    await follower.poll();
    assert.equal(scene.granted(), ['bob@example.com'], text);
  }
});

test.run();
