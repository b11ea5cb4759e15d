import { mkdirSync, readFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Check } from '../check.ts';
import { Instance, parameterFile, rotateKeys } from '../instance/instance.ts';
import { type InstanceTexts, SHARED, textsOf } from '../instance/render.ts';
import type { Agent } from '../world/agent.ts';
import { LAB } from '../world/company.ts';
import { pause } from '../world/patience.ts';
import type { World } from '../world/world.ts';
import { freshName, isReached, reachedAfter } from './ways.ts';

/** The intermediate that is an instance, beside those of the world. */
const THREE = 'three';
/** Programs of the machine. */
const NEEDS = ['terraform', 'python3', 'setpriv', 'systemd-tmpfiles', 'curl', 'iptables', 'findmnt'];
/** Milliseconds within which flows go on where the address moved, and at most where nothing ends. */
const MOVED = 10_000;
const UNDISTURBED = 1000;
const DAY = 86_400;

/** What Terraform makes of a machine, on machines that boot by it. */
export const INSTANCES: readonly Check[] = [
  {
    name: 'an intermediate that boots by the script of terraform is replaced as its document says, and no connection is lost',
    placements: ['namespaces'],
    needs: NEEDS,
    share: 'prove',
    async run(world) {
      await withInstance(world, async ({ first, make }) => {
        const alice = await world.agent('alice', { only: THREE, at: 'replaced' });
        await reachedAfter(alice, await alice.reach('echo'), MOVED);
        const second = await make('instance-2');
        await second.boot();
        // Nothing has moved until the new one is ready.
        await second.answers('readyz');
        await undisturbed(alice, MOVED, async () => {
          await first.run('systemctl stop ztna-server');
          world.placement.lend!(first.spec.host, second.spec.host);
          await reachedAfter(alice, await alice.reach('echo'), MOVED);
          await pause(2000);
        });
        await first.terminate();
        assert.ok(await isReached(alice, await alice.reach('echo')), 'the old one is gone');
        await alice.stop();
        await second.terminate();
      });
    },
  },
  {
    name: 'shared keys that the document rotates are taken while agents connect, and who connected before comes back after a crash',
    placements: ['namespaces'],
    needs: NEEDS,
    share: 'prove',
    async run(world) {
      await withInstance(world, async ({ first, texts, parameters }) => {
        const alice = await world.agent('alice', { only: THREE, at: 'rotated' });
        const to = await alice.reach('echo');
        await reachedAfter(alice, to, MOVED);
        const connecting = connectAgain(world);
        await undisturbed(alice, UNDISTURBED, () => rotateOnce(first, texts, parameters));
        // The server ends without a word: what it does not know it answers with keys that it has from before, so that
        // agents and connectors come back at once.
        await first.run('kill -KILL "$(cat /run/docker/ztna-server.pid)"');
        const took = await reachedAfter(alice, to, MOVED);
        const { tried, failed } = await connecting();
        assert.ok(took < MOVED, `${took} ms`);
        assert.ok(tried >= 3, `${tried} agents connected meanwhile`);
        assert.ok(failed.length <= 2, `only while the server was away: ${failed.join('; ')}`);
        await alice.stop();
      });
    },
  },
];

/** The document's rotation, and what the timer does every five minutes. */
async function rotateOnce(instance: Instance, texts: InstanceTexts, parameters: string): Promise<void> {
  const name = SHARED(LAB);
  const { current: before } = keysIn(parameters, name);
  assert.is(rotateKeys(texts, parameters, name), 'yes');
  const { current, previous } = keysIn(parameters, name);
  assert.equal(previous, before, 'the current keys become the previous ones');
  assert.is.not(current.reset, before.reset);
  await instance.run('systemctl start ztna-secrets.service');
  const taken = await instance.run('cat /run/ztna/secret/keys.json');
  assert.is(taken.trim(), readFileSync(parameterFile(parameters, name), 'utf8'));
  await pause(1500);
}

/** What a check works with. */
interface Scene {
  first: Instance;
  texts: InstanceTexts;
  parameters: string;
  make(host: string): Promise<Instance>;
}

let made: Omit<Scene, 'first'> | undefined;

