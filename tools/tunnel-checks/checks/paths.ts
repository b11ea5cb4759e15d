import * as assert from 'uvu/assert';
import { payloadDigest } from '../../../images/test-backend/payload.ts';
import type { Check } from '../check.ts';
import { addressOf } from '../placements/placement.ts';
import { BACKENDS, ECHO, LONG_ID, PEOPLE, type Member, virtualIp } from '../world/company.ts';
import type { World } from '../world/world.ts';
import { pause } from '../world/patience.ts';
import { freshName, programOn, urlOf } from './ways.ts';

/** Sizes of messages that are around what one packet carries, and far beyond. */
const MESSAGES = [0, 1, 125, 126, 1159, 1300, 65_535, 65_536, 300_000];

/** A payload of UDP that no tunnel over packets of 1,350 bytes carries. */
const ABOVE = 1350;

/** That packets reach backends and come back, as they were sent. */
export const PATHS: readonly Check[] = [
  {
    name: 'a ping is answered',
    placements: ['namespaces', 'containers'],
    needs: ['ping'],
    async run(world) {
      const alice = await world.person('alice');
      await alice.up();
      const words = ['-c', '3', '-i', '0.2', '-W', '3', virtualIp('echo')];
      await programOn(alice.spec.host, ['ping', ...words]);
    },
  },
  {
    name: 'an agent has no way to a backend but the tunnel',
    placements: ['namespaces', 'containers'],
    async run(world) {
      const alice = await world.person('alice');
      await alice.up();
      for (const name of BACKENDS) {
        const host = addressOf(await world.placement.host(name, ['company']), 'company');
        const asked = alice.worker.ask('exchange', { to: { host, port: ECHO }, bytes: 1, seconds: 1 });
        assert.not((await asked).equal, `${name} is reached at ${host}`);
      }
    },
  },
  {
    name: 'bytes by TCP come back as they were sent, also after the client has ended its side',
    async run(world) {
      const alice = await world.person('alice');
      const to = await alice.reach('echo');
      for (const bytes of [0, 1, 1000, 1_000_000]) {
        const { equal, how } = await alice.worker.ask('exchange', { to, bytes });
        assert.equal([bytes, equal, how], [bytes, true, 'end']);
      }
    },
  },
  {
    name: 'datagrams come back as they were sent',
    async run(world) {
      const alice = await world.person('alice');
      const to = await alice.reach('datagrams');
      const found = await alice.worker.ask('sizes', { to, protocol: 'udp', sizes: [1, 2, 100, 1000] });
      assert.equal(
        found.map(({ how }) => how),
        Array(4).fill('equal'),
      );
    },
  },
  {
    name: 'curl, which says who the backend saw',
    needs: ['curl'],
    async run(world) {
      const alice = await world.person('alice');
      const { host } = alice.spec;
      const told = await programOn(host, [
        'curl',
        '-sS',
        '--fail',
        '-m',
        '20',
        await urlOf(alice, 'web', '/whoami'),
      ]);
      assert.is(JSON.parse(told).proxy, null);
      const proxied = await programOn(host, [
        'curl',
        '-sS',
        '--fail',
        '-m',
        '20',
        await urlOf(alice, 'proxied', '/whoami'),
      ]);
      const { proxy } = JSON.parse(proxied);
      assert.equal([proxy.principal, proxy.destination.address], [PEOPLE.alice, virtualIp('proxied')]);
    },
  },
  {
    name: 'HTTP/2, many requests on one connection',
    async run(world) {
      const alice = await world.person('alice');
      const url = await urlOf(alice, 'web', '');
      assert.equal(await alice.worker.ask('http2', { url, requests: 20 }), { equal: 20, how: 'end' });
    },
  },
  {
    name: 'a WebSocket, with messages of every kind of size',
    async run(world) {
      const alice = await world.person('alice');
      const url = (await urlOf(alice, 'web', '/echo')).replace('http', 'ws');
      const found = await alice.worker.ask('webSocket', { url, messages: MESSAGES });
      assert.equal(found, { equal: MESSAGES.length, how: 'end' });
    },
  },
  {
    name: 'many bytes down and up, with their sum',
    async run(world, { bulk }) {
      const alice = await world.person('alice');
      const seconds = 250;
      const down = await alice.worker.ask('download', {
        url: await urlOf(alice, 'web', `/large?bytes=${bulk}`),
        seconds,
      });
      assert.equal([down.bytes, down.how, down.sha256], [bulk, 'end', payloadDigest(bulk)]);
      const up = await alice.worker.ask('upload', {
        url: await urlOf(alice, 'web', '/large'),
        bytes: bulk,
        seconds,
      });
      assert.equal([up.bytes, up.how, up.sha256], [bulk, 'end', payloadDigest(bulk)]);
    },
  },
  {
    name: 'many connections at once',
    async run(world, { connections: { parallel } }) {
      const alice = await world.person('alice');
      const to = await alice.reach('echo');
      const found = await alice.worker.ask('many', { to, total: parallel, parallel, bytes: 20_000 });
      assert.equal([found.equal, found.others], [parallel, {}]);
    },
  },
  {
    name: 'many short connections, one after the other and some at once',
    async run(world, { connections: { short } }) {
      const alice = await world.person('alice');
      const to = await alice.reach('echo');
      const found = await alice.worker.ask('many', { to, total: short, parallel: 10, bytes: 200 });
      assert.equal([found.equal, found.others], [short, {}]);
    },
  },
  {
    name: 'two agents with the same inner address each get what is theirs',
    needs: ['curl'],
    async run(world) {
      const people: Member[] = ['alice', 'bob'];
      const answers = people.map(async (person) => {
        const agent = await world.person(person);
        const to = await agent.reach('echo');
        return agent.worker.ask('many', {
          to,
          total: 20,
          parallel: 4,
          bytes: person === 'alice' ? 30_000 : 50_000,
        });
      });
      assert.equal(
        (await Promise.all(answers)).map(({ equal }) => equal),
        [20, 20],
      );
      assert.equal(await whoIs(world, 'alice'), PEOPLE.alice);
      assert.equal(await whoIs(world, 'bob'), PEOPLE.bob);
    },
  },
  {
    name: 'a connection on which nothing is said outlives another program of the same person',
    async run(world) {
      const first = await world.agent('alice', { tun: false });
      const second = first.with({});
      const [id, to] = [freshName(), await first.reach('echo')];
      await first.worker.ask('hold', { id, to, protocol: 'tcp', isIdle: true });
      assert.is((await first.worker.ask('speak', { id })).how, 'open');
      // Longer than what is taken for silence.
      await pause(2000);
      const busy = freshName();
      await second.worker.ask('hold', { id: busy, to: await second.reach('echo'), protocol: 'tcp' });
      await pause(1000);
      assert.is((await first.worker.ask('speak', { id })).how, 'open');
      assert.is((await second.worker.ask('release', { id: busy })).how, 'open');
      await first.worker.ask('release', { id });
      await Promise.all([first.stop(), second.stop()]);
    },
  },
  {
    name: 'a service whose id has 63 letters',
    async run(world) {
      const alice = await world.person('alice');
      const to = await alice.reach(LONG_ID);
      assert.ok((await alice.worker.ask('exchange', { to, bytes: 100_000 })).equal);
    },
  },
  {
    name: 'every size of payload by TCP',
    async run(world, { largest }) {
      const alice = await world.person('alice');
      for (const service of ['echo', LONG_ID] as const) {
        const to = await alice.reach(service);
        const found = await alice.worker.ask('sizes', { to, protocol: 'tcp', sizes: upTo(largest) });
        const others = found.filter(({ how }) => how !== 'equal');
        assert.equal([found.length, others], [largest, []]);
      }
    },
  },
  {
    name: "every size of payload by UDP: equal up to the tunnel's MTU, above it an error at the sender, nothing in parts",
    async run(world, { largest }) {
      const alice = await world.person('alice');
      const to = await alice.reach('datagrams');
      const isolated = world.placement.isolated;
      // Without a TUN no error can come back to a sender, so that each size above is waited for: some must do.
      const list = isolated ? upTo(largest) : [...upTo(ABOVE), ABOVE + 1, 2000, largest];
      const found = await alice.worker.ask('sizes', { to, protocol: 'udp', sizes: list });
      const fit = found.filter(({ how }) => how === 'equal').length;
      // What a hop of the original agent carries is the least that may fit: 1,159 bytes less both headers.
      assert.ok(fit >= 1131, `${fit} sizes come back as they were sent`);
      assert.equal(
        found.slice(0, fit).filter(({ how }) => how !== 'equal'),
        [],
        'the sizes that fit are the smallest',
      );
      const above = isolated ? ['EMSGSIZE'] : ['EMSGSIZE', 'ECONNREFUSED', 'timeout'];
      assert.equal(
        found
          .slice(fit)
          .filter(({ how }) => !above.includes(how))
          .slice(0, 5),
        [],
      );
    },
  },
];

function upTo(largest: number): number[] {
  return Array.from({ length: largest }, (_, index) => index + 1);
}

/** Whom a backend behind the PROXY protocol sees where a person asks. */
async function whoIs(world: World, person: Member): Promise<string> {
  const agent = await world.person(person);
  const url = await urlOf(agent, 'proxied', '/whoami');
  const told = await programOn(agent.spec.host, ['curl', '-sS', '--fail', '-m', '20', url]);
  return (JSON.parse(told) as { proxy: { principal: string } }).proxy.principal;
}
