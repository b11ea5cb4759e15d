import { randomInt } from 'node:crypto';
import type { Host, HostNetwork, Placement } from './placement.ts';
import { HostProcess } from './host-process.ts';

/**
 * Every host is an address of this machine's loopback interface, of a block that nobody else is likely to use. Nothing
 * keeps an agent from a backend here, so what is tried goes through `agent forward`.
 */
export function processes(): Placement {
  const block = `127.${randomInt(16, 255)}.${randomInt(0, 255)}`;
  const hosts = new Map<string, Host>();
  return {
    name: 'processes',
    isolated: false,
    here: `${block}.254`,
    async host(name, networks) {
      const known = hosts.get(name) ?? hostAt(name, networks, `${block}.${hosts.size + 1}`);
      hosts.set(name, known);
      return known;
    },
    close: async () => {},
  };
}

function hostAt(name: string, networks: readonly HostNetwork[], address: string): Host {
  return {
    name,
    addresses: Object.fromEntries(networks.map((network) => [network, address])),
    start: (command, options) => new HostProcess(command, options),
  };
}
