import * as assert from 'uvu/assert';
import type { Check } from '../check.ts';
import { ECHO, portOf, type ServiceId, UNGRANTED, virtualIp, WEB } from '../world/company.ts';
import { message, packet, type PacketSpec, readPacket } from '../world/packets.ts';
import type { RawClient } from '../world/raw.ts';
import type { World } from '../world/world.ts';

/** First bytes of messages. */
const [OBSERVED, REGISTER, SERVE, ACCEPTED, REFUSED, BECAUSE, ANNOUNCE, PACKET] = [
  0x01, 0x10, 0x11, 0x12, 0x13, 0x21, 0x22, 0x2f,
];

const INNER = '100.64.0.1';

/** A packet of UDP to a service, said to be for a service. */
function to(service: ServiceId, spec: Partial<PacketSpec> = {}, said: string = service): Buffer {
  const whole = { source: INNER, destination: virtualIp(service), port: portOf(service), ...spec };
  return message(PACKET, said, packet(whole));
}

const isPacket = ([first]: Buffer): boolean => first! >> 4 === 4;

/** An intermediate's answer to a registration. */
function answered(first: number, status: number, service: ServiceId): Buffer {
  return Buffer.concat([Buffer.from([first, status, service.length]), Buffer.from(service)]);
}

/** That is a payload of an answer by UDP. */
const says = (text: string) => (bytes: Buffer) =>
  isPacket(bytes) && readPacket(bytes).payload.toString() === text;

/** A hostile agent of somebody who may reach some services. */
async function hostileAgent(world: World): Promise<RawClient> {
  const agent = await world.raw({ kind: 'principal', principal: 'alice@example.com', device: new Map() });
  agent.send(message(REGISTER, 'datagrams'));
  await agent.gets('the registration is accepted', (bytes) => bytes[0] === ACCEPTED);
  return agent;
}

/** That it still is served, so that silence before was a refusal. */
async function isServed(agent: RawClient, text: string): Promise<void> {
  agent.send(to('datagrams', { payload: Buffer.from(text), sourcePort: 50_000 }));
  await agent.gets('what is allowed is still answered', says(text));
}

/** What a hostile agent tries; none of it may be answered by a backend, nor relayed. */
const TRICKS: readonly (readonly [string, () => Buffer[]])[] = [
  ['another service behind the name of one that is allowed', () => [to('secret', {}, 'datagrams')]],
  ['a service that is never allowed', () => [message(REGISTER, 'secret'), to('secret')]],
  ['a port that the service does not have', () => [to('datagrams', { port: ECHO + 1 })]],
  [
    'a port that is not granted',
    () => [message(REGISTER, 'web'), to('web', { protocol: 6, port: UNGRANTED })],
  ],
  ['TCP for a service of UDP', () => [to('datagrams', { protocol: 6 })]],
  ['UDP for a service of TCP', () => [message(REGISTER, 'echo'), to('echo')]],
  ['a first fragment', () => [to('datagrams', { fragment: 0x2000 })]],
  ['a later fragment', () => [to('datagrams', { fragment: 0x0010 })]],
  ['IP options', () => [to('datagrams', { options: Buffer.from('01010100', 'hex') })]],
  ['an address outside the tunnel', () => [to('datagrams', { destination: '10.50.0.1' })]],
  ["the backend's own address", () => [to('datagrams', { destination: '127.0.0.1' })]],
  ['a device that its certificate does not state', () => [message(REGISTER, 'device'), to('device')]],
  ['to serve a service', () => [message(SERVE, 'datagrams'), message(SERVE, 'trap')]],
  [
    'messages of an intermediate',
    () => [answered(ACCEPTED, 0, 'datagrams'), message(BECAUSE, 'datagrams'), message(ANNOUNCE, 'x')],
  ],
  ['half a packet', () => [to('datagrams').subarray(0, 30)]],
];

