import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { entryName, headName } from '../contract/names.ts';
import { IDENTITY, newSigner, trusting } from '../publish/testing/publisher.ts';
import { faulty } from '../store/testing/memory-store.ts';
import { disk, type DurableFiles } from '../files/durable-file.ts';
import { freshName } from '../files/own-files.ts';
import { sentenceOf } from './events.ts';
import type { Follower } from './follower.ts';
import { startComponent } from './testing/component.ts';
import { newScene, type FollowerScene } from './testing/scene.ts';

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
const said = ({ events }: FollowerScene) => events.map(sentenceOf).join('\n');
const nobody = (scene: FollowerScene) => faulty(scene.store, () => 'before');

test('both slots hold what is in force, and one file says which is in use', async () => {
  const scene = await following();
  assert.equal(readdirSync(slots(scene)).sort(), ['slot-a.json', 'slot-b.json', 'state.json']);
  const { memory } = JSON.parse(readFileSync(join(slots(scene), 'state.json'), 'utf8'));
  assert.is(memory.slot, 'b');
  assert.is(memory.floor.sequence, 2);
  const [a, b] = ['slot-a.json', 'slot-b.json'].map((name) => readFileSync(join(slots(scene), name), 'utf8'));
  assert.is(a, b);
});

test('what a crash leaves beside the slot in use does no harm', async () => {
  const scene = await following();
  writeFileSync(join(slots(scene), 'slot-a.json'), '{"sequence":3,"env');
  for (const name of ['slot-a.json', 'slot-b.json', 'state.json'])
    writeFileSync(freshName(join(slots(scene), name)), 'half a f');
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

const damages: ((file: string) => void)[] = [
  (file) => writeFileSync(file, readFileSync(file, 'utf8').replace(/.$/, '')),
  (file) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, -100)),
  (file) => writeFileSync(file, 'null'),
  (file) => rmSync(file),
];

test('a slot that is damaged is not used: the other has the same entry, and makes it whole', async () => {
  for (const name of ['slot-a.json', 'slot-b.json'])
    for (const damage of damages) {
      const scene = await following();
      const whole = readFileSync(join(slots(scene), name), 'utf8');
      damage(join(slots(scene), name));
      const follower = await scene.start({ store: nobody(scene) });
      assert.equal(scene.granted(), ['bob@example.com'], damage.toString());
      assert.is(follower.leaseKeeper.floor!.sequence, 2);
      assert.is(readFileSync(join(slots(scene), name), 'utf8'), whole);
      if (name === 'slot-a.json') continue;
      assert.match(said(scene), /slot.b.* the other slot has the same entry, and is used/);
    }
});

test('where both slots are damaged nothing is in force, and the entry of the floor is fetched again', async () => {
  for (const damage of damages) {
    const scene = await following();
    for (const name of ['slot-a.json', 'slot-b.json']) damage(join(slots(scene), name));
    const follower = await scene.start({ store: nobody(scene) });
    assert.is(scene.enforcement(), undefined, damage.toString());
    assert.is(follower.leaseKeeper.floor!.sequence, 2);
    assert.ok(scene.events.some(({ type }) => type === 'trouble'));
    const restarted = await scene.start();
    await restarted.poll();
    assert.equal(scene.granted(), ['bob@example.com']);
  }
});

test('an old slot put in place of the newer ones is below the floor, and not used', async () => {
  const scene = newScene();
  await scene.publish('alice');
  await (await scene.start()).poll();
  const old = readFileSync(join(slots(scene), 'slot-a.json'));
  await scene.publish('bob');
  await (await scene.start()).poll();
  for (const name of ['slot-a.json', 'slot-b.json']) writeFileSync(join(slots(scene), name), old);
  await scene.start({ store: nobody(scene) });
  assert.is(scene.enforcement(), undefined);
});

test('no single bit of what is kept takes away what is in force, or its floor', async () => {
  const scene = await following();
  for (const name of ['state.json', 'slot-a.json', 'slot-b.json']) {
    const path = join(slots(scene), name);
    const whole = readFileSync(path);
    const step = Math.ceil(whole.length / 25);
    for (let at = 0; at < whole.length; at += step) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1 << (at % 8);
      writeFileSync(path, flipped);
      const follower = await scene.start({ store: nobody(scene) });
      const { floor } = follower.leaseKeeper;
      assert.equal([scene.granted(), floor?.sequence], [['bob@example.com'], 2], `${name}, byte ${at}`);
    }
  }
});

test('a slot signed by a key that is no longer trusted is not used', async () => {
  const scene = await following();
  await scene.start({ store: nobody(scene), trusted: trusting(newSigner()) });
  assert.is(scene.enforcement(), undefined);
});

