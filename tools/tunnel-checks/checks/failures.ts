import * as assert from 'uvu/assert';
import type { Check } from '../check.ts';
import { addressOf } from '../placements/placement.ts';
import { ECHO, LONG_ID } from '../world/company.ts';
import { pause, until } from '../world/patience.ts';
import type { World } from '../world/world.ts';
import { flowsOf, freshName, isReached, reachedAfter } from './ways.ts';

/** Milliseconds within which the second connector carries new flows where the first one is killed. */
const OTHER_CONNECTOR = 2000;
/** Milliseconds within which flows go on after a server was restarted, or the network changed. */
const RESUMED = 5000;

/** Milliseconds after which a connection that says nothing is given up: `ztna-v1`. */
const SILENT = 30_000;

/** Milliseconds for which the place of an agent is kept after it was given up. */
const KEPT = 60_000;

/** Milliseconds for which connections are begun while a connector drains. */
const DRAIN = 4000;
/** Connections at once meanwhile. */
const AT_ONCE = 4;

/** That what breaks, or is replaced, is passed over. */
export const FAILURES: readonly Check[] = [
  {
    name: 'a connector that is killed beside a second one is missed for two seconds at most',
    async run(world) {
      const alice = await world.person('alice');
      const to = await alice.reach('echo');
      const first = world.connectors.get('first')!;
      const id = freshName();
      await alice.worker.ask('hold', { id, to: await alice.reach('datagrams'), protocol: 'udp' });
      await pause(500);
      await first.program.stop('SIGKILL');
      const took = await reachedAfter(alice, to, 10_000);
      await pause(1000);
      const { longestPause } = await alice.worker.ask('release', { id });
      await first.restart();
      await first.ready();
      assert.ok(took < OTHER_CONNECTOR, `a new connection came through after ${took} ms`);
      assert.ok(longestPause < OTHER_CONNECTOR + 500, `datagrams were missed for ${longestPause} ms`);
    },
  },
  {
    name: 'a connector that is told to end lets its connections end, and the second one takes the new ones',
    async run(world) {
      const alice = await world.person('alice');
      const to = await alice.reach('echo');
      const second = world.connectors.get('second')!;
      const found = { equal: 0, lost: 0 };
      const until = Date.now() + DRAIN;
      setTimeout(() => second.program.child.kill('SIGTERM'), DRAIN / 4);
      while (Date.now() < until) {
        const { equal, others } = await alice.worker.ask('many', {
          to,
          total: 20,
          parallel: AT_ONCE,
          bytes: 2000,
        });
        found.equal += equal;
        found.lost += Object.values(others).reduce((total, count) => total + count, 0);
      }
      await second.program.stop('SIGKILL');
      await second.restart();
      await second.ready();
      assert.equal(found.lost, 0, `${found.lost} of ${found.equal} connections were lost`);
      assert.ok(found.equal >= 60, `${found.equal} connections`);
    },
  },
  {
    name: 'an intermediate that is restarted: flows go on within five seconds',
    async run(world) {
      const alice = await world.agent('alice', { only: 'one', at: 'restarted' });
      const to = await alice.reach('echo');
      await reachedAfter(alice, to, 10_000);
      await paused(world, alice, RESUMED, async () => {
        const one = world.intermediates.get('one')!;
        await one.program.stop('SIGTERM');
        await one.restart();
        await one.ready();
      });
      assert.ok((await reachedAfter(alice, to, RESUMED)) < RESUMED);
      await alice.stop();
    },
  },
  {
    name: 'two intermediates that are replaced one after the other with shared keys: flows go on',
    async run(world) {
      const alice = await world.person('alice');
      const to = await alice.reach('echo');
      for (const server of world.intermediates.values())
        await paused(world, alice, RESUMED, async () => {
          await server.program.stop('SIGTERM');
          assert.ok((await reachedAfter(alice, to, RESUMED)) < RESUMED);
          await server.restart();
          await server.ready();
          // Connectors and agents have to find it again before the next one goes.
          await pause(3000);
        });
    },
  },
  {
    name: 'a network that is cut: another connector and another intermediate carry on, and both serve again when it heals',
    // It lasts as long as a silent connection may.
    share: 'prove',
    placements: ['namespaces', 'containers'],
    async run(world) {
      const alice = await world.person('alice');
      const to = await alice.reach('echo');
      for (const name of ['first', 'one'] as const) {
        const heal = world.placement.cut!(name, 'internet');
        try {
          const took = await reachedAfter(alice, to, SILENT + RESUMED);
          assert.ok(
            took < SILENT + RESUMED,
            `without ${name} a new connection came through after ${took} ms`,
          );
        } finally {
          heal();
        }
        const one = world.connectors.get(name) ?? world.intermediates.get(name)!;
        await one.ready();
        // The other one may be cut next: whoever came back must have been found by then.
        await pause(SILENT);
        assert.ok((await reachedAfter(alice, to, RESUMED)) < RESUMED);
      }
    },
  },
  {
    name: 'an agent whose address changes goes on within five seconds',
    placements: ['namespaces', 'containers'],
    async run(world) {
      const carol = await world.person('carol');
      const to = await carol.reach('echo');
      await reachedAfter(carol, to, 10_000);
      await world.placement.move!('carol');
      const took = await reachedAfter(carol, to, 10_000);
      assert.ok(took < RESUMED, `${took} ms`);
    },
  },
  {
    name: 'an agent whose address changes loses what only its old network may reach, and keeps the rest',
    share: 'prove',
    placements: ['namespaces', 'containers'],
    async run(world) {
      const before = structuredClone(world.company.policies);
      const bob = await world.agent('bob', { at: 'roaming' });
      const from = [`${addressOf(bob.spec.host, 'internet')}/32`];
      await world.inForce(
        await world.merge(({ policies }) => {
          policies.find(({ id }) => id === 'staff-office')!.when = { from };
        }),
      );
      const [id, office, echo] = [freshName(), await bob.reach('office'), await bob.reach('echo')];
      await reachedAfter(bob, office, 10_000);
      assert.equal(await bob.worker.ask('hold', { id, to: office, protocol: 'tcp' }), { how: 'open' });
      await world.placement.move!('roaming');
      const took = await reachedAfter(bob, echo, 10_000);
      assert.ok(took < RESUMED, `${took} ms`);
      const ended = await until('what it had open is cut', RESUMED, async () => {
        const { how } = await bob.worker.ask('held', { id });
        return how === 'open' ? undefined : how;
      });
      assert.is(ended, 'reset');
      assert.not(await isReached(bob, office, 1));
      const { status, said } = await bob.probe('office', ECHO);
      assert.is(status, 1, said);
      assert.match(said, /office.* no policy allows it from this network/);
      await bob.stop();
      await world.inForce(await world.merge((company) => void (company.policies = before)));
    },
  },
  {
    name: 'an agent that is killed: its backend hears of it, whether the agent comes back without its connection or not at all',
    // It lasts until a silent agent is given up, and its place as well.
    share: 'prove',
    async run(world) {
      const back = await world.agent('alice', { tun: false });
      const gone = await world.agent('bob', { tun: false });
      const [flows, before] = [await flowsOf(world), await idle(world)];
      for (const agent of [back, gone]) {
        const to = await agent.reach(LONG_ID);
        const asked = { id: freshName(), to, protocol: 'tcp', isIdle: true } as const;
        assert.equal(await agent.worker.ask('hold', asked), { how: 'open' });
      }
      await fewer(world, 'it has both', 5000, (count) => count === before + 2);
      await Promise.all([back.stop(), gone.stop()]);
      const killed = Date.now();
      await reachedAfter(back, await back.reach('echo'), 10_000);
      assert.is(await idle(world), before + 2, 'an agent may come back with its connections');
      const left = killed + SILENT + KEPT + RESUMED - Date.now();
      await fewer(world, 'it hears of both', left, (count) => count <= before);
      await back.stop();
      await until('no flow is left', RESUMED, async () => (await flowsOf(world)) <= flows || undefined);
    },
  },
];

