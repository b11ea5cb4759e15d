import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { assemble } from '../../bundle/assemble.ts';
import type { Enforcement } from '../../contract/shapes.ts';
import { companyOf, NOON } from '../../publish/testing/publisher.ts';
import { newScene } from '../testing/scene.ts';
import { repositoryOf } from '../../testing/repository.ts';

const test = suite('follow: lease');
const LEASE = 300_000;
const iso = (instant: number) => new Date(instant).toISOString();

/** The company's bundle, with its one policy under a condition. */
function bundleWhen(when: { start?: string; expires?: string }) {
  const world = companyOf(['alice@example.com']);
  world.policies![0]!.when = when;
  return assemble(repositoryOf(world), 'lab');
}

test('a file holds for its lease, and is renewed at half of it', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  const first = scene.enforcement()!;
  assert.is(Date.parse(first.notBefore), NOON);
  assert.is(Date.parse(first.notAfter), NOON + LEASE);
  scene.at += LEASE / 2 - 1;
  await follower.leaseKeeper.renew();
  assert.equal(scene.enforcement(), first);
  scene.at += 1;
  await follower.leaseKeeper.renew();
  assert.is(Date.parse(scene.enforcement()!.notAfter), NOON + LEASE / 2 + LEASE);
});

test('a file is renewed when a window opens or closes', async () => {
  for (const key of ['start', 'expires'] as const) {
    const scene = newScene();
    await scene.publish(bundleWhen({ [key]: iso(NOON + 60_000) }));
    const follower = await scene.start();
    await follower.poll();
    scene.at += 59_999;
    await follower.leaseKeeper.renew();
    assert.is(Date.parse(scene.enforcement()!.notBefore), NOON);
    scene.at += 1;
    await follower.leaseKeeper.renew();
    assert.is(Date.parse(scene.enforcement()!.notBefore), NOON + 60_000, key);
    assert.equal(scene.granted(), key === 'start' ? ['alice@example.com'] : []);
  }
});

test('an agent that stops ends all access with the lease', async () => {
  const scene = newScene();
  await scene.publish('alice');
  await (await scene.start()).poll();
  const { notAfter, intermediate } = scene.enforcement() as Required<Enforcement>;
  for (const { grants } of intermediate.classes)
    for (const grant of grants) assert.ok(Date.parse(grant.notAfter) <= Date.parse(notAfter));
});

test('a clock that is set back does not leave a file that is not valid yet', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  scene.at -= 3_600_000;
  await follower.leaseKeeper.renew();
  assert.is(Date.parse(scene.enforcement()!.notBefore), scene.at);
});

test('renewals and polls that happen at once do not mix', async () => {
  const scene = newScene();
  await scene.publish('alice');
  const follower = await scene.start();
  await follower.poll();
  for (let round = 0; round < 10; round += 1) {
    scene.at += LEASE / 2;
    await scene.publish(round % 2 ? 'alice' : 'bob');
    await Promise.all([
      follower.poll(),
      follower.leaseKeeper.renew(),
      follower.poll(),
      follower.leaseKeeper.renew(),
    ]);
    assert.equal(scene.granted(), [round % 2 ? 'alice@example.com' : 'bob@example.com']);
    assert.is(scene.enforcement()!.sequence, round + 2);
    assert.is(scene.ack()!.enforced!.sequence, round + 2);
  }
});

test.run();
