import type { HostProcess, StartOptions } from './host-process.ts';

/** The networks of a world: agents are on the internet alone, backends on the company's own alone. */
export type HostNetwork = 'internet' | 'company';

/** A machine, or what stands for one. */
export interface Host {
  readonly name: string;
  /** Its IPv4 address on each of its networks. */
  readonly addresses: Readonly<Partial<Record<HostNetwork, string>>>;
  /** Starts a process on it. */
  start(command: readonly string[], options?: StartOptions): HostProcess;
}

/** Where the programs of a world run. */
export interface Placement {
  readonly name: 'processes' | 'namespaces' | 'containers';
  /** Whether an agent can make a TUN there, and has no way to a backend but through it. */
  readonly isolated: boolean;
  /** An address at which every host on the internet finds this process. */
  readonly here: string;
  /** The host of a name, made at the first call. */
  host(name: string, networks: readonly HostNetwork[]): Promise<Host>;
  /** How programs are started there, where that is otherwise than here: the beginning of each one's command line. */
  commands?(here: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly string[]>>;
  /** Lets every host find addresses by names. */
  introduce?(addresses: Readonly<Record<string, string>>): void;
  /**
   * Joins two hosts by a network of their own, each frame of which is a UDP datagram to `here`.
   * @param ports where each one's datagrams go, and where it takes the other's. @returns the addresses on it
   */
  link?(hosts: readonly [Host, Host], ports: readonly [number, number]): readonly [string, string];
  /** Gives a host another address on the internet, as where a laptop changes its network. @returns the new one */
  move?(name: string): Promise<string>;
  /** An address on the internet that belongs to no host, and can be lent to one after the other, as an Elastic IP. */
  spare?: string;
  lend?(from: Host | undefined, to: Host): void;
  /** Takes a host off a network, as a switch that fails does. @returns what puts it back, with the same address */
  cut?(name: string, network: HostNetwork): () => void;
  close(): Promise<void>;
}

/** The address of a host on a network. @throws where it is not on it */
export function addressOf({ name, addresses }: Host, network: HostNetwork): string {
  const address = addresses[network];
  if (address === undefined) throw new Error(`${name} is not on the network ${network}`);
  return address;
}