/** How many connections there are to the backend that no other check keeps open. */
function idle(world: World): Promise<number> {
  return world.backendConnections('backend-2', ECHO);
}

/** Waits until there are as many of them as wanted; each look is a process. */
async function fewer(
  world: World,
  what: string,
  milliseconds: number,
  isWanted: (count: number) => boolean,
): Promise<void> {
  await until(what, milliseconds, async () => {
    if (isWanted(await idle(world))) return true;
    await pause(500);
    return undefined;
  });
}

/** Does something while datagrams go to and fro, and says where they were missed for longer than allowed. */
async function paused(
  world: World,
  agent: Awaited<ReturnType<World['agent']>>,
  most: number,
  work: () => Promise<void>,
): Promise<void> {
  const id = freshName();
  await agent.worker.ask('hold', { id, to: await agent.reach('datagrams'), protocol: 'udp' });
  const answered = async (): Promise<number> => (await agent.worker.ask('held', { id })).answers;
  const some = (what: string, more: number): Promise<true> =>
    until(`${what} on ${world.placement.name}`, most, async () => (await answered()) > more || undefined);
  await some('datagrams are answered', 5);
  await work();
  await some('datagrams are answered again', (await answered()) + 5);
  const { longestPause } = await agent.worker.ask('release', { id });
  assert.ok(longestPause < most, `datagrams were missed for ${longestPause} ms`);
}