const TRIED: readonly Check[] = [
  ...TRICKS.map(([what, datagrams]): Check => ({
    name: `a hostile agent gets nothing by ${what}`,
    async run(world) {
      const agent = await world.rawOnce('hostile agent', () => hostileAgent(world));
      const came = await agent.comesOf(() => agent.send(...datagrams()));
      // ICMP says why not; what comes from a backend is what must not come.
      const answers = came.filter((bytes) => isPacket(bytes) && bytes[9] !== 1);
      assert.equal(
        answers.filter((bytes) => bytes[9] !== 6 || !isReset(bytes)).map((bytes) => bytes.toString('hex')),
        [],
      );
      assert.equal(
        came.filter((bytes) => bytes[0] === ACCEPTED && /secret|trap/.test(bytes.toString())),
        [],
      );
      await isServed(agent, `still served after ${what}`);
    },
  })),
  {
    name: "a hostile agent that takes another one's inner address gets its own answers, and not the other's",
    async run(world) {
      const agent = await world.rawOnce('hostile agent', () => hostileAgent(world));
      const other = await world.raw({ kind: 'principal', principal: 'bob@example.com', device: new Map() });
      other.send(message(REGISTER, 'datagrams'));
      await other.gets('the registration is accepted', (bytes) => bytes[0] === ACCEPTED);
      for (const [client, text] of [
        [agent, 'for alice'],
        [other, 'for bob'],
      ] as const)
        client.send(to('datagrams', { payload: Buffer.from(text), sourcePort: 45_000 }));
      await agent.gets('an answer', says('for alice'));
      await other.gets('an answer', says('for bob'));
      assert.not(agent.got.some(says('for bob')));
      assert.not(other.got.some(says('for alice')));
    },
  },
  {
    name: 'a hostile connector serves what its file says, and nothing else',
    async run(world) {
      const rogue = await world.rawOnce('rogue', () => rogueConnector(world));
      const came = await rogue.comesOf(() =>
        rogue.send(message(SERVE, 'echo'), message(SERVE, 'datagrams'), message(0x23, 'web')),
      );
      assert.equal(
        came.map(([first]) => first),
        [REFUSED, REFUSED, REFUSED],
      );
    },
  },
  {
    name: 'a hostile connector answers a flow, and forges nothing else to its agent',
    async run(world) {
      const rogue = await world.rawOnce('rogue', () => rogueConnector(world));
      const agent = await world.rawOnce('hostile agent', () => hostileAgent(world));
      agent.send(message(REGISTER, 'trap'));
      await agent.gets(
        'the registration is accepted',
        (bytes) => bytes[0] === ACCEPTED && bytes.includes('trap'),
      );
      agent.send(to('trap', { payload: Buffer.from('question'), sourcePort: 46_000 }));
      const asked = readPacket(await rogue.gets('the question', says('question')));
      const answer = (spec: Partial<PacketSpec>, text: string) =>
        packet({
          source: virtualIp('trap'),
          destination: asked.source,
          sourcePort: ECHO,
          port: 46_000,
          payload: Buffer.from(text),
          ...spec,
        });
      rogue.send(answer({}, 'answer'));
      await agent.gets('the answer', says('answer'));
      const came = await agent.comesOf(() =>
        rogue.send(
          answer({ port: 46_001 }, 'to another port'),
          answer({ sourcePort: WEB }, 'from another port'),
          answer({ source: virtualIp('echo') }, 'from another service'),
          answer({ protocol: 6 }, 'by TCP'),
          answer({ fragment: 0x2000 }, 'a fragment'),
          answered(ACCEPTED, 0, 'secret'),
          answered(REFUSED, 2, 'datagrams'),
          message(BECAUSE, 'datagrams', Buffer.from('\0\x02{}')),
          Buffer.from([OBSERVED, 1, 2, 3, 4, 5, 6]),
        ),
      );
      // An answer from another address may be put right, and then is from the service that was asked.
      const wrong = came.filter(
        (bytes) =>
          !isPacket(bytes) ||
          readPacket(bytes).source !== virtualIp('trap') ||
          readPacket(bytes).port !== 46_000,
      );
      assert.equal(
        wrong.map((bytes) => bytes.toString('hex')),
        [],
      );
    },
  },
  {
    name: 'a hostile connector reaches no agent that did not ask it',
    async run(world) {
      const rogue = await world.rawOnce('rogue', () => rogueConnector(world));
      const agent = await world.rawOnce('hostile agent', () => hostileAgent(world));
      const targets = [INNER, ...Array.from({ length: 40 }, (_, index) => `100.64.0.${index + 2}`)];
      const came = await agent.comesOf(() =>
        rogue.send(
          ...targets.map((destination) =>
            packet({
              source: virtualIp('trap'),
              destination,
              sourcePort: ECHO,
              port: 50_000,
              payload: Buffer.from('unasked'),
            }),
          ),
        ),
      );
      assert.equal(came.filter(says('unasked')), []);
    },
  },
];

/** It is the server that refuses, wherever it runs: that is tried where each host is one of its own. */
const PLACEMENTS = ['namespaces', 'containers'] as const;

/** That whoever has a certificate, and uses another program, gets no further by that. */
export const HOSTILE = TRIED.map((check): Check => ({ placements: PLACEMENTS, ...check }));

function isReset(bytes: Buffer): boolean {
  return ((bytes[(bytes[0]! & 0x0f) * 4 + 13] ?? 0) & 0x04) !== 0;
}

/** A connector that may serve one service, and is none of ours. */
async function rogueConnector(world: World): Promise<RawClient> {
  const rogue = await world.raw({ kind: 'connector', id: 'rogue' });
  rogue.send(message(SERVE, 'trap'));
  await rogue.gets('it may serve its own', (bytes) => bytes[0] === ACCEPTED);
  return rogue;
}
