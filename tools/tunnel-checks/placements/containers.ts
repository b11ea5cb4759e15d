import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInstalled } from '../programs-here.ts';
import { ContainerProcess } from './container-process.ts';
import { type DockerEngine, startEngine } from './engine.ts';
import { HostProcess } from './host-process.ts';
import type { Host, HostNetwork, Placement } from './placement.ts';

/** As in `namespaces.ts`. Neither network has a way out, nor to the other one. */
const PREFIXES: Readonly<Record<HostNetwork, string>> = { internet: '192.0.2', company: '10.50.0' };
/** The engine's own address, which is this process's on the internet. */
const HERE = 254;

/** The programs that have an image. */
const IMAGES = ['intermediate-server', 'app-connector', 'agent', 'policy-agent', 'test-backend'] as const;
/** Begins a command line whose program is an image. */
const IMAGE = 'image:';

/** What a container may, whoever's it is. Files of a world belong to who runs the checks, so the programs run as that. */
const LEAST = [
  ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', '0:0'],
  ...['--volume', `${tmpdir()}:${tmpdir()}`],
];
/** What `agent up` needs beside it. */
const TUN = ['--device', '/dev/net/tun', '--cap-add', 'NET_ADMIN'];

/** What a host runs while it waits for programs: Node of an image that is there anyway, and nothing. */
const ASLEEP = [
  'ztna/test-backend',
  '-e',
  'process.on("SIGTERM", () => process.exit()); setInterval(() => {}, 1e9)',
];

/**
 * Every host is a container that sleeps, on networks of Docker. Each program is a container of its own image, in the
 * network of its host's; what has no image (curl, the clients of the checks) is a process that enters that network.
 */
function containers(engine: DockerEngine): Placement {
  const { docker } = engine;
  const hosts = new Map<string, Host>();
  let last = 0;
  for (const [network, prefix] of Object.entries(PREFIXES))
    docker(
      ...['network', 'create', '--internal', '--subnet', `${prefix}.0/24`],
      ...['--gateway', `${prefix}.${HERE}`, network],
    );
  return {
    name: 'containers',
    isolated: true,
    here: `${PREFIXES.internet}.${HERE}`,
    async host(name, networks) {
      const known = hosts.get(name);
      if (known) return known;
      const made = makeHost(engine, name, networks, (last += 1));
      hosts.set(name, made);
      return made;
    },
    commands: () => Object.fromEntries(IMAGES.map((name) => [name, [`${IMAGE}ztna/${name}`]])),
    // By the engine's own resolver, which also knows that there is no IPv6 address, where a line of a file leaves that open.
    introduce(addresses) {
      for (const [name, address] of Object.entries(addresses)) {
        const host = [...hosts.values()].find((one) => one.addresses.company === address)!.name;
        docker('network', 'disconnect', 'company', host);
        docker('network', 'connect', '--ip', address, '--alias', name, 'company', host);
      }
    },
    async move(name) {
      const address = `${PREFIXES.internet}.${(last += 1)}`;
      docker('network', 'disconnect', 'internet', name);
      docker('network', 'connect', '--ip', address, 'internet', name);
      hosts.set(name, { ...hosts.get(name)!, addresses: { internet: address } });
      return address;
    },
    cut(name, network) {
      const address = hosts.get(name)!.addresses[network]!;
      docker('network', 'disconnect', network, name);
      return () => void docker('network', 'connect', '--ip', address, network, name);
    },
    close: () => engine.close(),
  };
}

function makeHost(
  engine: DockerEngine,
  name: string,
  networks: readonly HostNetwork[],
  number: number,
): Host {
  const { docker } = engine;
  const [first, ...others] = networks;
  const addressOn = (network: HostNetwork) => `${PREFIXES[network]}.${number}`;
  const place = ['--name', name, '--network', first!, '--ip', addressOn(first!)];
  docker('run', '--detach', ...place, '--entrypoint', '/usr/bin/node', ...ASLEEP);
  for (const network of others) docker('network', 'connect', '--ip', addressOn(network), network, name);
  const pid = docker('inspect', '--format', '{{.State.Pid}}', name);
  return {
    name,
    addresses: Object.fromEntries(networks.map((network) => [network, addressOn(network)])),
    start([program = '', ...words], options = {}) {
      if (!program.startsWith(IMAGE))
        return new HostProcess(['nsenter', '--target', pid, '--net', '--', program, ...words], options);
      const image = program.slice(IMAGE.length);
      const rights = [...LEAST, ...(image === 'ztna/agent' ? TUN : [])];
      return new ContainerProcess(
        engine.env,
        ['--network', `container:${name}`, ...rights],
        image,
        words,
        options,
      );
    },
  };
}

/** @returns what is missing for this placement. @param images the folder of the archives */
export function missingForContainers(images: string | undefined): string | undefined {
  if (images === undefined) return 'it was not said where the images are (--images)';
  const absent = IMAGES.find((name) => !existsSync(join(images, `${name}.tar`)));
  if (absent !== undefined) return `${absent} is not built (npm run images -- build)`;
  const program = ['dockerd', 'docker', 'nsenter'].find((one) => !isInstalled(one));
  return program && `${program} is not installed (Debian: docker.io, util-linux)`;
}

/** An engine of our own that has the images, with the hosts of a world on it. @param images the folder of the archives */
export async function containersOf(images: string): Promise<Placement> {
  const engine = await startEngine(join(images, '../engine'));
  for (const name of IMAGES) engine.docker('load', '--quiet', '--input', join(images, `${name}.tar`));
  return containers(engine);
}