/** A third intermediate whose machine booted by the script, and has the spare address. */
async function withInstance(world: World, work: (scene: Scene) => Promise<void>): Promise<void> {
  const before = structuredClone(world.company);
  made ??= await prepare(world);
  const first = await made.make(freshName().replace('held', 'instance'));
  await first.boot();
  // Nothing is published for it yet: it is alive, and not ready.
  await first.answers('healthz');
  world.placement.lend!(undefined, first.spec.host);
  await world.merge(({ environments: [lab] }) => {
    lab!.intermediates.push({ ...lab!.intermediates[0]!, id: THREE, address: world.placement.spare! });
  });
  await first.answers('readyz');
  try {
    await work({ ...made, first });
  } finally {
    await first.terminate();
    await world.merge((company) => Object.assign(company, before));
  }
}

async function prepare(world: World): Promise<Omit<Scene, 'first'>> {
  const address = world.placement.spare!;
  const parameters = join(world.folder, 'parameters');
  mkdirSync(parameters);
  const { root, commands } = world.programs;
  const [lab] = world.company.environments;
  const { region, clientCas } = lab!;
  const texts = textsOf(root, world.folder, {
    ...{ id: THREE, address, environment: LAB, region, agent: world.log },
    clientCas: clientCas.map(({ certificate }) => certificate).join('\n'),
  });
  copyFileSync(
    await world.serverCertificate(THREE, address),
    parameterFile(parameters, `/ztna-secret/${LAB}/intermediate/tls`),
  );
  assert.is(rotateKeys(texts, parameters, SHARED(LAB)), 'yes', 'the first keys are made');
  const again = rotateKeys(texts, parameters, SHARED(LAB));
  assert.is(again, 'no, the current keys are younger than a day');
  // Before anything has read them: when they were made is a part of them.
  age(parameters, SHARED(LAB));
  const make = async (name: string): Promise<Instance> => {
    const host = await world.placement.host(name, ['internet']);
    return new Instance({ host, texts, parameters, programs: commands });
  };
  return { texts, parameters, make };
}

interface Keys {
  reset: string;
  created: number;
}

function keysIn(parameters: string, name: string): { current: Keys; previous: Keys } {
  return JSON.parse(readFileSync(parameterFile(parameters, name), 'utf8')) as {
    current: Keys;
    previous: Keys;
  };
}

/** Lets the current keys be two days old, and those before them too, as the first ones are both. */
function age(parameters: string, name: string): void {
  const keys = keysIn(parameters, name);
  for (const one of [keys.current, keys.previous]) one.created -= 2 * DAY;
  writeFileSync(parameterFile(parameters, name), JSON.stringify(keys));
}

/** Does something while something is said and answered again and again, by TCP and by UDP: neither ends, nor pauses for longer. */
async function undisturbed(agent: Agent, most: number, work: () => Promise<void>): Promise<void> {
  const [stream, datagrams] = [freshName(), freshName()];
  await agent.worker.ask('hold', { id: stream, to: await agent.reach('echo'), protocol: 'tcp' });
  await agent.worker.ask('hold', { id: datagrams, to: await agent.reach('datagrams'), protocol: 'udp' });
  await pause(500);
  await work();
  const tcp = await agent.worker.ask('held', { id: stream });
  assert.is(tcp.how, 'open', `the connection ended: ${tcp.how}`);
  for (const id of [stream, datagrams]) {
    const { longestPause, answers } = await agent.worker.ask('release', { id });
    assert.ok(answers > 5, `${answers} answers`);
    assert.ok(
      longestPause < most,
      `${id === stream ? 'the connection' : 'datagrams'} paused for ${longestPause} ms`,
    );
  }
}

/** Lets one agent after the other connect, until it is asked. @returns how many did, and what those said that did not */
function connectAgain(world: World): () => Promise<{ tried: number; failed: string[] }> {
  let ended = false;
  const found = { tried: 0, failed: [] as string[] };
  const work = (async () => {
    const bob = await world.agent('bob', { only: THREE, at: 'connecting', tun: false });
    while (!ended) {
      const { status, said } = await bob.probe('echo', 7007);
      found.tried += 1;
      if (status !== 0) found.failed.push(said.trim());
    }
  })();
  return async () => {
    ended = true;
    await work;
    return found;
  };
}
