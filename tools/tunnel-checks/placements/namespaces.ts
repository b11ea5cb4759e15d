import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Host, HostNetwork, Placement } from './placement.ts';
import { HostProcess } from './host-process.ts';

/** Of documentation (RFC 5737) and of private use: neither is routed anywhere from here. */
const PREFIXES: Readonly<Record<HostNetwork, string>> = { internet: '192.0.2', company: '10.50.0' };

/** A network of two hosts: of documentation too, and with room for VXLAN's 50 bytes in packets of 1,500. */
const LINK = { prefix: '198.51.100', mtu: 1450 } as const;

/** The last number of this process's own address, on the internet alone. */
const HERE = 254;

/** The last number of the address that is lent to one host after the other. */
const SPARE = 200;

/** Where `ip` keeps the names of namespaces (ip-netns(8)). */
const NAMESPACES = '/run/netns';

/** What `ip` is told, one command a line. */
function ip(...lines: readonly string[]): void {
  execFileSync('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n`, stdio: ['pipe', 'ignore', 'pipe'] });
}

/** The namespace of hosts that are one machine. */
const MACHINE = 'machine';

/**
 * Every host is a network namespace, with a veth to a bridge for each network that it is on. There is no route between
 * the two networks. It is made inside a namespace that ends with this process (`rights.ts`): nothing is left behind.
 * @param together whether a host is an address of one machine, beside all others of which it is said; default: none is
 */
export function namespaces(together: (name: string) => boolean = () => false): Placement {
  const spaceOf = (name: string): string => (together(name) ? MACHINE : name);
  const hosts = new Map<string, Host>();
  const numbers = new Map<string, number>();
  let last = 0;
  ip(
    'link set lo up',
    // Without an address of its own a bridge takes its ports' lowest one: a host more, and nobody finds it for half a minute.
    ...Object.keys(PREFIXES).flatMap((name, index) => [
      `link add ${name} address 02:00:00:00:00:0${index + 1} type bridge`,
      `link set ${name} up`,
    ]),
    `addr add ${PREFIXES.internet}.${HERE}/24 dev internet`,
  );
  return {
    name: 'namespaces',
    isolated: true,
    here: `${PREFIXES.internet}.${HERE}`,
    async host(name, networks) {
      const known = hosts.get(name);
      if (known) return known;
      numbers.set(name, (last += 1));
      const made = makeHost({ name, space: spaceOf(name), networks, number: last });
      hosts.set(name, made);
      return made;
    },
    introduce(addresses) {
      const lines = Object.entries(addresses).map(([name, address]) => `${address} ${name}\n`);
      const file = join(mkdtempSync(join(tmpdir(), 'ztna-hosts-')), 'hosts');
      writeFileSync(file, `127.0.0.1 localhost\n${lines.join('')}`);
      // This process has mounts of its own: nobody else sees it.
      execFileSync('mount', ['--bind', file, '/etc/hosts']);
      rmSync(dirname(file), { recursive: true });
    },
    link(both, ports) {
      const addresses = [`${LINK.prefix}.1`, `${LINK.prefix}.2`] as const;
      both.forEach(({ name }, index) => {
        // VXLAN listens at the port to which it sends. One port that it sends from: all is one line, in order.
        const far = `remote ${PREFIXES.internet}.${HERE} dstport ${ports[index]} srcport 40000 40001`;
        inside(spaceOf(name), `link add direct0 type vxlan id 1 ${far}`);
        // Each frame by itself: several in one, as a driver would cut them up later, are no datagram.
        inside(name, `link set direct0 mtu ${LINK.mtu} gso_max_segs 1 up`);
        // Nobody finishes a checksum on the way: who reads the datagram would see it half done.
        execFileSync('ip', ['netns', 'exec', name, 'ethtool', '-K', 'direct0', 'tx', 'off']);
        inside(name, `addr add ${addresses[index]}/24 dev direct0`);
      });
      return addresses;
    },
    async move(name) {
      const [from, to] = [numbers.get(name)!, (last += 1)];
      const address = (number: number) => `${PREFIXES.internet}.${number}`;
      // As a laptop that leaves one network and joins another: for a moment it has none.
      inside(name, `addr del ${address(from)}/24 dev internet`);
      inside(name, `addr add ${address(to)}/24 dev internet`);
      numbers.set(name, to);
      hosts.set(name, { ...hosts.get(name)!, addresses: { internet: address(to) } });
      return address(to);
    },
    spare: `${PREFIXES.internet}.${SPARE}`,
    lend(from, to) {
      if (from) inside(from.name, `addr del ${PREFIXES.internet}.${SPARE}/24 dev internet`);
      inside(to.name, `addr add ${PREFIXES.internet}.${SPARE}/24 dev internet`);
      // Who spoke with the one that had it forgets where that was, as no router between them would have known.
      for (const name of hosts.keys()) inside(name, 'neigh flush all');
      ip('neigh flush all');
    },
    cut(name, network) {
      inside(name, `link set ${network} down`);
      return () => inside(name, `link set ${network} up`);
    },
    close: async () => {},
  };
}

/** One command of `ip` in a namespace. */
function inside(name: string, words: string): void {
  execFileSync('ip', ['-n', name, ...words.split(' ')]);
}

/** A host that is to be made: in which namespace, and the last number of its addresses. */
interface HostPlan {
  name: string;
  space: string;
  networks: readonly HostNetwork[];
  number: number;
}

function makeHost({ name, space, networks, number }: HostPlan): Host {
  if (!existsSync(join(NAMESPACES, space))) {
    ip(`netns add ${space}`);
    inside(space, 'link set lo up');
  }
  for (const network of networks) {
    attach(space, network, number);
    inside(space, `addr add ${PREFIXES[network]}.${number}/24 dev ${network}`);
  }
  return {
    name,
    addresses: Object.fromEntries(networks.map((network) => [network, `${PREFIXES[network]}.${number}`])),
    start: (command, options) => new HostProcess(['ip', 'netns', 'exec', space, ...command], options),
  };
}

/** Puts a namespace on a network, once. */
function attach(space: string, network: HostNetwork, number: number): void {
  const known = execFileSync('ip', ['-n', space, '-brief', 'link'], { encoding: 'utf8' });
  if (new RegExp(`^${network}@`, 'm').test(known)) return;
  const outer = `${network.slice(0, 3)}-${number}`;
  ip(
    `link add ${outer} type veth peer name ${network} netns ${space}`,
    `link set ${outer} master ${network} up`,
  );
  inside(space, `link set ${network} up`);
}
