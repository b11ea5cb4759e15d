import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { digestOf } from '../contract/log/canonical.ts';
import { verdictOf } from '../deliver/verdict.ts';
import { IDENTITY, trusting } from '../publish/testing/publisher.ts';
import { convergenceOf } from '../report/observe.ts';
import { startComponent, type TestComponent } from './testing/component.ts';
import { newScene } from './testing/scene.ts';
import { httpProbe } from './component-probe.ts';

const test = suite('follow: component');

/** A scene with a component that enforces entry 1. */
async function enforcing(judge?: TestComponent['judge']) {
  const scene = newScene();
  const component = await startComponent(scene.file);
  if (judge) component.judge = judge;
  await scene.publish('alice');
  const follower = await scene.start({ appliedUrl: component.url, patienceMs: 150 });
  await follower.poll();
  return { scene, component, follower };
}

const refusing = (name: string) => (text: string) =>
  text.includes(name) ? `I do not like ${name}` : undefined;

function inForce({ inForce }: TestComponent, name: string): boolean {
  return inForce?.includes(name) ?? false;
}

test('an entry is acknowledged when the component says that it enforces it', async () => {
  const { scene, component } = await enforcing();
  assert.is(scene.ack()!.state, 'enforcing');
  assert.is(scene.ack()!.verifiedBy, 'component');
  assert.ok(inForce(component, 'alice'));
  await component.close();
});

test('when the component refuses, the file is put back and the ack says why', async () => {
  const { scene, component, follower } = await enforcing(refusing('bob'));
  await scene.publish('bob');
  await follower.poll();
  assert.equal(scene.granted(), ['alice@example.com']);
  assert.ok(inForce(component, 'alice'));
  const ack = scene.ack()!;
  assert.is(ack.state, 'refused');
  assert.is(ack.reason, 'I do not like bob');
  assert.equal([ack.enforced!.sequence, ack.refused!.sequence], [1, 2]);
  await component.close();
});

test('what was refused never becomes last known good, also over a restart', async () => {
  const { scene, component, follower } = await enforcing(refusing('bob'));
  await scene.publish('bob');
  await follower.poll();
  const restarted = await scene.start({ appliedUrl: component.url, patienceMs: 150 });
  assert.equal(scene.granted(), ['alice@example.com']);
  component.judge = () => undefined;
  await restarted.poll();
  assert.equal(scene.granted(), ['alice@example.com']);
  assert.is(scene.ack()!.state, 'refused');
  assert.not(component.seen.some((text) => text.includes('bob')));
  await component.close();
});

test('the same entry is tried again when the component has changed, and not before', async () => {
  const { scene, component, follower } = await enforcing(refusing('bob'));
  await scene.publish('bob');
  await follower.poll();
  component.judge = () => undefined;
  for (let polls = 0; polls < 3; polls += 1) await follower.poll();
  assert.ok(inForce(component, 'alice'));
  component.restart();
  await follower.poll();
  assert.ok(inForce(component, 'bob'));
  assert.is(scene.ack()!.state, 'enforcing');
  assert.is(scene.ack()!.enforced!.sequence, 2);
  await component.close();
});

test('the entry after a refused one is taken', async () => {
  const { scene, component, follower } = await enforcing(refusing('bob'));
  await scene.publish('bob');
  await follower.poll();
  await scene.publish('carol');
  await follower.poll();
  assert.ok(inForce(component, 'carol'));
  assert.is(scene.ack()!.state, 'enforcing');
  assert.is(scene.ack()!.refused, undefined);
  await component.close();
});

test('a first entry that is refused leaves no file', async () => {
  const { scene, component } = await enforcing(refusing('alice'));
  assert.is(scene.enforcement(), undefined);
  assert.is(scene.ack()!.state, 'denying');
  assert.is(scene.ack()!.refused!.sequence, 1);
  await component.close();
});

test('a component that does not take up the next file keeps the one before, and the next is tried again', async () => {
  const scene = newScene();
  const component = await startComponent(scene.file);
  await scene.publish('alice');
  const follower = await scene.start({ appliedUrl: component.url, patienceMs: 150 });
  await follower.poll();
  component.silent = true;
  await scene.publish('bob');
  await follower.poll();
  assert.equal(scene.granted(), ['alice@example.com']);
  const { state, waiting, refused } = scene.ack()!;
  assert.equal([state, waiting!.position!.sequence, refused], ['waiting', 2, undefined]);
  assert.match(waiting!.reason, /does not answer/);
  component.silent = false;
  await follower.poll();
  assert.ok(inForce(component, 'bob'));
  assert.is(scene.ack()!.state, 'enforcing');
  await component.close();
});