test('a state file that is damaged is said, and the newest slot that verifies is in force, and its floor', async () => {
  for (const text of ['', '{', 'null', '[]', '{"memory":{}}', '{"memory":{"slot":"c"}}']) {
    const scene = await following();
    const path = join(slots(scene), 'state.json');
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, text);
    const follower = await scene.start({ store: nobody(scene) });
    assert.equal(scene.granted(), ['bob@example.com'], text);
    assert.is(follower.leaseKeeper.floor!.sequence, 2);
    assert.match(said(scene), /state\.json is unreadable; slot a in .* has entry 2, and is used/);
    assert.is(
      JSON.parse(readFileSync(path, 'utf8')).memory.floor.entry,
      JSON.parse(whole).memory.floor.entry,
    );
  }
});

test('what was staged only, and what the component refuses, is not taken for last known good', async () => {
  const scene = newScene();
  const component = await startComponent(scene.file);
  component.judge = (text) => (text.includes('carol') ? 'no carol' : undefined);
  const rest = { appliedUrl: component.url, patienceMs: 50 };
  await scene.publish('bob');
  const follower = await scene.start(rest);
  await follower.poll();
  await scene.publish('carol');
  follower.leaseKeeper.options.slots.remember = async () => {
    throw new Error('the machine stops here');
  };
  await follower.poll();
  assert.match(readFileSync(join(slots(scene), 'slot-b.json'), 'utf8'), /carol/);
  writeFileSync(join(slots(scene), 'state.json'), '{');
  const restarted = await scene.start({ ...rest, store: nobody(scene) });
  assert.equal([scene.granted(), restarted.leaseKeeper.floor!.sequence], [['bob@example.com'], 1]);
  assert.is(restarted.leaseKeeper.refused!.position.sequence, 2);
  await component.close();
});

/** A disk of which these files cannot be read, as long as it is broken. */
function brokenDisk(names: RegExp) {
  const state = { broken: true };
  const files: DurableFiles = {
    ...disk,
    async read(path) {
      if (state.broken && names.test(path)) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      return disk.read(path);
    },
  };
  return { state, files };
}

test('a file that cannot be read is not one that does not exist', async () => {
  for (const names of [/state\.json/, /slot-a/, /slot-b/]) {
    const scene = await following();
    const { files } = brokenDisk(names);
    const follower = await scene.start({ files, store: nobody(scene) });
    const { floor } = follower.leaseKeeper;
    assert.equal([scene.granted(), floor?.sequence], [['bob@example.com'], 2], String(names));
  }
});

test('where nothing can be read at the start, the floor is not forgotten: it keeps trying, and takes nothing', async () => {
  const scene = await following();
  // The store is an old copy too, which would be taken where the floor is forgotten.
  scene.store.values.delete(entryName(IDENTITY, 2));
  scene.store.values.set(headName(IDENTITY), '1');
  const { files, state } = brokenDisk(/./);
  let follower: Follower | undefined;
  const failed = await scene.start({ files, made: (one) => (follower = one) }).then(
    () => 'it starts',
    (error: Error) => error.message,
  );
  assert.match(failed, /EIO/);
  assert.ok(follower);
  await follower.poll();
  await follower.poll();
  assert.equal(scene.granted(), ['bob@example.com']);
  assert.match(said(scene), /cannot start, and keeps trying: EIO/);
  state.broken = false;
  await follower.poll();
  assert.equal([scene.granted(), follower.leaseKeeper.floor!.sequence], [['bob@example.com'], 2]);
});

test('a store that lost the entry in force is reported, and the report ends when it is back', async () => {
  const scene = await following();
  const follower = await scene.start();
  await follower.poll();
  const whole = new Map(scene.store.values);
  scene.store.values.delete(entryName(IDENTITY, 2));
  scene.store.values.set(headName(IDENTITY), '1');
  await follower.poll();
  assert.is(scene.ack()!.reason, undefined, 'once may be a late read');
  await follower.poll();
  assert.match(scene.ack()!.reason!, /does not have entry 2.*lost or an old copy; begin again with epoch 2/);
  assert.equal([scene.granted(), scene.ack()!.enforced!.sequence], [['bob@example.com'], 2]);
  for (const [name, value] of whole) if (!name.includes('/ack/')) scene.store.values.set(name, value);
  await follower.poll();
  assert.is(scene.ack()!.reason, undefined);
});

test('an old copy of the store is reported at the first look, where the entry was there long before', async () => {
  const scene = await following();
  scene.store.values.delete(entryName(IDENTITY, 2));
  scene.store.values.set(headName(IDENTITY), '1');
  scene.at += 61_000;
  await (await scene.start()).poll();
  assert.match(scene.ack()!.reason!, /does not have entry 2.*lost or an old copy/);
});

test.run();
