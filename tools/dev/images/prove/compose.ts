import { spawnSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import { pause } from '../../../tunnel-checks/world/patience.ts';
import { provePanel } from './panel.ts';
import { type ComposeStack, DENIED, REACHED, type ServicePort } from './stack.ts';

/** What must hold of compose.yaml, in this order; each leaves it as it was. */
export interface ComposeStep {
  name: string;
  /** @returns what it measured, in words */
  run(stack: ComposeStack, paths: ReachedPaths): Promise<string | void>;
}

/** A path that the sample agent reaches, and all that it was told of. */
export interface ReachedPaths {
  one: ServicePort;
  all: readonly ServicePort[];
}

const isReached = (status: number | null): boolean => status === REACHED;
const isLost = (status: number | null): boolean => status !== REACHED;
const inSeconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

/** The connectors of compose.yaml, with the policy agents that share their networks. */
const CONNECTORS = ['connector-apps', 'connector-databases'] as const;
const withAgents = (names: readonly string[]) => names.flatMap((name) => [name, `policy-agent-${name}`]);

/** Which networks of compose.yaml are cut at the same time, and from whom. */
const CUTS: readonly (readonly [string, readonly (readonly [network: string, from: string])[]])[] = [
  ['between the agent and the intermediates', [['edge', 'agent']]],
  [
    'between the connectors and the backends',
    [
      ['apps', 'host-connector-apps'],
      ['databases', 'host-connector-databases'],
    ],
  ],
];

/** A policy of our own. */
const DENIAL = 'policies/access/proof.yaml';

export const STEPS: readonly ComposeStep[] = [
  {
    name: 'the admin panel shows every component, to this machine alone, and proposes nothing',
    run: provePanel,
  },
  {
    name: 'the agent has no way to a backend but the tunnel',
    async run(stack) {
      const backend = stack.engine.docker('inspect', '--format', ADDRESSES, stack.container('backend-apps'));
      const [address = ''] = backend.split(' ').filter(Boolean);
      const from = (name: string) => connects(stack, stack.container(name), address);
      assert.equal([from('host-connector-apps'), from('agent')], [true, false]);
    },
  },
  {
    name: 'a policy that is written cuts a path, and opens it when it is removed',
    async run(stack, { one }) {
      const restore = stack.writeInPlaceOfTests(DENIAL, denyingAll(one[0], stack.ownerOf(one[0])));
      const cut = await stack.shows(one, (status) => status === DENIED, 'denied');
      restore();
      const opened = await stack.shows(one, isReached, 'reached again');
      return `denied after ${inSeconds(cut)}, reached after ${inSeconds(opened)}`;
    },
  },
  ...CUTS.map(([what, cuts]): ComposeStep => ({
    name: `a network that is cut, ${what}: nothing is reached, and all is again when it heals`,
    async run(stack, { one }) {
      const { docker } = stack.engine;
      const ids = cuts.map(([network, name]) => [`ztna_${network}`, stack.container(name)] as const);
      for (const [network, id] of ids) docker('network', 'disconnect', network, id);
      await stack.shows(one, isLost, 'not reached');
      for (const [network, id] of ids) docker('network', 'connect', network, id);
      return `reached after ${inSeconds(await stack.shows(one, isReached, 'reached again'))}`;
    },
  })),
  {
    name: 'a component that is killed starts again by itself, and its policy agent still reaches it',
    async run(stack, { one }) {
      const pid = stack.engine.docker(
        'inspect',
        '--format',
        '{{.State.Pid}}',
        stack.container('intermediate-one'),
      );
      process.kill(Number(pid), 'SIGKILL');
      const again = await stack.shows(one, isReached, 'reached again');
      // What is in force could be that of before: something new comes through.
      const restore = stack.writeInPlaceOfTests(DENIAL, denyingAll(one[0], stack.ownerOf(one[0])));
      await stack.shows(one, (status) => status === DENIED, 'denied');
      restore();
      await stack.shows(one, isReached, 'reached again');
      return `reached after ${inSeconds(again)}`;
    },
  },
  {
    name: 'connectors that are stopped are missed until they start again',
    async run(stack, { one }) {
      stack.compose('stop', ...CONNECTORS);
      await stack.shows(one, isLost, 'not reached');
      stack.compose('start', ...CONNECTORS);
      stack.compose('restart', ...CONNECTORS.map((name) => `policy-agent-${name}`));
      return `reached after ${inSeconds(await stack.shows(one, isReached, 'reached again'))}`;
    },
  },
  {
    name: 'a rolling restart of everything: what was reached is reached again after each step',
    async run(stack, { one }) {
      const longest: number[] = [];
      for (const name of ['intermediate-one', ...CONNECTORS, 'agent']) {
        stack.compose('restart', ...(name === 'agent' ? [name] : withAgents([name])));
        longest.push(await stack.shows(one, isReached, `reached after ${name} was restarted`));
        await pause(1000);
      }
      return `the longest took ${inSeconds(Math.max(...longest))}`;
    },
  },
  {
    name: 'connectors that are made anew take over',
    async run(stack, { one }) {
      const before = CONNECTORS.map((name) => stack.container(name));
      stack.compose(
        'up',
        '--detach',
        '--no-build',
        '--force-recreate',
        '--no-deps',
        ...withAgents(CONNECTORS),
      );
      assert.equal(
        CONNECTORS.filter((name) => before.includes(stack.container(name))),
        [],
      );
      return `reached after ${inSeconds(await stack.shows(one, isReached, 'reached again'))}`;
    },
  },
  {
    name: 'the store away: what is in force stays in force',
    async run(stack, { one }) {
      stack.compose('stop', 'store');
      await pause(3000);
      assert.is(stack.probe(one), REACHED);
      stack.compose('start', 'store');
      await stack.healthy();
    },
  },
];

const ADDRESSES = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';

/** Whether a backend's echo is reached from the network of a container. */
function connects({ engine }: ComposeStack, container: string, address: string): boolean {
  const script = `require("net").connect(7007, "${address}").on("connect", () => process.exit(0)).on("error", () => process.exit(1)).setTimeout(3000, () => process.exit(1))`;
  const words = ['run', '--rm', '--network', `container:${container}`, '--entrypoint', '/usr/bin/node'];
  const env = { ...process.env, ...engine.env };
  return (
    spawnSync('docker', [...words, 'ztna/test-backend', '-e', script], { stdio: 'ignore', env }).status === 0
  );
}

/** A policy that denies everybody one service. */
function denyingAll(service: string, owner: string): string {
  return [
    'id: proof',
    'description: Nobody reaches it while this is here',
    `owner: ${owner}`,
    'effect: deny',
    'who: { all: true }',
    `what: { services: [${service}] }`,
    '',
  ].join('\n');
}