test('a component that stops answering is reported as enforcing until its lease ends', async () => {
  const scene = newScene();
  const component = await startComponent(scene.file);
  await scene.publish('alice');
  const follower = await scene.start({ appliedUrl: component.url, patienceMs: 150 });
  await follower.poll();
  component.silent = true;
  scene.at += 150_000;
  await follower.leaseKeeper.renew();
  assert.is(follower.ack().state, 'waiting');
  assert.is(follower.ack().enforced!.sequence, 1);
  scene.at += 150_000;
  await follower.leaseKeeper.renew();
  assert.is(follower.ack().state, 'denying');
  component.silent = false;
  scene.at += 2000;
  await follower.leaseKeeper.renew();
  assert.is(follower.ack().state, 'enforcing');
  await component.close();
});

test('a component that changes its mind about what is in force has refused it, at once and when its lease has ended', async () => {
  const { scene, component, follower } = await enforcing();
  component.judge = refusing('alice');
  component.restart();
  scene.at += 160_000;
  await follower.leaseKeeper.renew();
  await follower.report();
  const early = scene.ack()!;
  assert.equal(
    [early.state, early.enforced!.sequence, early.refused!.sequence, early.waiting],
    ['refused', 1, 1, undefined],
  );
  assert.is(early.reason, 'I do not like alice');
  const trusted = trusting(scene.signer);
  const environment = {
    id: 'lab',
    account: IDENTITY.account,
    region: IDENTITY.region,
    epoch: IDENTITY.epoch,
  };
  const found = await convergenceOf(scene.store, environment, trusted, scene.at);
  const one = found.components.find(({ component: id }) => id === 'intermediate/one')!;
  assert.equal([one.state, one.instances[0]!.sequence, one.instances[0]!.refused], ['refused', 1, 1]);
  const verdict = verdictOf(found, 1, ['intermediate/one']);
  assert.equal(verdict, { state: 'refused', component: 'intermediate/one', reason: 'I do not like alice' });
  scene.at += 150_000;
  await follower.leaseKeeper.renew();
  await follower.report();
  const late = scene.ack()!;
  assert.equal(
    [late.state, late.enforced, late.refused!.sequence, late.waiting],
    ['denying', undefined, 1, undefined],
  );
  await component.close();
});

test('an answer of 503 is no refusal: the next one counts', async () => {
  const { scene, component, follower } = await enforcing();
  component.status = 503;
  await scene.publish('bob');
  await follower.poll();
  const { state, enforced, waiting, refused } = scene.ack()!;
  assert.equal(
    [state, enforced!.sequence, waiting!.position!.sequence, refused],
    ['waiting', 1, 2, undefined],
  );
  assert.match(waiting!.reason, /answers 503/);
  assert.ok(scene.events.some(({ type }) => type === 'waiting'));
  assert.not(scene.events.some(({ type }) => type === 'refused'));
  component.status = 200;
  await follower.poll();
  assert.equal([scene.ack()!.state, scene.ack()!.enforced!.sequence], ['enforcing', 2]);
  await component.close();
});

test('figures go into an ack that is written anyway, and cause none', async () => {
  const { scene, component, follower } = await enforcing();
  assert.is(scene.ack()!.figures, undefined);
  const figures = { connections: 3, bytes: 12, certificateNotAfter: '2026-12-31T00:00:00Z' };
  component.figures = figures;
  const before = scene.ack();
  await follower.poll();
  assert.equal(scene.ack(), before);
  scene.at += 300_000;
  await follower.leaseKeeper.renew();
  await follower.poll();
  assert.equal(scene.ack()!.figures, figures);
  component.figures = { connections: -1 };
  await scene.publish('bob');
  await follower.poll();
  assert.equal([scene.ack()!.enforced!.sequence, scene.ack()!.figures], [2, undefined]);
  await component.close();
});

test('answers that are not what /applied answers are no confirmation', async () => {
  const digest = digestOf('x');
  const answers = ['', 'null', '{', `{"digest":"${digest}"}`, `{"run":"1","digest":"${digest}","more":1}`];
  answers.push(`{"run":"1","digest":"${digest}"}`.padEnd(20_000));
  for (const [status, answer] of [
    ...answers.map((text) => [200, text] as const),
    [503, `{"run":"1","digest":"${digest}"}`] as const,
  ]) {
    const server = createServer((_, response) => response.writeHead(status).end(answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const verdict = await httpProbe(`http://127.0.0.1:${port}/applied`).confirm(digest, 0);
    assert.is(verdict.state, 'waiting', answer.slice(0, 100));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test.run();
